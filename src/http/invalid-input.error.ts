/** One thing a caller must change: which field, what is wrong with it and what is allowed. */
export interface FieldError {
  field: string;
  detail: string;
}

/** The caller's input cannot be taken, and nothing was done with it. At the edge: a 400, or the form with its faults. */
export class InvalidInputError extends Error {
  constructor(
    readonly errors: FieldError[],
    readonly status: 400 | 413 | 415 = 400,
  ) {
    super(errors.map(({ field, detail }) => `${field} ${detail}`).join('; '));
  }
}
