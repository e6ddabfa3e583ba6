import { randomInt } from 'node:crypto';
import type { OnModuleInit } from '@nestjs/common';
import { types } from 'cassandra-driver';
import type { Environment } from '../config/environment.js';
import { Deadline, LateError } from '../scylla/cql-client.js';
import type { CqlClient } from '../scylla/cql-client.js';
import type { Clock } from '../config/clock.js';
import { createdAtOf, lastWriteTime, statements, toSession } from './scylla-statements.js';
import { describeSessions, prepareTables } from './scylla-tables.js';
import { SessionConflictError } from './session-conflict.error.js';
import type { Session, SessionPage } from './session.js';
import { KEY_ONLY, SessionStore, StoreError } from './session-store.js';
import type { NewRow, Renewal } from './session-store.js';
import { cursorBetween, tokenAt } from './user-cursor.js';

/** The whole ring: every row's partition token is above its start and at most its end (Murmur3 leaves the start out). */
const RING_START = -(2n ** 63n);
const RING_END = 2n ** 63n - 1n;
const NIL = '00000000-0000-0000-0000-000000000000';
/** Microseconds by which a revoke outdoes the youngest write it saw, by whatever clock that was made. */
const REVOKE_MARGIN = 1_000_000n;
/** Seconds by which a hint outlives its row, so that no live row lacks one. */
const HINT_MARGIN = 60;
/** Rows of one user that are looked up at a time. */
const LOOKUPS = 64;

/**
 * Sessions in ScyllaDB or Apache Cassandra, where the database does the expiring.
 *
 * `sessions_by_user` holds hints: a hint is written before its row and outlives it, always dated by the session's
 * creation, so that the longest TTL wins in any order of arrival. Whoever reads hints looks the rows up, so that a
 * stale one does no harm, and nothing needs repair.
 */
export class ScyllaSessionStore extends SessionStore implements OnModuleInit {
  readonly description: string;
  readonly tableDefinition: string;
  readonly imitatesCql = false;
  private readonly cql: ReturnType<typeof statements>;
  /** Milliseconds by which the cluster's clock was ahead of ours at the last read: for what a write answers. */
  private ahead = 0;
  /** How much of the ring the list reads at a time; what was learnt from one page serves the next. */
  private width = RING_END - RING_START;

  constructor(
    private readonly client: CqlClient,
    private readonly environment: Environment,
    private readonly clock: Clock,
  ) {
    super();
    const { SCYLLA_HOSTS, SCYLLA_KEYSPACE } = environment;
    this.description = `CQL cluster at ${SCYLLA_HOSTS.join(', ')}, keyspace ${SCYLLA_KEYSPACE}, whose own TTL removes the rows`;
    this.tableDefinition = describeSessions(environment);
    this.cql = statements(SCYLLA_KEYSPACE);
  }

  /** @throws StartupError if the tables are not as they must be and cannot be made so */
  async onModuleInit(): Promise<void> {
    await prepareTables(this.client, this.environment);
    const { rows } = await this.client.execute(this.cql.selectTime, []);
    if (rows[0]) this.noteTime(rows[0]);
  }

  create({ token, userName, memoryFragment, createdAt, ttl, ttlSeconds }: NewRow): Promise<Session> {
    return this.orStoreError('create', async () => {
      const deadline = new Deadline();
      const applied = ttl ?? this.environment.DEFAULT_TTL_SECONDS;
      const session: Session = {
        token,
        userName,
        memoryFragment,
        createdAt,
        ttlSeconds: ttlSeconds ?? applied,
        expiresIn: applied,
        expiresAt: new Date(1000 * (Math.floor((this.clock.now() + this.ahead) / 1000) + applied)),
      };
      await this.writeHint(session, applied, deadline);
      // The driver sends the timestamp with the write, and the same one with every retry of it.
      const options = { deadline, timestamp: microseconds(createdAt) };
      if (ttl === undefined) {
        await this.client.execute(this.cql.insertWithDefaultTtl, toColumns(session), options);
      } else {
        await this.client.execute(this.cql.insertWithTtl, [...toColumns(session), ttl], options);
      }
      return session;
    });
  }

  find(token: string): Promise<Session | undefined> {
    return this.orStoreError('read', () => this.lookUp(token, new Deadline()));
  }

