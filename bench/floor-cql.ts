import { randomUUID } from 'node:crypto';
import { Client, types } from 'cassandra-driver';
import { driverOptions } from '../src/scylla/driver-options.js';
import { statements } from '../src/sessions/scylla-statements.js';
import type { FloorSession, FloorStore } from './floor-store.js';

interface Row {
  token: types.Uuid;
  user_name: string;
  memory_fragment: string;
  created_at: Date;
  ttl_seconds: number;
  ttl_user_name: number;
  store_time: bigint;
  position: bigint;
}

interface Written {
  user_name: string | null;
  created_at: Date;
  time_user_name: bigint;
}

const RING_START = -(2n ** 63n);
const RING_END = 2n ** 63n - 1n;

/** On CQL tables that are there already, in SCYLLA_KEYSPACE. */
export async function openCqlFloor(variables: NodeJS.ProcessEnv): Promise<FloorStore> {
  const cql = statements(variables.SCYLLA_KEYSPACE ?? '');
  const client = new Client(
    driverOptions({
      SCYLLA_HOSTS: (variables.SCYLLA_HOSTS ?? '').split(','),
      SCYLLA_LOCAL_DC: 'datacenter1',
      SCYLLA_CONSISTENCY: 'LOCAL_QUORUM',
      SCYLLA_USERNAME: '',
      SCYLLA_PASSWORD: '',
      SCYLLA_TLS_CA: '',
    }),
  );
  await client.connect();

  const execute = async (statement: string, values: unknown[], timestamp?: bigint) => {
    const { rows } = await client.execute(statement, values, {
      prepare: true,
      isIdempotent: true,
      timestamp: timestamp === undefined ? undefined : types.Long.fromString(String(timestamp)),
    });
    return rows as unknown[];
  };

  return {
    async create(userName, memoryFragment, ttl) {
      const [token, createdAt] = [randomUUID(), new Date()];
      const timestamp = BigInt(createdAt.getTime()) * 1000n;
      await execute(cql.insertHint, [userName, token, ttl + 60, timestamp]);
      await execute(cql.insertWithTtl, [token, userName, memoryFragment, createdAt, ttl, ttl], timestamp);
      return {
        token,
        user_name: userName,
        memory_fragment: memoryFragment,
        created_at: createdAt.toISOString(),
        ttl_seconds: ttl,
        expires_in: ttl,
        expires_at: expiry(createdAt.getTime(), ttl),
      };
    },

    async find(token) {
      const [row] = (await execute(cql.select, [token])) as Row[];
      return row && toSession(row);
    },

    async list(limit, cursor) {
      const start = cursor === undefined ? RING_START : BigInt(`0x${cursor}`) + RING_START;
      const rows = (await execute(cql.selectRange, [start, RING_END, limit + 1])) as Row[];
      const last = rows.length > limit ? rows[limit - 1] : undefined;
      return {
        sessions: rows.slice(0, limit).map(toSession),
        next: last && (last.position - RING_START).toString(16).padStart(16, '0'),
      };
    },

    async remove(token) {
      const [row] = (await execute(cql.selectToDelete, [token])) as Written[];
      const now = BigInt(Date.now()) * 1000n;
      const margin = (row?.time_user_name ?? 0n) + 1_000_000n;
      await execute(cql.delete, [now > margin ? now : margin, token]);
      if (row)
        await execute(cql.deleteHint, [BigInt(row.created_at.getTime()) * 1000n, row.user_name, token]);
    },
  };
}

function toSession(row: Row): FloorSession {
  return {
    token: row.token.toString(),
    user_name: row.user_name,
    memory_fragment: row.memory_fragment,
    created_at: row.created_at.toISOString(),
    ttl_seconds: row.ttl_seconds,
    expires_in: row.ttl_user_name,
    expires_at: expiry(Number(row.store_time), row.ttl_user_name),
  };
}

function expiry(now: number, ttl: number): string {
  return new Date(1000 * (Math.floor(now / 1000) + ttl)).toISOString();
}
