/** One row: a token that the store forgets by itself. */
export interface Session {
  /** A UUID in lower case; whoever holds it is let in, so it is a credential while it lives. */
  token: string;
  userName: string;
  memoryFragment: string;
  createdAt: Date;
  /** The TTL last asked for, in seconds. */
  ttlSeconds: number;
  /** Whole seconds the store says are left; 1 or more, since at 0 the session is gone. */
  expiresIn: number;
  /** The instant it will be gone, by the store's clock. */
  expiresAt: Date;
}

/** What a caller gives to create a session. */
export interface NewSession {
  userName: string;
  memoryFragment: string;
  /** Seconds to live; without it the table's default applies. */
  ttl?: number;
}
