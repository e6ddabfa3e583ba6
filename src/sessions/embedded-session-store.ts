import { hash } from 'node:crypto';
import { resolve } from 'node:path';
import { Logger } from '@nestjs/common';
import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { open } from 'lmdb';
import type { Database, RootDatabase } from 'lmdb';
import type { Clock } from '../config/clock.js';
import type { Environment } from '../config/environment.js';
import { StartupError } from '../config/startup-error.js';
import type { Metrics } from '../metrics/metrics.js';
import { noteStatement } from '../scylla/statement-trace.js';
import { prepareFolder, roomIn } from './embedded-folder.js';
import { statements } from './scylla-statements.js';
import { describeSessions } from './scylla-tables.js';
import { SessionConflictError } from './session-conflict.error.js';
import type { Session, SessionPage } from './session.js';
import { reasonOf, SessionStore, StoreError } from './session-store.js';
import type { NewRow, Renewal } from './session-store.js';
import { cursorBetween, tokenAt } from './user-cursor.js';

/** A row as LMDB keeps it. `expiry` is the first second, counted from 1970, in which it is gone. */
interface Row {
  userName: string | null;
  memoryFragment: string | null;
  createdAt: number;
  ttlSeconds: number | null;
  expiry: number;
}

/** A write under way, since when by `performance.now()`. */
interface Write {
  since: number;
  reject: (reason: Error) => void;
}

/** What `getStats` says of one tree. */
interface Tree {
  treeBranchPageCount: number;
  treeLeafPageCount: number;
  overflowPages: number;
}

/** What it says of the file. */
interface FileStats {
  lastPageNumber: number;
  pageSize: number;
  root: Tree;
  free: Tree;
}

/** Rows one transaction may remove: a few milliseconds of the event loop, then requests get their turn. */
const BATCH = 250;
/** The same where room is short: LMDB copies the pages it changes before it frees the old ones. */
const SMALL_BATCH = 10;
const MIB = 1024 * 1024;
/**
 * Bytes that creating and renewing leave alone, so that there is always room to remove, which makes room.
 * LMDB itself must never meet a full disk: lmdb-js 3.5 then overruns a buffer, and the process may abort.
 */
const ROOM_TO_WRITE = 4 * MIB;
const ROOM_TO_REMOVE = MIB;
/** What one write under way may yet take: its pages in three trees, and up to four for a long memory fragment. */
const ROOM_OF_ONE = 64 * 1024;
const PLENTY = 64 * MIB;
/** Nobody fills so much in that time; to ask the file system takes a twentieth of a create. */
const PLENTY_LASTS_MS = 50;
/**
 * Operations that may wait for the end of an event turn, to be committed together. By lmdb-js's default of 5, two
 * creates fill a commit, and a quarter of a create's CPU went into more commits.
 */
const WRITES_A_COMMIT = 1000;
/** Dead rows that one page steps over; the rest is behind its next link, so that a list holds nobody up. */
const MOST_DEAD = 2000;
const SWEEP_EVERY_MS = 1000;
/** Another process may stop in the middle of a transaction, and after an I/O error LMDB's promises never settle. */
const SETTLE_WITHIN_MS = 5000;
const PLACE_DIGITS = 16;
/** Comes after whatever else a key may hold. */
const END = '~';

/**
 * Sessions in an LMDB folder, for one machine. It imitates what the database does with a TTL, down to the
 * arithmetic: an expiry in whole seconds, reads that look at the clock, and rows that are thrown away some time
 * after they died. Several processes may share the folder.
 */
export class EmbeddedSessionStore extends SessionStore implements OnModuleInit, OnApplicationShutdown {
  readonly description: string;
  readonly tableDefinition: string;
  readonly imitatesCql = true;
  /** What a cluster would be sent, for those who came to learn it. */
  private readonly cql: ReturnType<typeof statements>;
  private readonly folder: string;
  private readonly defaultTtl: number;
  private readonly logger = new Logger(EmbeddedSessionStore.name);
  private root!: RootDatabase;
  /** Rows by `keyOf(token)`. */
  private sessions!: Database<Row, string>;
  /** `[expiry, key]` of every row, the earliest first. */
  private byExpiry!: Database<true, [number, string]>;
  /** `[user, token]` of every row that has a user. */
  private byUser!: Database<true, [string, string]>;
  private timer: NodeJS.Timeout | undefined;
  private sweeping: Promise<unknown> | undefined;
  private stopping = false;
  private sweeperFails = false;
  /** Writes that are not settled yet. */
  private readonly underWay = new Set<Write>();
  /** Until when the disk need not be looked at, by `performance.now()`. */
  private plentyUntil = 0;

