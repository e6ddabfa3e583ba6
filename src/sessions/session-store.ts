import type { NewSession, Session, SessionPage } from './session.js';

/**
 * Where sessions live, and the token that Nest injects a store by. The suite in `test/contract` holds every
 * adapter to these comments.
 *
 * - Missing and expired are the same: `undefined`.
 * - Removing what is not there is not an error.
 * - A `StoreError` means that the store itself failed, and only that; the write may still land.
 * - TTLs go in as whole seconds, already checked. A session lives at most the TTL asked for, and at least that
 *   less one second: like the database, a store counts in whole seconds of its own clock.
 */
export abstract class SessionStore {
  /** How the page and the log name this store, in one sentence. */
  abstract readonly description: string;

  /** Stores a session under a fresh `token`; resolves once the write would survive a crash. */
  abstract create(session: NewSession & { token: string; createdAt: Date }): Promise<Session>;

  abstract find(token: string): Promise<Session | undefined>;

  /** Up to `limit` live sessions after the cursor of an earlier page, in the store's own steady order. */
  abstract list(limit: number, after?: string): Promise<SessionPage>;

  /** Resolves once the session would stay gone after a crash. */
  abstract remove(token: string): Promise<void>;

  /** Resolves if the store can answer. */
  abstract checkHealth(): Promise<void>;
}

/** The store itself failed; `cause` is what its library threw. */
export class StoreError extends Error {}