  /**
   * Dated right after the youngest write it read: whatever anybody deleted since is younger, and wins in either order
   * of arrival. Two at once have different dates, so that one of them is left, whole.
   */
  renew(
    token: string,
    decide: (session: Session) => Renewal | undefined,
  ): Promise<Session | typeof KEY_ONLY | undefined> {
    return this.orStoreError('renew', async () => {
      const deadline = new Deadline();
      const { rows } = await this.client.execute(this.cql.selectToRenew, [token], { deadline });
      const row = rows[0];
      if (!row) return undefined;
      const written = lastWriteTime(row);
      if (written === undefined) return KEY_ONLY;
      const session = toSession(row);
      const renewal = decide(session);
      if (!renewal) return session;

      const { ttl } = renewal;
      const second = Math.floor(Number(row.get('store_time')) / 1000);
      const renewed: Session = {
        ...session,
        memoryFragment: renewal.memoryFragment ?? session.memoryFragment,
        ttlSeconds: renewal.ttlSeconds ?? ttl,
        expiresIn: ttl,
        expiresAt: new Date(1000 * (second + ttl)),
      };
      await this.writeHint(renewed, Math.max(session.expiresIn ?? 0, ttl), deadline);
      await this.client.execute(this.cql.renew, [...toColumns(renewed), ttl, rightAfter(written)], {
        deadline,
      });
      return renewed;
    });
  }

  remove(token: string): Promise<void> {
    return this.orStoreError('delete', () => this.delete(token, new Deadline()));
  }

  /**
   * Goes along the ring. Rows that expired lately make a range too expensive to read (Cassandra fails on 100,000
   * tombstones, ScyllaDB ends the page): then the first half of the range is tried, and so on. What the deadline
   * leaves unread is behind the next link.
   */
  list(limit: number, after?: string): Promise<SessionPage> {
    return this.orStoreError('list', async () => {
      const deadline = new Deadline();
      const start = after === undefined ? RING_START : toPosition(after);
      const found: { session: Session; position: bigint }[] = [];
      let from = start;
      while (from < RING_END && found.length <= limit) {
        const width = this.width < RING_END - from ? this.width : RING_END - from;
        const to = from + width;
        const wanted = limit + 1 - found.length;
        const rows = await this.readRange(from, to, wanted, deadline).catch((error: unknown) => {
          if (from > start && error instanceof LateError) return 'late';
          if (isTooMuchToRead(error) && width > 1n) return 'too much';
          throw error;
        });
        if (rows === 'late') return { sessions: found.map(({ session }) => session), next: toCursor(from) };
        if (rows === 'too much') {
          this.width = width / 2n;
          continue;
        }
        found.push(...rows);
        from = rows.length === wanted ? RING_END : to;
        this.width = 4n * width;
      }
      const page = found.slice(0, limit);
      const last = page.at(-1);
      return {
        sessions: page.map(({ session }) => session),
        next: found.length > limit && last ? toCursor(last.position) : undefined,
      };
    });
  }

  listByUser(userName: string, limit: number, after?: string): Promise<SessionPage> {
    return this.orStoreError("list a user's", async () => {
      const sessions: Session[] = [];
      const hints = { start: after && tokenAt(after), atMost: limit + 1, deadline: new Deadline() };
      for await (const found of this.lookUpHints(userName, hints)) {
        const last = sessions.at(-1);
        if (last && sessions.length === limit)
          return { sessions, next: cursorBetween(last.token, found.token) };
        sessions.push(found);
      }
      return { sessions };
    });
  }

  removeByUser(userName: string): Promise<number> {
    return this.orStoreError("delete a user's", async () => {
      let removed = 0;
      let batch: Session[] = [];
      const removeBatch = async () => {
        const deadline = new Deadline();
        await Promise.all(batch.map(({ token }) => this.delete(token, deadline)));
        removed += batch.length;
        batch = [];
      };
      for await (const session of this.lookUpHints(userName)) {
        batch.push(session);
        if (batch.length === LOOKUPS) await removeBatch();
      }
      await removeBatch();
      return removed;
    });
  }

  async checkHealth(): Promise<void> {
    await this.find(NIL);
  }

  private async lookUp(token: string, deadline: Deadline): Promise<Session | undefined> {
    const { rows } = await this.client.execute(this.cql.select, [token], { deadline });
    if (!rows[0]) return undefined;
    this.noteTime(rows[0]);
    return toSession(rows[0]);
  }

