import type { types } from 'cassandra-driver';
import type { Session } from './session.js';

const REGULAR = ['user_name', 'memory_fragment', 'created_at', 'ttl_seconds'];
const TTLS = REGULAR.map((name) => `ttl_${name}`);
const COLUMNS = `"token", ${REGULAR.join(', ')}`;

/** Every statement the store sends, by what it is for. `"token"` is quoted, since Cassandra reserves the word. */
export function statements(keyspace: string) {
  const [rows, hints] = [`${keyspace}.sessions`, `${keyspace}.sessions_by_user`];
  const ttls = REGULAR.map((name) => `TTL(${name}) AS ttl_${name}`).join(', ');
  const times = REGULAR.map((name) => `WRITETIME(${name}) AS time_${name}`).join(', ');
  // TTLs are counted from the coordinator's clock, so the same clock says when they end.
  const session = `${COLUMNS}, ${ttls}, toUnixTimestamp(now()) AS store_time`;
  const insert = `INSERT INTO ${rows} (${COLUMNS}) VALUES (?, ?, ?, ?, ?)`;
  return {
    /** Pattern 1: no TTL clause, so the table's default_time_to_live applies. */
    insertWithDefaultTtl: insert,
    /** Pattern 2: this write's own TTL. */
    insertWithTtl: `${insert} USING TTL ?`,
    /** All columns anew, so that all have the new TTL; dated right after what was read, so that it undoes nothing. */
    renew: `${insert} USING TTL ? AND TIMESTAMP ?`,
    selectTime: 'SELECT toUnixTimestamp(now()) AS store_time FROM system.local',
    select: `SELECT ${session} FROM ${rows} WHERE "token" = ?`,
    selectToRenew: `SELECT ${session}, ${times} FROM ${rows} WHERE "token" = ?`,
    selectRange:
      `SELECT ${session}, token("token") AS position FROM ${rows} ` +
      'WHERE token("token") > ? AND token("token") <= ? LIMIT ?',
    selectToDelete: `SELECT user_name, created_at, ${times} FROM ${rows} WHERE "token" = ?`,
    delete: `DELETE FROM ${rows} USING TIMESTAMP ? WHERE "token" = ?`,
    insertHint: `INSERT INTO ${hints} (user_name, "token") VALUES (?, ?) USING TTL ? AND TIMESTAMP ?`,
    selectHints: `SELECT "token" FROM ${hints} WHERE user_name = ? AND "token" >= ? LIMIT ?`,
    deleteHint: `DELETE FROM ${hints} USING TIMESTAMP ? WHERE user_name = ? AND "token" = ?`,
  };
}

/** Rows written by hand may lack columns, or carry no TTL: then they have no expiry that could be told. */
export function toSession(row: types.Row): Session {
  const expiresIn = timeLeft(row);
  const second = Math.floor(Number(row.store_time) / 1000);
  return {
    token: String(row.token),
    userName: (row.user_name ?? null) as string | null,
    memoryFragment: (row.memory_fragment ?? null) as string | null,
    createdAt: createdAtOf(row),
    ttlSeconds: (row.ttl_seconds ?? null) as number | null,
    expiresIn,
    expiresAt: expiresIn === null ? null : new Date(1000 * (second + expiresIn)),
  };
}

/** The longest TTL of a row's columns, in seconds; null if it has none but its key, or one that never expires. */
function timeLeft(row: types.Row): number | null {
  let longest: number | null = null;
  for (const [i, name] of REGULAR.entries()) {
    if ((row[name] ?? null) === null) continue;
    const left = row[TTLS[i] ?? ''] as number | null;
    if (left === null) return null;
    if (longest === null || left > longest) longest = left;
  }
  return longest;
}

/** Null, too, for what somebody wrote by hand that is beyond the range of a Date. */
export function createdAtOf(row: types.Row): Date | null {
  const date = row.get('created_at') as Date | null;
  return date && !Number.isNaN(date.getTime()) ? date : null;
}

/** When the youngest of a row's columns was written, in microseconds; undefined if it has none but its key. */
export function lastWriteTime(row: types.Row): bigint | undefined {
  const times = REGULAR.map((name) => row.get(`time_${name}`) as bigint | null).filter(
    (time) => time !== null,
  );
  return times.length === 0 ? undefined : times.reduce((a, b) => (a > b ? a : b));
}
