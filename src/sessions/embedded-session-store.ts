import { createHash } from 'node:crypto';
import { accessSync, constants, mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { Logger } from '@nestjs/common';
import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { open } from 'lmdb';
import type { Database, RootDatabase } from 'lmdb';
import type { Environment } from '../config/environment.js';
import { StartupError } from '../config/startup-error.js';
import type { Clock } from './clock.js';
import type { Session, SessionPage } from './session.js';
import { SessionStore, StoreError } from './session-store.js';

/** A row as LMDB keeps it. `expiry` is the first second, counted from 1970, in which it is gone. */
interface Row {
  userName: string;
  memoryFragment: string;
  createdAt: number;
  ttlSeconds: number;
  expiry: number;
}

/** Rows one sweep transaction may remove: a few milliseconds of the event loop, then requests get their turn. */
const SWEEP_BATCH = 250;
const SWEEP_EVERY_MS = 1000;
const PLACE_DIGITS = 16;

/**
 * Sessions in an LMDB folder, for one machine. It imitates what the database does with a TTL, down to the
 * arithmetic: an expiry in whole seconds, reads that look at the clock, and rows that are thrown away some time
 * after they died. Several processes may share the folder.
 */
export class EmbeddedSessionStore extends SessionStore implements OnModuleInit, OnApplicationShutdown {
  readonly description: string;
  private readonly folder: string;
  private readonly defaultTtl: number;
  private readonly logger = new Logger(EmbeddedSessionStore.name);
  private root!: RootDatabase;
  /** Rows by `keyOf(token)`. */
  private sessions!: Database<Row, string>;
  /** `[expiry, key]` of every row, the earliest first. */
  private byExpiry!: Database<true, [number, string]>;
  private timer: NodeJS.Timeout | undefined;
  private sweeping: Promise<unknown> | undefined;

  constructor(
    environment: Environment,
    private readonly clock: Clock,
  ) {
    super();
    this.folder = resolve(environment.DATA_DIR);
    this.defaultTtl = environment.DEFAULT_TTL_SECONDS;
    this.description = `embedded store in ${environment.DATA_DIR}, which imitates the TTL that a ScyllaDB cluster applies by itself`;
  }

  /** @throws StartupError if the folder cannot be made, written or opened */
  onModuleInit(): void {
    try {
      mkdirSync(this.folder, { recursive: true });
      accessSync(this.folder, constants.W_OK);
      this.root = open({ path: this.folder, noSubdir: false, maxDbs: 2 });
    } catch (error) {
      throw new StartupError(
        `The embedded store cannot use DATA_DIR ${this.folder}: ${(error as Error).message}.`,
      );
    }
    this.sessions = this.root.openDB('sessions', { encoding: 'msgpack' });
    this.byExpiry = this.root.openDB('by_expiry', { encoding: 'msgpack' });
    this.timer = setInterval(() => this.sweepOnTime(), SWEEP_EVERY_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.sweeping;
    await this.root.close();
  }

  async create({ token, userName, memoryFragment, createdAt, ttl }: Parameters<SessionStore['create']>[0]) {
    const ttlSeconds = ttl ?? this.defaultTtl;
    const expiry = this.second() + ttlSeconds;
    const key = keyOf(token);
    const row: Row = { userName, memoryFragment, createdAt: createdAt.getTime(), ttlSeconds, expiry };
    await this.durably(() =>
      this.root.batch(() => {
        void this.sessions.put(key, row);
        void this.byExpiry.put([expiry, key], true);
      }),
    );
    return toSession(token, row, ttlSeconds);
  }

  find(token: string): Promise<Session | undefined> {
    return this.read(() => {
      const row = this.sessions.get(keyOf(token));
      const second = this.second();
      return row && row.expiry > second ? toSession(token, row, row.expiry - second) : undefined;
    });
  }

  list(limit: number, after?: string): Promise<SessionPage> {
    return this.read(() => {
      const second = this.second();
      const keys: string[] = [];
      const sessions: Session[] = [];
      // "~" comes after whatever else a key may hold, so this starts behind all keys that begin with the cursor.
      for (const { key, value } of this.sessions.getRange({ start: after && `${after}~` })) {
        if (value.expiry <= second) continue;
        if (sessions.length === limit) return { sessions, next: keys.at(-1)?.slice(0, PLACE_DIGITS) };
        keys.push(key);
        sessions.push(toSession(key.slice(PLACE_DIGITS), value, value.expiry - second));
      }
      return { sessions };
    });
  }

  remove(token: string): Promise<void> {
    return this.durably(() =>
      this.root.transaction(() => {
        const key = keyOf(token);
        const row = this.sessions.get(key);
        if (!row) return;
        void this.sessions.remove(key);
        void this.byExpiry.remove([row.expiry, key]);
      }),
    );
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
    for (let batch = SWEEP_BATCH; batch === SWEEP_BATCH; removed += batch) {
      batch = await this.root.transaction(() => {
        const dead = [...this.byExpiry.getKeys({ end: [this.second() + 1, ''], limit: SWEEP_BATCH })];
        for (const [expiry, key] of dead) {
          void this.byExpiry.remove([expiry, key]);
          void this.sessions.remove(key);
        }
        return dead.length;
      });
    }
    return removed;
  }

  private second(): number {
    return Math.floor(this.clock.now() / 1000);
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- LMDB reads at once; what it throws must reject
  private async read<T>(action: () => T): Promise<T> {
    try {
      return action();
    } catch (cause) {
      throw new StoreError('the embedded store cannot read', { cause });
    }
  }

  /** Waits for the disk, not just for LMDB's commit, so that what is acknowledged also survives a power cut. */
  private async durably(write: () => Promise<unknown>): Promise<void> {
    try {
      await write();
      await this.root.flushed;
    } catch (cause) {
      throw new StoreError('the embedded store cannot write', { cause });
    }
  }

  private sweepOnTime(): void {
    if (this.sweeping) return;
    this.sweeping = this.sweep()
      .catch((error: unknown) => this.logger.error(`The sweeper failed: ${String(error)}`))
      .finally(() => (this.sweeping = undefined));
  }
}

/**
 * A token behind its place in the list, which is a hash of it: a page can then say where the next one starts without
 * giving a live token away.
 */
function keyOf(token: string): string {
  return createHash('sha1').update(token).digest('hex').slice(0, PLACE_DIGITS) + token;
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
