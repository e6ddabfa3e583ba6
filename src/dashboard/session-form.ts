import { fromText } from '../http/query-or-json-body.js';
import type { FieldError } from '../http/invalid-input.error.js';
import { CREATE_SESSION_NUMBERS } from '../sessions/create-session.dto.js';

/** What a browser's form for a new session sends: text, or nothing at all from something that is no browser. */
export type FormFields = Record<string, unknown> | undefined;

/** The fields that a form stands for, typed as the DTO wants them. */
export function toDtoFields({
  ttl,
  memory_fragment,
  ...rest
}: NonNullable<FormFields>): Record<string, unknown> {
  const fields = {
    ...rest,
    // A browser parts a text area's lines by CRLF (HTML, "constructing the entry list").
    memory_fragment:
      typeof memory_fragment === 'string' ? memory_fragment.replaceAll('\r\n', '\n') : memory_fragment,
    // A field left blank is an absent one.
    ...(ttl === '' ? {} : { ttl }),
  };
  return fromText(fields, CREATE_SESSION_NUMBERS);
}

/** The form as it goes back to whoever filled it in: what was typed, and beside each field what is wrong with it. */
export function toFormView(fields: NonNullable<FormFields>, errors: FieldError[]): object {
  const text = (name: string) => (typeof fields[name] === 'string' ? fields[name] : '');
  const faults = Object.fromEntries(errors.map(({ field, detail }) => [field, detail]));
  const known = ['user_name', 'memory_fragment', 'ttl'];
  return {
    userName: { value: text('user_name'), fault: faults.user_name },
    memoryFragment: { value: text('memory_fragment'), fault: faults.memory_fragment },
    ttl: { value: text('ttl'), fault: faults.ttl },
    faults: errors.filter(({ field }) => !known.includes(field)),
  };
}