  constructor(
    environment: Environment,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
  ) {
    super();
    this.folder = resolve(environment.DATA_DIR);
    this.defaultTtl = environment.DEFAULT_TTL_SECONDS;
    this.tableDefinition = describeSessions(environment);
    this.cql = statements(environment.SCYLLA_KEYSPACE);
    this.description = `embedded store in ${environment.DATA_DIR}, which imitates the TTL that a ScyllaDB cluster applies by itself`;
  }

  /** @throws StartupError if the folder cannot be made, written or opened */
  onModuleInit(): void {
    try {
      prepareFolder(this.folder);
      // With batching by event turns, lmdb-js makes a promise of its own, whose rejection nobody can handle.
      const options = {
        path: this.folder,
        noSubdir: false,
        maxDbs: 3,
        eventTurnBatching: false,
        txnStartThreshold: WRITES_A_COMMIT,
      };
      this.root = open(options);
      this.sessions = this.root.openDB('sessions', { encoding: 'msgpack' });
      this.byExpiry = this.root.openDB('by_expiry', { encoding: 'msgpack' });
      this.byUser = this.root.openDB('by_user', { encoding: 'msgpack' });
    } catch (error) {
      throw new StartupError(
        `The embedded store cannot use DATA_DIR ${this.folder}: ${(error as Error).message}.`,
      );
    }
    this.timer = setInterval(() => {
      this.giveUpOnWrites();
      this.sweepOnTime();
    }, SWEEP_EVERY_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping = true;
    clearInterval(this.timer);
    await this.sweeping;
    await this.root.close();
  }

  async create({ token, userName, memoryFragment, createdAt, ttl, ttlSeconds }: NewRow): Promise<Session> {
    // Both patterns: this write's own TTL, or the default.
    const applied = ttl ?? this.defaultTtl;
    const row: Row = {
      userName,
      memoryFragment,
      createdAt: createdAt.getTime(),
      ttlSeconds: ttlSeconds ?? applied,
      expiry: this.second() + applied,
    };
    const started = performance.now();
    await this.write(ROOM_TO_WRITE, () => this.root.batch(() => this.put(token, row)));
    const columns = [token, userName, memoryFragment, createdAt, row.ttlSeconds];
    if (ttl === undefined) noteStatement(this.cql.insertWithDefaultTtl, columns, started);
    else noteStatement(this.cql.insertWithTtl, [...columns, ttl], started);
    return toSession(token, row, applied);
  }

  find(token: string): Promise<Session | undefined> {
    return this.read(() => {
      const started = performance.now();
      const session = this.live(token);
      noteStatement(this.cql.select, [token], started);
      return session;
    });
  }

  async renew(
    token: string,
    decide: (session: Session) => Renewal | undefined,
  ): Promise<Session | undefined> {
    const started = performance.now();
    const { session: result, written } = await this.write(ROOM_TO_WRITE, () =>
      this.root.transaction(() => {
        const session = this.live(token);
        const renewal = session && decide(session);
        const row = this.row(keyOf(token));
        if (!renewal || !row) return { session, written: false };
        this.drop(token, row);
        const renewed: Row = {
          ...row,
          memoryFragment: renewal.memoryFragment ?? row.memoryFragment,
          ttlSeconds: renewal.ttlSeconds ?? renewal.ttl,
          expiry: this.second() + renewal.ttl,
        };
        this.put(token, renewed);
        return { session: toSession(token, renewed, renewal.ttl), written: true };
      }),
    );
    noteStatement(this.cql.selectToRenew, [token], started);
    if (result && written) {
      const { userName, memoryFragment, createdAt, ttlSeconds, expiresIn } = result;
      const values = [
        token,
        userName,
        memoryFragment,
        createdAt,
        ttlSeconds,
        expiresIn,
        'the last write time + 1',
      ];
      noteStatement(this.cql.renew, values, started);
    }
    return result;
  }

  async remove(token: string): Promise<void> {
    const started = performance.now();
    await this.write(ROOM_TO_REMOVE, () => this.root.transaction(() => void this.discard(token)));
    noteStatement(this.cql.delete, ['now, or a second after the last write', token], started);
  }

  list(limit: number, after?: string): Promise<SessionPage> {
    return this.read(() => {
      const second = this.second();
      const sessions: Session[] = [];
      noteStatement(
        this.cql.selectRange,
        [after ?? 'the start of the ring', 'its end', limit],
        performance.now(),
      );
      let dead = 0;
      // From behind all keys that begin with the cursor.
      for (const [key, row] of this.rowsFrom(after && after + END)) {
        const last = sessions.at(-1);
        if (last && sessions.length === limit) return { sessions, next: placeOf(last.token) };
        if (!row || row.expiry <= second) {
          if (++dead === MOST_DEAD) return { sessions, next: key.slice(0, PLACE_DIGITS) };
          continue;
        }
        sessions.push(toSession(key.slice(PLACE_DIGITS), row, row.expiry - second));
      }
      return { sessions };
    });
  }

  listByUser(userName: string, limit: number, after?: string): Promise<SessionPage> {
    return this.read(() => {
      const second = this.second();
      const sessions: Session[] = [];
      let seen: string | undefined;
      let dead = 0;
      noteStatement(
        this.cql.selectHints,
        [userName, after ? tokenAt(after) : 'the first', limit],
        performance.now(),
      );
      for (const [, token] of this.userKeys(userName, after && tokenAt(after))) {
        const row = this.readable(keyOf(token));
        if (seen && (sessions.length === limit || dead === MOST_DEAD)) {
          return { sessions, next: cursorBetween(seen, token) };
        }
        seen = token;
        if (row && row.expiry > second) sessions.push(toSession(token, row, row.expiry - second));
        else dead++;
      }
      return { sessions };
    });
  }

  async removeByUser(userName: string): Promise<number> {
    let removed = 0;
    const keys = await this.read(() => [...this.userKeys(userName)]);
    while (keys.length > 0) {
      removed += await this.write(ROOM_TO_REMOVE, () =>
        this.root.transaction(() => {
          let live = 0;
          for (const [user, token] of keys.splice(0, this.batchSize())) {
            const row = this.discard(token);
            if (!row) void this.byUser.remove([user, token]);
            else if (row.expiry > this.second()) live++;
          }
          return live;
        }),
      );
    }
    return removed;
  }

  checkHealth(): Promise<void> {
    return this.read(() => {
      this.sessions.getStats();
    });
  }

  /**
   * Throws away every row that is dead by now, a batch a transaction, so that requests get their turn in between.
   * Nothing but disk space depends on it: reads look at the clock themselves.
   * @returns how many rows it removed
   */
  async sweep(): Promise<number> {
    let removed = 0;
    for (let more = true; more && !this.stopping;) {
      const limit = this.batchSize();
      const batch = await this.write(ROOM_TO_REMOVE, () =>
        this.root.transaction(() => {
          const dead = [...this.byExpiry.getKeys({ end: [this.second() + 1, ''], limit })];
          for (const [expiry, key] of dead) {
            this.discard(key.slice(PLACE_DIGITS));
            void this.byExpiry.remove([expiry, key]);
          }
          return dead.length;
        }),
      );
      removed += batch;
      this.metrics.swept.inc(batch);
      more = batch === limit;
    }
    return removed;
  }

  private live(token: string): Session | undefined {
    const row = this.row(keyOf(token));
    const second = this.second();
    return row && row.expiry > second ? toSession(token, row, row.expiry - second) : undefined;
  }

  /** Keys in their order, with their rows or, where one is damaged, undefined. */
  private *rowsFrom(start: string | undefined): Iterable<[string, Row | undefined]> {
    let seen = start;
    try {
      for (const { key, value } of this.sessions.getRange({ start })) {
        yield [key, checked(value)];
        seen = key;
      }
    } catch (error) {
      passOverDamage(error);
      for (const key of this.sessions.getKeys({ start: seen, exclusiveStart: seen !== start })) {
        yield [key, this.readable(key)];
      }
    }
  }

  private userKeys(userName: string, start = ''): Iterable<[string, string]> {
    return this.byUser.getKeys({ start: [userName, start], end: [userName, END] });
  }

  /** Writes a row and its places in the indexes; inside one transaction or batch. */
  private put(token: string, row: Row): void {
    const key = keyOf(token);
    void this.sessions.put(key, row);
    void this.byExpiry.put([row.expiry, key], true);
    if (row.userName !== null) void this.byUser.put([row.userName, token], true);
  }

  private drop(token: string, row: Row): void {
    const key = keyOf(token);
    void this.sessions.remove(key);
    void this.byExpiry.remove([row.expiry, key]);
    if (row.userName !== null) void this.byUser.remove([row.userName, token]);
  }

  /** Removes a row, even one that does not decode: then it is undefined that comes back, and its indexes stay. */
  private discard(token: string): Row | undefined {
    const row = this.readable(keyOf(token));
    if (row) this.drop(token, row);
    else void this.sessions.remove(keyOf(token));
    return row;
  }

  /** @throws Error if its bytes are not a row's */
  private row(key: string): Row | undefined {
    const row = this.sessions.get(key);
    return row === undefined ? undefined : checked(row);
  }

  /** For whoever passes over a damaged row, because those beside it matter more. */
  private readable(key: string): Row | undefined {
    try {
      return this.row(key);
    } catch (error) {
      passOverDamage(error);
      return undefined;
    }
  }

  private second(): number {
    return Math.floor(this.clock.now() / 1000);
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- LMDB reads at once; what it throws must reject
  private async read<T>(action: () => T): Promise<T> {
    try {
      // LMDB keeps one snapshot for a whole event turn: what another process has just written would be missing in it.
      this.root.resetReadTxn();
      return action();
    } catch (cause) {
      throw new StoreError('the embedded store cannot read', { cause });
    }
  }

  /**
   * Resolves once the disk has it, so that what is acknowledged also survives a power cut: lmdb-js 3.5 settles a commit
   * after its fdatasync. (`flushed` adds nothing, and never settles after a commit that failed.)
   * @param room bytes that have to be left for it
   */
  private async write<T>(room: number, transact: () => Promise<T>): Promise<T> {
    let write: Write | undefined;
    try {
      this.checkRoom(room);
      return await new Promise<T>((resolve, reject) => {
        this.underWay.add((write = { since: performance.now(), reject }));
        transact().then(resolve, (error: unknown) => void reasonFor(error).then(reject));
      });
    } catch (cause) {
      if (cause instanceof SessionConflictError) throw cause;
      throw new StoreError('the embedded store cannot write', { cause });
    } finally {
      if (write) this.underWay.delete(write);
    }
  }

  /** LMDB never gives back to the disk what it took, so what is free inside its file counts, too. */
  private checkRoom(needed: number): void {
    if (performance.now() < this.plentyUntil) return;
    let left = roomIn(this.folder) - this.underWay.size * ROOM_OF_ONE;
    if (left >= PLENTY) this.plentyUntil = performance.now() + PLENTY_LASTS_MS;
    if (left < needed) left += this.freeInside();
    if (left < needed) throw new Error('its disk is full');
  }

  private batchSize(): number {
    return roomIn(this.folder) >= PLENTY ? BATCH : SMALL_BATCH;
  }

  /** Bytes of the file that LMDB may use again: half of the free ones, as some are too scattered, or too fresh. */
  private freeInside(): number {
    this.root.resetReadTxn();
    const { lastPageNumber, pageSize, root, free } = this.sessions.getStats() as FileStats;
    const trees = [
      root,
      free,
      ...[this.sessions, this.byExpiry, this.byUser].map((db) => db.getStats() as Tree),
    ];
    const used = trees.reduce(
      (sum, tree) => sum + tree.treeBranchPageCount + tree.treeLeafPageCount + tree.overflowPages,
      0,
    );
    // What a reader still looks at cannot be used again.
    this.root.resetReadTxn();
    return ((lastPageNumber - used) * pageSize) / 2;
  }

  private giveUpOnWrites(): void {
    const before = performance.now() - SETTLE_WITHIN_MS;
    for (const { since, reject } of this.underWay)
      if (since < before) reject(new Error('LMDB does not answer'));
  }

  private sweepOnTime(): void {
    if (this.sweeping) return;
    const observe = this.metrics.sweeps.startTimer();
    this.sweeping = this.sweep()
      .then(() => (this.sweeperFails = false))
      .catch((error: unknown) => {
        // It tries again every second: that it fails is said once.
        if (!this.sweeperFails) this.logger.error(`The sweeper failed: ${reasonOf(error as Error)}`);
        this.sweeperFails = true;
      })
      .finally(() => {
        this.sweeping = undefined;
        observe();
      });
  }
}

/** @throws Error if it is no row */
function checked(row: Row): Row {
  const { createdAt, expiry } = (row as Partial<Row> | null) ?? {};
  if (!Number.isInteger(createdAt) || !Number.isInteger(expiry)) throw new Error('a row is damaged');
  return row;
}

/** Throws again what is not about one row: LMDB's own errors have its number. */
function passOverDamage(error: unknown): void {
  if (typeof (error as { code?: unknown }).code === 'number') throw error;
}

/**
 * A token behind its place in the list, which is a hash of it: a page can then say where the next one starts without
 * giving a live token away.
 */
function keyOf(token: string): string {
  return placeOf(token) + token;
}

function placeOf(token: string): string {
  return hash('sha1', token).slice(0, PLACE_DIGITS);
}

function toSession(token: string, row: Row, expiresIn: number): Session {
  return {
    token,
    userName: row.userName,
    memoryFragment: row.memoryFragment,
    createdAt: new Date(row.createdAt),
    ttlSeconds: row.ttlSeconds,
    expiresIn,
    expiresAt: new Date(row.expiry * 1000),
  };
}

/** Why a commit failed. lmdb-js has that in a promise, which would end the process if nobody handled it. */
function reasonFor(error: unknown): Promise<unknown> {
  const { commitError } = error as { commitError?: Promise<never> };
  return Promise.resolve(commitError).then(
    () => error,
    (reason: unknown) => reason,
  );
}
