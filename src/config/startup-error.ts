/** Why the service cannot start, in one sentence for the person who started it: printed alone, without a stack. */
export class StartupError extends Error {}
