import { hash, randomUUID } from 'node:crypto';
import { open } from 'lmdb';
import type { FloorSession, FloorStore } from './floor-store.js';

interface Row {
  userName: string;
  memoryFragment: string;
  createdAt: number;
  ttlSeconds: number;
  expiry: number;
}

const PLACE_DIGITS = 16;

/** In a folder that the embedded store could go on with: its three databases, row for row. */
export function openLmdbFloor(folder: string): FloorStore {
  // As the embedded store has it: batched by event turns, a write that fails ends the process.
  // And what one event turn writes is committed at once.
  const options = {
    path: folder,
    noSubdir: false,
    maxDbs: 3,
    eventTurnBatching: false,
    txnStartThreshold: 1000,
  };
  const root = open(options);
  const sessions = root.openDB<Row, string>('sessions', { encoding: 'msgpack' });
  const byExpiry = root.openDB<true, [number, string]>('by_expiry', { encoding: 'msgpack' });
  const byUser = root.openDB<true, [string, string]>('by_user', { encoding: 'msgpack' });

  return {
    async create(userName, memoryFragment, ttl) {
      const [token, now] = [randomUUID(), Date.now()];
      const row = { userName, memoryFragment, createdAt: now, ttlSeconds: ttl, expiry: second(now) + ttl };
      const key = placeOf(token) + token;
      await root.batch(() => {
        void sessions.put(key, row);
        void byExpiry.put([row.expiry, key], true);
        void byUser.put([userName, token], true);
      });
      return toSession(token, row, ttl);
    },

    find(token) {
      root.resetReadTxn();
      const row = sessions.get(placeOf(token) + token);
      const left = row ? row.expiry - second(Date.now()) : 0;
      return Promise.resolve(row && left > 0 ? toSession(token, row, left) : undefined);
    },

    list(limit, cursor) {
      root.resetReadTxn();
      const now = second(Date.now());
      const found: FloorSession[] = [];
      for (const { key, value } of sessions.getRange({ start: cursor && `${cursor}~` })) {
        const last = found.at(-1);
        if (last && found.length === limit)
          return Promise.resolve({ sessions: found, next: placeOf(last.token) });
        if (value.expiry > now) found.push(toSession(key.slice(PLACE_DIGITS), value, value.expiry - now));
      }
      return Promise.resolve({ sessions: found });
    },

    async remove(token) {
      const key = placeOf(token) + token;
      await root.transaction(() => {
        const row = sessions.get(key);
        if (!row) return;
        void sessions.remove(key);
        void byExpiry.remove([row.expiry, key]);
        void byUser.remove([row.userName, token]);
      });
    },
  };
}

function placeOf(token: string): string {
  return hash('sha1', token).slice(0, PLACE_DIGITS);
}

function second(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}

function toSession(token: string, row: Row, left: number): FloorSession {
  return {
    token,
    user_name: row.userName,
    memory_fragment: row.memoryFragment,
    created_at: new Date(row.createdAt).toISOString(),
    ttl_seconds: row.ttlSeconds,
    expires_in: left,
    expires_at: new Date(1000 * row.expiry).toISOString(),
  };
}
