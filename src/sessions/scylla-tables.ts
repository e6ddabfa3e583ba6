import type { Environment } from '../config/environment.js';
import { StartupError } from '../config/startup-error.js';
import type { CqlClient } from '../scylla/cql-client.js';

/** The table's columns and their types. `"token"` is quoted everywhere, since Cassandra reserves the word. */
const COLUMNS = {
  token: 'uuid',
  user_name: 'text',
  memory_fragment: 'text',
  created_at: 'timestamp',
  ttl_seconds: 'int',
};

/**
 * Makes the table if it is missing. One that is there must have our columns, and is brought to the configured
 * default TTL and gc_grace_seconds.
 * @throws StartupError that names the wrong column, with nothing altered; or what SCYLLA_BOOTSTRAP=off leaves to do
 */
export async function prepareTables(client: CqlClient, environment: Environment): Promise<void> {
  const { keyspace } = client;
  const table = `${keyspace}.sessions`;
  const options = await tableOptions(client, environment);
  const columns = await client.define(
    "SELECT column_name, type, kind FROM system_schema.columns WHERE keyspace_name = ? AND table_name = 'sessions'",
    [keyspace],
  );
  const definition = Object.entries(COLUMNS).map(
    ([name, type]) => `"${name}" ${type}${name === 'token' ? ' PRIMARY KEY' : ''}`,
  );
  const create = `CREATE TABLE IF NOT EXISTS ${table} (${definition.join(', ')}) WITH ${options.join(' AND ')}`;
  if (columns.rowLength === 0) {
    await define(client, environment, create);
    return;
  }

  for (const [name, type] of Object.entries(COLUMNS)) {
    const column = columns.rows.find((row) => row.get('column_name') === name);
    const kind = name === 'token' ? 'partition_key' : 'regular';
    if (column?.get('type') !== type || column.get('kind') !== kind) {
      const is = column ? `${String(column.get('type'))}, ${String(column.get('kind'))}` : 'missing';
      throw new StartupError(
        `The table ${table} is not ours: its column "${name}" must be ${type}, ${kind}, but is ${is}.`,
      );
    }
  }
  const found = await client.define(
    "SELECT default_time_to_live, gc_grace_seconds FROM system_schema.tables WHERE keyspace_name = ? AND table_name = 'sessions'",
    [keyspace],
  );
  const same =
    found.first().get('default_time_to_live') === environment.DEFAULT_TTL_SECONDS &&
    found.first().get('gc_grace_seconds') === gcGraceSeconds(environment);
  if (!same) await define(client, environment, `ALTER TABLE ${table} WITH ${options.join(' AND ')}`);
}

/** Pattern 1 lives here: the TTL of every write that names none. */
async function tableOptions(client: CqlClient, environment: Environment): Promise<string[]> {
  const options = [
    `default_time_to_live = ${environment.DEFAULT_TTL_SECONDS}`,
    `gc_grace_seconds = ${gcGraceSeconds(environment)}`,
  ];
  // Only ScyllaDB has this table and knows the option; its newer default, `repair`, waits for repairs that a cluster
  // of ours may never run.
  const scylla = await client.define(
    "SELECT table_name FROM system_schema.tables WHERE keyspace_name = 'system_schema' AND table_name = 'scylla_tables'",
  );
  return scylla.rowLength > 0 ? [...options, "tombstone_gc = {'mode': 'timeout'}"] : options;
}

/** Hints of three hours (Cassandra's max_hint_window) must be delivered before a tombstone goes; one copy needs none. */
function gcGraceSeconds({ SCYLLA_GC_GRACE_SECONDS, SCYLLA_REPLICATION_FACTOR }: Environment): number {
  return SCYLLA_GC_GRACE_SECONDS ?? (SCYLLA_REPLICATION_FACTOR === 1 ? 60 : 10_800);
}

async function define(client: CqlClient, { SCYLLA_BOOTSTRAP }: Environment, cql: string): Promise<void> {
  if (SCYLLA_BOOTSTRAP === 'off') {
    throw new StartupError(
      `SCYLLA_BOOTSTRAP is off, and the cluster is not ready; somebody has to run: ${cql};`,
    );
  }
  await client.define(cql);
}