  private noteTime(row: types.Row): void {
    this.ahead = Number(row.get('store_time')) - this.clock.now();
  }

  /** A tombstone only covers what is older, so it is dated after whatever was written, by whichever clock. */
  private async delete(token: string, deadline: Deadline): Promise<void> {
    const { rows } = await this.client.execute(this.cql.selectToDelete, [token], { deadline });
    const row = rows[0];
    const now = microseconds(new Date(this.clock.now()));
    const margin = ((row && lastWriteTime(row)) ?? 0n) + REVOKE_MARGIN;
    await this.client.execute(this.cql.delete, [now > margin ? now : margin, token], { deadline });
    const [userName, createdAt] = [row?.get('user_name') as string | null, row ? createdAtOf(row) : null];
    if (row && userName !== null && createdAt !== null) {
      await this.client.execute(this.cql.deleteHint, [microseconds(createdAt), userName, token], {
        deadline,
      });
    }
  }

  /** Before its row, so that no live session which anybody was given lacks its hint. */
  private async writeHint(session: Session, ttl: number, deadline: Deadline): Promise<void> {
    const { token, userName, createdAt } = session;
    if (userName === null || createdAt === null || !isVersion4(token)) return;
    const values = [userName, token, ttl + HINT_MARGIN, microseconds(createdAt)];
    await this.client.execute(this.cql.insertHint, values, { deadline });
  }

  /**
   * A user's live sessions in the order of their tokens, past the stale hints; so many at a time, in one deadline or,
   * where none is given, each round in its own.
   */
  private async *lookUpHints(
    userName: string,
    {
      start = NIL,
      atMost = LOOKUPS,
      deadline: whole,
    }: { start?: string; atMost?: number; deadline?: Deadline } = {},
  ): AsyncGenerator<Session> {
    const size = Math.min(LOOKUPS, atMost);
    for (let from: string | undefined = start; from;) {
      const deadline = whole ?? new Deadline();
      // One more than are looked up: where the next round starts.
      const { rows } = await this.client.execute(this.cql.selectHints, [userName, from, size + 1], {
        deadline,
      });
      const tokens: string[] = rows.map((row) => String(row.get('token')));
      from = tokens[size];
      const found = await Promise.all(tokens.slice(0, size).map((token) => this.lookUp(token, deadline)));
      for (const session of found) if (session?.userName === userName) yield session;
    }
  }

  /** @throws an error that is too much to read if the page ended before the range did */
  private async readRange(from: bigint, to: bigint, limit: number, deadline: Deadline) {
    const result = await this.client.execute(this.cql.selectRange, [from, to, limit], { deadline });
    // The driver's types hide that there is none on a last page.
    const pageState = result.pageState as string | null;
    if (pageState !== null && result.rows.length < limit) throw new CutPageError();
    return result.rows.map((row) => ({ session: toSession(row), position: row.get('position') as bigint }));
  }

  private async orStoreError<T>(what: string, action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (cause) {
      if (cause instanceof SessionConflictError) throw cause;
      throw new StoreError(`the cluster cannot ${what}`, { cause });
    }
  }
}

/** ScyllaDB ended a page early, because of the tombstones in it (`query_tombstone_page_limit`). */
class CutPageError extends Error {}

function isTooMuchToRead(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return error instanceof CutPageError || code === types.responseErrorCodes.readFailure;
}

/** The values of an INSERT. A null column is left unset: bound as null it would be a tombstone. */
function toColumns({ token, userName, memoryFragment, createdAt, ttlSeconds }: Session): unknown[] {
  return [token, userName, memoryFragment, createdAt, ttlSeconds].map((value) => value ?? undefined);
}

/** A session's hints are in the order of its version 4 tokens; one that somebody made up otherwise has none. */
function isVersion4(token: string): boolean {
  return token[14] === '4';
}

/** At random within a tenth of a second: two renewals of one write at one date would be merged column by column. */
function rightAfter(written: bigint): bigint {
  return written + BigInt(randomInt(1, 100_000));
}

function microseconds(date: Date): bigint {
  return BigInt(date.getTime()) * 1000n;
}

/** A cursor is a place on the ring as 16 hex digits, counted from its start: a hash of a token, and no token. */
function toCursor(position: bigint): string {
  return (position - RING_START).toString(16).padStart(16, '0');
}

function toPosition(cursor: string): bigint {
  return BigInt(`0x${cursor}`) + RING_START;
}
