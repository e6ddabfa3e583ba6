/** The session is alive, but in a state in which this cannot be done to it. At the edge: a 409. */
export class SessionConflictError extends Error {}
