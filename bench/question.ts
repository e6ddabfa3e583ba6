/** What the bench asks a server of its own. */
export type Question =
  | { ask: 'cpu' }
  | { ask: 'memory' }
  /** Moves the server's clock ahead. */
  | { ask: 'time-travel'; milliseconds: number }
  | { ask: 'profile' }
  | { ask: 'profile-end'; file: string };

export interface Answer {
  /** Microseconds of CPU, user and system, since the process began. */
  cpu?: number;
  memory?: Memory;
}

/** In bytes, after a garbage collection. */
export interface Memory {
  rss: number;
  /** What of it is not a mapped file. */
  anonymous: number;
  /** JavaScript's objects, and the buffers they hold. */
  heap: number;
}
