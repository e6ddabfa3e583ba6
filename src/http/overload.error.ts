/** As many requests as MAX_REQUESTS_IN_FLIGHT are under way already: a 503, and nothing was done. */
export class OverloadError extends Error {
  constructor() {
    super('Too many requests are under way; try again soon.');
  }
}
