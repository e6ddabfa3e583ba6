import type { OnModuleInit } from '@nestjs/common';
import { types } from 'cassandra-driver';
import type { Environment } from '../config/environment.js';
import { Deadline } from '../scylla/cql-client.js';
import type { CqlClient } from '../scylla/cql-client.js';
import type { Clock } from './clock.js';
import { prepareTables } from './scylla-tables.js';
import type { Session, SessionPage } from './session.js';
import { SessionStore, StoreError } from './session-store.js';

/** The whole ring: every row's partition token is above its start and at most its end (Murmur3 leaves the start out). */
const RING_START = -(2n ** 63n);
const RING_END = 2n ** 63n - 1n;
const NIL = '00000000-0000-0000-0000-000000000000';
/** Microseconds by which a revoke outdoes the youngest write it saw, by whatever clock that was made. */
const REVOKE_MARGIN = 1_000_000n;

/** Sessions in ScyllaDB or Apache Cassandra, where the database does the expiring. */
export class ScyllaSessionStore extends SessionStore implements OnModuleInit {
  readonly description: string;
  private readonly statements: ReturnType<typeof statements>;

  constructor(
    private readonly client: CqlClient,
    private readonly environment: Environment,
    private readonly clock: Clock,
  ) {
    super();
    const { SCYLLA_HOSTS, SCYLLA_KEYSPACE } = environment;
    this.description = `CQL cluster at ${SCYLLA_HOSTS.join(', ')}, keyspace ${SCYLLA_KEYSPACE}, whose own TTL removes the rows`;
    this.statements = statements(`${SCYLLA_KEYSPACE}.sessions`);
  }

  /** @throws StartupError if the tables are not as they must be and cannot be made so */
  onModuleInit(): Promise<void> {
    return prepareTables(this.client, this.environment);
  }

  create({ token, userName, memoryFragment, createdAt, ttl }: Parameters<SessionStore['create']>[0]) {
    const ttlSeconds = ttl ?? this.environment.DEFAULT_TTL_SECONDS;
    const columns = [token, userName, memoryFragment, createdAt, ttlSeconds];
    // The driver sends this with the write, and with every retry of it.
    const timestamp = microseconds(createdAt.getTime());
    return this.orStoreError('create', async () => {
      if (ttl === undefined)
        await this.client.execute(this.statements.insertWithDefaultTtl, columns, { timestamp });
      else await this.client.execute(this.statements.insertWithTtl, [...columns, ttl], { timestamp });
      const expiresAt = new Date(1000 * (Math.floor(this.clock.now() / 1000) + ttlSeconds));
      return { token, userName, memoryFragment, createdAt, ttlSeconds, expiresIn: ttlSeconds, expiresAt };
    });
  }

