import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseEnvironment } from '../src/config/environment.js';
import { CqlClient } from '../src/scylla/cql-client.js';
import { prepareTables } from '../src/sessions/scylla-tables.js';
import { diskUsage, ROOT, SCRATCH } from './folders.js';
import { onExit } from './on-exit.js';

export type StoreName = 'embedded' | 'cassandra';

/** Where one server keeps its sessions, apart from all others. */
export interface Place {
  /** What tells a server of it. */
  variables: Record<string, string>;
  /** Bytes on the disk; undefined where nobody can tell. Ask when its server has stopped: it may be gone afterwards. */
  disk(): Promise<number | undefined>;
}

export interface BenchStore {
  readonly name: StoreName;
  /** Makes an empty place, its tables ready. */
  place(name: string): Promise<Place>;
  close(): Promise<void>;
}

export function openEmbedded(): BenchStore {
  return {
    name: 'embedded',
    place(name) {
      const folder = join(SCRATCH, name);
      return Promise.resolve({
        variables: { SESSION_STORE: 'embedded', DATA_DIR: folder },
        disk: () => Promise.resolve(diskUsage(folder)),
      });
    },
    close: () => Promise.resolve(),
  };
}

/** A node of the bench's own from tools/cassandra; or, where SCYLLA_HOSTS is set, a cluster that runs already. */
export async function openCassandra(): Promise<BenchStore> {
  const host = process.env.SCYLLA_HOSTS ?? (await startNode());
  const data = process.env.SCYLLA_HOSTS === undefined ? join(NODE_FOLDER, 'node1', 'data') : undefined;
  const variables = (keyspace: string) => ({
    SESSION_STORE: 'scylla',
    SCYLLA_HOSTS: host,
    SCYLLA_KEYSPACE: keyspace,
  });
  const client = await CqlClient.connect(parseEnvironment(variables('bench')));
  const keyspaces = new Set<string>();
  const drop = async (keyspace: string) => {
    keyspaces.delete(keyspace);
    await client.define(`DROP KEYSPACE IF EXISTS ${keyspace}`);
  };

  return {
    name: 'cassandra',
    async place(name) {
      const keyspace = `bench_${name}`;
      await drop(keyspace);
      const own = await CqlClient.connect(parseEnvironment(variables(keyspace)));
      await prepareTables(own, parseEnvironment(variables(keyspace)));
      await own.onApplicationShutdown();
      keyspaces.add(keyspace);
      return {
        variables: variables(keyspace),
        // Before it drops a table, Cassandra flushes and snapshots it: then what it took can be measured.
        disk: async () => {
          await drop(keyspace);
          return data === undefined ? undefined : diskUsage(join(data, keyspace));
        },
      };
    },
    async close() {
      await Promise.all([...keyspaces].map(drop));
      await client.onApplicationShutdown();
    },
  };
}

const NODE_FOLDER = join(SCRATCH, 'cassandra');

async function startNode(): Promise<string> {
  const net = '127.0.6';
  const script = join(ROOT, 'tools', 'cassandra', 'cassandra');
  const options = { env: { ...process.env, CASSANDRA_NET: net, CASSANDRA_DIR: NODE_FOLDER } };
  onExit(() => spawnSync(script, ['clean'], options));
  const up = promisify(execFile)(script, ['up'], options);
  // Or it would go on starting what `clean` has just looked for.
  onExit(() => up.child.kill('SIGKILL'));
  await up;
  return `${net}.1`;
}
