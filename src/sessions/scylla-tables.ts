import type { Environment } from '../config/environment.js';
import { StartupError } from '../config/startup-error.js';
import type { CqlClient } from '../scylla/cql-client.js';

interface Table {
  name: string;
  /** Type and kind of each column, as system_schema tells them. */
  columns: Record<string, [type: string, kind: 'partition_key' | 'clustering' | 'regular']>;
  primaryKey: string;
  defaultTtl: number;
}

function tables({ DEFAULT_TTL_SECONDS }: Environment): Table[] {
  return [
    {
      name: 'sessions',
      columns: {
        token: ['uuid', 'partition_key'],
        user_name: ['text', 'regular'],
        memory_fragment: ['text', 'regular'],
        created_at: ['timestamp', 'regular'],
        ttl_seconds: ['int', 'regular'],
      },
      primaryKey: '"token"',
      // Pattern 1 lives here: the TTL of every write that names none.
      defaultTtl: DEFAULT_TTL_SECONDS,
    },
    {
      name: 'sessions_by_user',
      columns: { user_name: ['text', 'partition_key'], token: ['uuid', 'clustering'] },
      primaryKey: 'user_name, "token"',
      // Every hint names its own.
      defaultTtl: 0,
    },
  ];
}

/** What DESCRIBE says of the table of sessions, in short. */
export function describeSessions(environment: Environment): string {
  const [sessions] = tables(environment);
  if (!sessions) return '';
  return createTable(environment.SCYLLA_KEYSPACE, sessions, optionsOf(sessions, gcGraceSeconds(environment)));
}

/**
 * Makes the keyspace and the tables that are missing. Those that are there must have our columns, and are brought to the configured
 * default TTL and gc_grace_seconds.
 * @throws StartupError that names the wrong column, with nothing altered; or what SCYLLA_BOOTSTRAP=off leaves to do
 */
export async function prepareTables(client: CqlClient, environment: Environment): Promise<void> {
  // Only ScyllaDB has this table and knows the option; its newer default, `repair`, waits for repairs that a cluster
  // of ours may never run.
  const scylla = await client.define(
    "SELECT table_name FROM system_schema.tables WHERE keyspace_name = 'system_schema' AND table_name = 'scylla_tables'",
  );
  const tombstones = scylla.rowLength > 0 ? " AND tombstone_gc = {'mode': 'timeout'}" : '';
  const copies = await client.copies();
  const gcGrace = gcGraceSeconds(environment, copies);
  const needed = copies === undefined ? [client.createKeyspace(environment)] : [];
  for (const table of tables(environment)) {
    needed.push(...(await missing(client, table, gcGrace, optionsOf(table, gcGrace) + tombstones)));
  }
  if (needed.length > 0 && environment.SCYLLA_BOOTSTRAP === 'off') {
    const statements = needed.map((statement) => `${statement};`).join(' ');
    throw new StartupError(
      `SCYLLA_BOOTSTRAP is off, and the cluster is not ready; somebody has to run: ${statements}`,
    );
  }
  for (const statement of needed) {
    await client.define(statement).catch((error: unknown) => {
      const why = (error as Error).message.replace(/\.$/, '');
      throw new StartupError(
        `The cluster refuses ${statement}; it says: ${why}. With SCYLLA_BOOTSTRAP=off nothing is made or altered.`,
      );
    });
  }
}

/** The statement that makes a table what it must be; none if it is. */
async function missing(client: CqlClient, table: Table, gcGrace: number, options: string): Promise<string[]> {
  const { name, columns, defaultTtl } = table;
  const fullName = `${client.keyspace}.${name}`;
  const found = await client.define(
    'SELECT column_name, type, kind FROM system_schema.columns WHERE keyspace_name = ? AND table_name = ?',
    [client.keyspace, name],
  );
  if (found.rowLength === 0) {
    return [createTable(client.keyspace, table, options)];
  }
  for (const [column, wanted] of Object.entries(columns)) {
    const row = found.rows.find((each) => each.get('column_name') === column);
    const is = row ? `${String(row.get('type'))}, ${String(row.get('kind'))}` : 'missing';
    if (is !== wanted.join(', ')) {
      throw new StartupError(
        `The table ${fullName} is not ours: its column "${column}" must be ${wanted.join(', ')}, but is ${is}.`,
      );
    }
  }
  const set = await client.define(
    'SELECT default_time_to_live, gc_grace_seconds FROM system_schema.tables WHERE keyspace_name = ? AND table_name = ?',
    [client.keyspace, name],
  );
  const same =
    set.first().get('default_time_to_live') === defaultTtl && set.first().get('gc_grace_seconds') === gcGrace;
  return same ? [] : [`ALTER TABLE ${fullName} WITH ${options}`];
}

function createTable(keyspace: string, { name, columns, primaryKey }: Table, options: string): string {
  const definitions = Object.entries(columns).map(([column, [type]]) => `"${column}" ${type}`);
  return `CREATE TABLE IF NOT EXISTS ${keyspace}.${name} (${definitions.join(', ')}, PRIMARY KEY (${primaryKey})) WITH ${options}`;
}

function optionsOf({ defaultTtl }: Table, gcGrace: number): string {
  return `default_time_to_live = ${defaultTtl} AND gc_grace_seconds = ${gcGrace}`;
}

/**
 * Hints of three hours (Cassandra's max_hint_window) must be delivered before a tombstone goes; one copy needs none.
 * @param copies what the keyspace that is there keeps, whatever is configured
 */
function gcGraceSeconds(
  { SCYLLA_GC_GRACE_SECONDS, SCYLLA_REPLICATION_FACTOR }: Environment,
  copies = SCYLLA_REPLICATION_FACTOR,
): number {
  return SCYLLA_GC_GRACE_SECONDS ?? (copies === 1 ? 60 : 10_800);
}
