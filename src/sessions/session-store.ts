import type { Session, SessionPage } from './session.js';

/** A row to write. */
export interface NewRow {
  /** A fresh one. */
  token: string;
  userName: string | null;
  memoryFragment: string | null;
  createdAt: Date;
  /** Seconds to live; without it the store's default TTL applies. */
  ttl?: number;
  /** The TTL asked for, where it is not the one applied. */
  ttlSeconds?: number | null;
}

/** What to write over a live row; whatever is not named stays. */
export interface Renewal {
  /** Seconds to live from now on. */
  ttl: number;
  /** The TTL asked for, where it is not the one applied. */
  ttlSeconds?: number | null;
  memoryFragment?: string;
}

/** Somebody wrote a row of a key alone by hand: it has no write time that a renewal could follow. */
export const KEY_ONLY = 'key-only';

/**
 * Where sessions live, and the token that Nest injects a store by. The suite in `test/contract` holds every
 * adapter to these comments.
 *
 * - Missing and expired are the same: `undefined`.
 * - Removing what is not there is not an error.
 * - A `StoreError` means that the store itself failed, and only that; the write may still land, a renewal even on a
 *   session that has expired meanwhile.
 * - TTLs go in as whole seconds, already checked. A session lives at most the TTL asked for, and at least that
 *   less one second: like the database, a store counts in whole seconds of its own clock.
 * - A write resolves once it would survive a crash.
 */
export abstract class SessionStore {
  /** How the page and the log name this store, in one sentence. */
  abstract readonly description: string;

  /** The CQL that makes the table of sessions, its default TTL included. */
  abstract readonly tableDefinition: string;

  /** Whether the statements that `traceStatements` tells of were not sent, but are what a cluster would be sent. */
  abstract readonly imitatesCql: boolean;

  abstract create(row: NewRow): Promise<Session>;

  abstract find(token: string): Promise<Session | undefined>;

  /**
   * Writes over a live session what `decide` makes of it, in all columns with one TTL; `undefined` leaves it as it is.
   * Never brings back what anybody removes meanwhile, and of two at a time one is left, whole. What `decide` throws,
   * this throws.
   */
  abstract renew(
    token: string,
    decide: (session: Session) => Renewal | undefined,
  ): Promise<Session | typeof KEY_ONLY | undefined>;

  abstract remove(token: string): Promise<void>;

  /** Up to `limit` live sessions after the cursor of an earlier page, in the store's own steady order. */
  abstract list(limit: number, after?: string): Promise<SessionPage>;

  /** The same for one user's sessions, at a cost that does not grow with those of others. */
  abstract listByUser(userName: string, limit: number, after?: string): Promise<SessionPage>;

  /** Removes a user's live sessions and says how many; one created meanwhile is removed or left whole. */
  abstract removeByUser(userName: string): Promise<number>;

  /** Resolves if the store can answer. */
  abstract checkHealth(): Promise<void>;
}

/** The store itself failed; `cause` is what its library threw. */
export class StoreError extends Error {}

/** What failed and why, for the log. */
export function reasonOf({ message, cause }: Error): string {
  if (cause === undefined) return message;
  // The driver puts the stack of each host's error behind the first line.
  const [why = ''] = (cause as Error).message.split('\n', 1);
  return `${message.replace(/\.$/, '')}: ${why}`;
}
