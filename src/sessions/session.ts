/** One row: a token that the store forgets by itself. */
export interface Session {
  /** A UUID in lower case; whoever holds it is let in, so it is a credential while it lives. */
  token: string;
  /** Null where somebody wrote the row by hand and left the column out, as in the columns below. */
  userName: string | null;
  memoryFragment: string | null;
  createdAt: Date | null;
  /** The TTL last asked for, in seconds. */
  ttlSeconds: number | null;
  /** Whole seconds the store says are left; null if it never expires, or has nothing but its key to tell it by. */
  expiresIn: number | null;
  /** The instant it will be gone, by the store's clock; null as above. */
  expiresAt: Date | null;
}

/** A token as those see it who may only read: enough to tell two apart, and no credential. */
export function maskToken(token: string): string {
  return `${token.slice(0, 8)}-****-****-****-************`;
}

/** A part of a list. One with a `next` may hold fewer sessions than asked for, or none: there may still be more. */
export interface SessionPage {
  sessions: Session[];
  /**
   * Where the next page starts, as hex digits that hold no live token: 16 in a list of all, 32 in a user's. Good for
   * every process on the same store.
   */
  next?: string;
}

/** What a caller gives to create a session. */
export interface NewSession {
  userName: string;
  memoryFragment: string;
  /** Seconds to live; without it the table's default applies. */
  ttl?: number;
}

/** How a live session is to change; what is not named stays as it is. */
export interface SessionChange {
  /** Seconds to live from now on. */
  ttl?: number;
  /** Whether a `ttl` that ends sooner than the session would anyway is to be passed over. */
  onlyExtend?: boolean;
  memoryFragment?: string;
}