  find(token: string): Promise<Session | undefined> {
    return this.orStoreError('read', async () => {
      const { rows } = await this.client.execute(this.statements.select, [token]);
      return rows[0] && toSession(rows[0]);
    });
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
      let [from, to] = [start, RING_END];
      while (from < RING_END && found.length <= limit) {
        const width = to - from;
        const wanted = limit + 1 - found.length;
        const rows = await this.readRange(from, to, wanted, deadline).catch((error: unknown) => {
          if (from > start && deadline.left === 0) return 'late';
          if (isTooMuchToRead(error) && width > 1n) return 'too much';
          throw error;
        });
        if (rows === 'late') return { sessions: found.map(({ session }) => session), next: toCursor(from) };
        if (rows === 'too much') {
          to = from + width / 2n;
          continue;
        }
        found.push(...rows);
        from = rows.length === wanted ? RING_END : to;
        to = from + 4n * width < RING_END ? from + 4n * width : RING_END;
      }
      const page = found.slice(0, limit);
      const last = page.at(-1);
      return {
        sessions: page.map(({ session }) => session),
        next: found.length > limit && last ? toCursor(last.position) : undefined,
      };
    });
  }

  /** A tombstone only covers what is older, so it is dated after whatever was written, by whichever clock. */
  remove(token: string): Promise<void> {
    return this.orStoreError('delete', async () => {
      const deadline = new Deadline();
      const { rows } = await this.client.execute(this.statements.selectWriteTimes, [token], { deadline });
      const times = rows[0] ? writeTimes(rows[0]).map((time) => time + REVOKE_MARGIN) : [];
      const timestamp = [microseconds(this.clock.now()), ...times].reduce((a, b) => (a > b ? a : b));
      await this.client.execute(this.statements.delete, [timestamp, token], { deadline });
    });
  }

  async checkHealth(): Promise<void> {
    await this.find(NIL);
  }

  /** @throws an error that is too much to read if the page ended before the range did */
  private async readRange(from: bigint, to: bigint, limit: number, deadline: Deadline) {
    const result = await this.client.execute(this.statements.selectRange, [from, to, limit], { deadline });
    // The driver's types hide that there is none on a last page.
    const pageState = result.pageState as string | null;
    if (pageState !== null && result.rows.length < limit) throw new CutPageError();
    return result.rows.map((row) => ({ session: toSession(row), position: row.get('position') as bigint }));
  }

  private async orStoreError<T>(what: string, action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (cause) {
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

function statements(table: string) {
  const columns = '"token", user_name, memory_fragment, created_at, ttl_seconds';
  const regular = ['user_name', 'memory_fragment', 'created_at', 'ttl_seconds'];
  const ttls = regular.map((name) => `TTL(${name}) AS ttl_${name}`).join(', ');
  const times = regular.map((name) => `WRITETIME(${name}) AS time_${name}`).join(', ');
  // TTLs are counted from the coordinator's clock, so the same clock says when they end.
  const session = `${columns}, ${ttls}, toUnixTimestamp(now()) AS store_time`;
  const insert = `INSERT INTO ${table} (${columns}) VALUES (?, ?, ?, ?, ?)`;
  return {
    /** Pattern 1: no TTL clause, so the table's default_time_to_live applies. */
    insertWithDefaultTtl: insert,
    /** Pattern 2: this write's own TTL. */
    insertWithTtl: `${insert} USING TTL ?`,
    select: `SELECT ${session} FROM ${table} WHERE "token" = ?`,
    selectRange:
      `SELECT ${session}, token("token") AS position FROM ${table} ` +
      'WHERE token("token") > ? AND token("token") <= ? LIMIT ?',
    selectWriteTimes: `SELECT ${times} FROM ${table} WHERE "token" = ?`,
    delete: `DELETE FROM ${table} USING TIMESTAMP ? WHERE "token" = ?`,
  };
}

/** Rows written by hand may lack columns, or carry no TTL: then they have no expiry that could be told. */
function toSession(row: types.Row): Session {
  const value = (name: string): unknown => row.get(name) ?? null;
  const ttls = ['user_name', 'memory_fragment', 'created_at', 'ttl_seconds']
    .filter((name) => value(name) !== null)
    .map((name) => row.get(`ttl_${name}`) as number | null);
  const expiresIn = ttls.length === 0 || ttls.includes(null) ? null : Math.max(...ttls.map(Number));
  const second = Math.floor(Number(row.get('store_time')) / 1000);
  return {
    token: String(row.get('token')),
    userName: value('user_name') as string | null,
    memoryFragment: value('memory_fragment') as string | null,
    createdAt: value('created_at') as Date | null,
    ttlSeconds: value('ttl_seconds') as number | null,
    expiresIn,
    expiresAt: expiresIn === null ? null : new Date(1000 * (second + expiresIn)),
  };
}

function writeTimes(row: types.Row): bigint[] {
  return row.values().filter((time): time is bigint => time !== null);
}

function microseconds(milliseconds: number): bigint {
  return BigInt(milliseconds) * 1000n;
}

/** A cursor is a place on the ring as 16 hex digits, counted from its start: a hash of a token, and no token. */
function toCursor(position: bigint): string {
  return (position - RING_START).toString(16).padStart(16, '0');
}

function toPosition(cursor: string): bigint {
  return BigInt(`0x${cursor}`) + RING_START;
}
