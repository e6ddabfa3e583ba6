import type { Client } from 'cassandra-driver';
import { ServiceProcess } from '../support/service-process.js';
import { connectByHand, describeOnCassandra, onCassandra } from '../support/cassandra.js';

describeOnCassandra('the tables in Cassandra', () => {
  let cql: Client;
  beforeAll(async () => {
    cql = await connectByHand();
  });

  const start = (variables: Record<string, string>) =>
    new ServiceProcess('main.js', { PORT: '0', ...variables });
  const options = async (keyspace: string) =>
    (
      await cql.execute(
        "SELECT default_time_to_live, gc_grace_seconds FROM system_schema.tables WHERE keyspace_name = ? AND table_name = 'sessions'",
        [keyspace],
      )
    )
      .first()
      .values();
  const keyspace = async (name: string) =>
    cql.execute(
      `CREATE KEYSPACE ${name} WITH replication = {'class': 'NetworkTopologyStrategy', 'datacenter1': 1}`,
    );

  it('are made if they are missing, and brought to the configured default TTL and gc_grace_seconds', async () => {
    const variables = onCassandra();
    const first = start({ ...variables, DEFAULT_TTL_SECONDS: '77' });
    await first.listening();
    await first.kill('SIGTERM');
    expect(await options(variables.SCYLLA_KEYSPACE)).toEqual([77, 60]);
    const second = start({ ...variables, DEFAULT_TTL_SECONDS: '88', SCYLLA_GC_GRACE_SECONDS: '120' });
    await second.listening();
    expect(await second.kill('SIGTERM')).toMatchObject({ code: 0 });
    expect(await options(variables.SCYLLA_KEYSPACE)).toEqual([88, 120]);
  });

  it('keep tombstones as long as hints where the keyspace has more copies than configured', async () => {
    const variables = onCassandra();
    const name = variables.SCYLLA_KEYSPACE;
    await cql.execute(
      `CREATE KEYSPACE ${name} WITH replication = {'class': 'NetworkTopologyStrategy', 'datacenter1': 3}`,
    );
    await start({ ...variables, SCYLLA_REPLICATION_FACTOR: '1' }).listening();
    expect(await options(name)).toEqual([300, 10_800]);
  });

  it("take over the original demo's table, rows and all", async () => {
    const variables = onCassandra();
    const name = variables.SCYLLA_KEYSPACE;
    await keyspace(name);
    await cql.execute(
      `CREATE TABLE ${name}.sessions ("token" uuid PRIMARY KEY, user_name text, memory_fragment text, created_at timestamp, ttl_seconds int) WITH default_time_to_live = 300`,
    );
    await cql.execute(`INSERT INTO ${name}.sessions ("token", user_name) VALUES (uuid(), 'before us')`);
    const origin = await start(variables).listening();
    expect(await (await fetch(`${origin}/sessions`)).json()).toMatchObject([{ user_name: 'before us' }]);
    expect(await options(name)).toEqual([300, 60]);
  });

  it.each([
    [
      'a column of another type',
      'user_name int, memory_fragment text, created_at timestamp, ttl_seconds int',
      'column "user_name" must be text, regular, but is int, regular',
    ],
    [
      'a missing column',
      'user_name text, memory_fragment text, created_at timestamp',
      'column "ttl_seconds" must be int, regular, but is missing',
    ],
  ])('are refused with %s, and not altered', async (_, columns, sentence) => {
    const variables = onCassandra();
    const name = variables.SCYLLA_KEYSPACE;
    await keyspace(name);
    await cql.execute(`CREATE TABLE ${name}.sessions ("token" uuid PRIMARY KEY, ${columns})`);
    const { code, output } = await start(variables).finished;
    expect(output).toContain(sentence);
    expect(output.trim().split('\n')).toHaveLength(1);
    expect(code).toBe(1);
    expect(await options(name)).toEqual([0, 864_000]);
  });

  it('are left alone with SCYLLA_BOOTSTRAP=off, and what is to be done is said', async () => {
    const variables = { ...onCassandra(), SCYLLA_BOOTSTRAP: 'off' };
    const name = variables.SCYLLA_KEYSPACE;
    const { code, output } = await start(variables).finished;
    expect(code).toBe(1);
    const statements = /somebody has to run: (CREATE KEYSPACE .*);\n/.exec(output)![1]!.split('; ');
    expect(statements).toHaveLength(3);
    for (const statement of statements) await cql.execute(statement);
    const service = start(variables);
    await service.listening();
    const changed = await start({ ...variables, DEFAULT_TTL_SECONDS: '99' }).finished;
    expect(changed.output).toContain(`ALTER TABLE ${name}.sessions WITH default_time_to_live = 99`);
    expect(await options(name)).toEqual([300, 60]);
  });

  it('are not waited for where waiting is in vain, and the seed command ends, too', async () => {
    const elsewhere = { ...onCassandra(), SCYLLA_LOCAL_DC: 'elsewhere' };
    const { code, output } = await start(elsewhere).finished;
    expect(output).toMatch(/^The CQL cluster at .* cannot be used: .*elsewhere.*\n$/);
    expect(code).toBe(1);
    const seed = new ServiceProcess('seed.js', { ...onCassandra(), SCYLLA_BOOTSTRAP: 'off' }, [
      '--count',
      '1',
    ]);
    expect(await seed.finished).toMatchObject({
      code: 1,
      output: expect.stringContaining('somebody has to run'),
    });
  });

  it('are waited for as long as configured, then one sentence says what to do', async () => {
    const { code, output } = await start({
      SESSION_STORE: 'scylla',
      SCYLLA_HOSTS: '127.0.9.9',
      SCYLLA_STARTUP_TIMEOUT_SECONDS: '1',
    }).finished;
    expect(output).toMatch(/^No CQL cluster answers at 127\.0\.9\.9 after 1 s: .*ECONNREFUSED.*\n$/);
    expect(code).toBe(1);
  });
});
