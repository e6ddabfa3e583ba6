import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Environment } from '../config/environment.js';
import { InvalidInputError } from '../http/invalid-input.error.js';
import { Clock } from '../config/clock.js';
import { Metrics } from '../metrics/metrics.js';
import { SessionConflictError } from './session-conflict.error.js';
import type { NewSession, Session, SessionChange, SessionPage } from './session.js';
import { KEY_ONLY, SessionStore, StoreError } from './session-store.js';
import type { Renewal } from './session-store.js';
import { ttlRule } from './ttl-rule.js';

/** What may be done with sessions, whichever store holds them and whoever asks. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly store: SessionStore,
    private readonly clock: Clock,
    private readonly environment: Environment,
    private readonly metrics: Metrics,
  ) {}

  /**
   * Creates a session under a fresh token, to live no longer than MAX_LIFETIME_SECONDS.
   * @throws InvalidInputError if the TTL is over MAX_TTL_SECONDS
   */
  async create({ userName, memoryFragment, ttl }: NewSession): Promise<Session> {
    this.checkTtl(ttl);
    const { DEFAULT_TTL_SECONDS, MAX_LIFETIME_SECONDS } = this.environment;
    const asked = ttl ?? DEFAULT_TTL_SECONDS;
    const tooLong = MAX_LIFETIME_SECONDS > 0 && asked > MAX_LIFETIME_SECONDS;
    const row = {
      token: randomUUID(),
      userName,
      memoryFragment,
      createdAt: new Date(this.clock.now()),
      ttl: tooLong ? MAX_LIFETIME_SECONDS : ttl,
      ttlSeconds: asked,
    };
    const session = await this.timed('create', () => this.store.create(row));
    this.metrics.created.inc();
    return session;
  }

  find(token: string): Promise<Session | undefined> {
    return this.timed('find', () => this.store.find(token));
  }

  /** A page of live sessions, from the first or from where `after`, another page's `next`, says. */
  list(limit: number, after?: string): Promise<SessionPage> {
    return this.timed('list', () => this.store.list(limit, after));
  }

  /** The same for one user's sessions. */
  listByUser(userName: string, limit: number, after?: string): Promise<SessionPage> {
    return this.timed('list_by_user', () => this.store.listByUser(userName, limit, after));
  }

  /**
   * Gives a live session a new TTL, a new memory fragment, or both; a TTL is shortened to MAX_LIFETIME_SECONDS after
   * its creation. With less than a second of that left, the TTL stays as it is.
   * @returns the session as it is now; undefined if it is gone
   * @throws InvalidInputError if the TTL is over MAX_TTL_SECONDS
   * @throws SessionConflictError if the row was written by hand in a way that cannot be changed so
   */
  async renew(token: string, change: SessionChange): Promise<Session | undefined> {
    this.checkTtl(change.ttl);
    const done = { written: false };
    const session = await this.timed('renew', () =>
      this.store.renew(token, (current) => {
        const renewal = this.renewal(current, change);
        done.written = renewal !== undefined;
        return renewal;
      }),
    );
    if (session === KEY_ONLY) {
      throw new SessionConflictError(
        'of this session only the token is left: it can be revoked, not changed',
      );
    }
    if (done.written) this.metrics.renewed.inc();
    return session;
  }

  /**
   * Moves a live session to a fresh token, with the TTL that is left. The old token is dead before this resolves; if
   * it fails half-way, there may be a second session whose token nobody was given.
   * @returns undefined if it is gone
   * @throws SessionConflictError if the session never expires
   */
  async rotate(token: string): Promise<Session | undefined> {
    const session = await this.find(token);
    if (!session) return undefined;
    if (session.expiresIn === null)
      throw new SessionConflictError('this session never expires: give it a ttl first');
    const row = {
      ...session,
      token: randomUUID(),
      createdAt: session.createdAt ?? new Date(this.clock.now()),
      ttl: Math.min(session.expiresIn, Math.max(1, this.lifetimeLeft(session))),
    };
    const rotated = await this.timed('create', () => this.store.create(row));
    await this.timed('remove', () => this.store.remove(token));
    this.metrics.rotated.inc();
    return rotated;
  }

  /** Deletes a session before its time; one that is not there is no error. */
  async revoke(token: string): Promise<void> {
    await this.timed('remove', () => this.store.remove(token));
    this.metrics.revoked.inc();
  }

  /** Revokes all sessions that a user has now, and says how many. */
  async revokeByUser(userName: string): Promise<number> {
    const revoked = await this.timed('remove_by_user', () => this.store.removeByUser(userName));
    this.metrics.revoked.inc(revoked);
    return revoked;
  }

  /** Times an operation of the store, and counts it if it fails. */
  private async timed<T>(operation: string, run: () => Promise<T>): Promise<T> {
    const started = performance.now();
    try {
      return await run();
    } catch (error) {
      if (error instanceof StoreError) this.metrics.storeErrors.inc({ operation });
      throw error;
    } finally {
      this.metrics.storeAnswered(operation, (performance.now() - started) / 1000);
    }
  }

  private renewal(session: Session, { ttl, onlyExtend, memoryFragment }: SessionChange): Renewal | undefined {
    const { expiresIn, ttlSeconds } = session;
    const lifetime = this.lifetimeLeft(session);
    const applied = ttl === undefined ? 0 : Math.min(ttl, lifetime);
    const shortens = expiresIn === null || applied <= expiresIn;
    if (applied >= 1 && !(onlyExtend && shortens)) return { ttl: applied, ttlSeconds: ttl, memoryFragment };
    if (memoryFragment === undefined) return undefined;
    if (expiresIn === null) throw new SessionConflictError('this session never expires: give it a ttl, too');
    return { ttl: lifetime >= 1 ? Math.min(expiresIn, lifetime) : expiresIn, ttlSeconds, memoryFragment };
  }

  /** Whole seconds until MAX_LIFETIME_SECONDS after its creation, by the store's clock where it told the time. */
  private lifetimeLeft({ createdAt, expiresIn, expiresAt }: Session): number {
    const { MAX_LIFETIME_SECONDS } = this.environment;
    if (MAX_LIFETIME_SECONDS === 0 || createdAt === null) return Infinity;
    const now =
      expiresAt === null || expiresIn === null ? this.clock.now() : expiresAt.getTime() - 1000 * expiresIn;
    return Math.floor((createdAt.getTime() - now) / 1000) + MAX_LIFETIME_SECONDS;
  }

  private checkTtl(ttl: number | undefined): void {
    const { MAX_TTL_SECONDS } = this.environment;
    if (ttl !== undefined && ttl > MAX_TTL_SECONDS) {
      throw new InvalidInputError([{ field: 'ttl', detail: ttlRule(MAX_TTL_SECONDS) }]);
    }
  }
}
