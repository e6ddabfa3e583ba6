import { randomUUID } from 'node:crypto';
import { concurrent } from 'cassandra-driver';
import type { Client } from 'cassandra-driver';
import request from 'supertest';
import { Clock } from '../../src/config/clock.js';
import { connectByHand, describeOnCassandra, onCassandra } from '../support/cassandra.js';
import { ManualClock } from '../support/manual-clock.js';
import { openScyllaStore } from '../support/scylla-store.js';
import { startTestApp } from '../support/test-app.js';
import { waitUntil } from '../support/wait-until.js';

const REGULAR = ['user_name', 'memory_fragment', 'created_at', 'ttl_seconds'];

describeOnCassandra('the rows in Cassandra', () => {
  const variables = onCassandra();
  const table = `${variables.SCYLLA_KEYSPACE}.sessions`;
  let url: string;
  let cql: Client;

  beforeAll(async () => {
    const { app } = await startTestApp(variables, new Clock());
    url = await app.getUrl();
    cql = await connectByHand();
  });

  const create = async (ttl?: number): Promise<string> => {
    const session = { user_name: 'Ines', memory_fragment: 'a lullaby', ttl };
    return (await request(url).post('/sessions').send(session).expect(201)).body.token;
  };
  const byHand = (statement: string, parameters: unknown[] = []) =>
    cql.execute(statement, parameters, { prepare: true });
  const ttlsOf = async (token: string): Promise<number[]> => {
    const columns = REGULAR.map((name) => `TTL(${name})`).join(', ');
    return (await byHand(`SELECT ${columns} FROM ${table} WHERE "token" = ?`, [token])).first().values();
  };
  const listed = async () => {
    const { body } = await request(url).get('/sessions?limit=1000').expect(200);
    return new Map<string, Record<string, unknown>>(
      body.map((session: { token: string }) => [session.token, session]),
    );
  };

  it("are counted in /metrics, beside the driver's hosts and pool", async () => {
    await create(30);
    const { text } = await request(url).get('/metrics').expect(200);
    const host = `${variables.SCYLLA_HOSTS}:9042`;
    expect(text).toContain(`ephemera_cql_host_up{host="${host}"} 1`);
    expect(text).toMatch(new RegExp(`ephemera_cql_connections{host="${host}"} [1-9]`));
    expect(text).toContain(`ephemera_cql_requests_in_flight{host="${host}"} 0`);
    expect(text).toMatch(/ephemera_store_operation_duration_seconds_count{operation="create"} [1-9]/);
  });

  it("carry the table's default TTL by pattern 1 and their own by pattern 2, the same in every column", async () => {
    const definition = await byHand(
      "SELECT default_time_to_live, gc_grace_seconds FROM system_schema.tables WHERE keyspace_name = ? AND table_name = 'sessions'",
      [variables.SCYLLA_KEYSPACE],
    );
    expect(definition.first().values()).toEqual([300, 60]);
    for (const [ttl, expected] of [
      [undefined, 300],
      [30, 30],
      [2_592_000, 2_592_000],
    ] as const) {
      const ttls = await ttlsOf(await create(ttl));
      expect(new Set(ttls).size).toBe(1);
      expect(expected - ttls[0]!).toBeLessThanOrEqual(2);
      expect(ttls[0]).toBeLessThanOrEqual(expected);
    }
  });

  describe('written by hand', () => {
    const values = `'by hand', 'typed in', toTimestamp(now()), 20`;

    it('are in the list and on the dashboard while they live, and in neither afterwards', async () => {
      const token = randomUUID();
      await byHand(
        `INSERT INTO ${table} ("token", ${REGULAR.join()}) VALUES (${token}, ${values}) USING TTL 3`,
      );
      expect((await listed()).get(token)).toMatchObject({ user_name: 'by hand', ttl_seconds: 20 });
      expect((await request(url).get('/')).text).toContain(`id="s-${token}"`);
      await waitUntil(async () => !(await listed()).has(token));
      expect((await request(url).get('/')).text).not.toContain(token);
      await request(url).get(`/sessions/${token}`).expect(404);
    });

    it.each([
      [
        'with null columns',
        `INSERT INTO <table> ("token", user_name) VALUES (<token>, 'half') USING TTL 100`,
        'half',
        expect.any(Number),
      ],
      ['with only the key', `INSERT INTO <table> ("token") VALUES (<token>)`, null, null],
      [
        'without a TTL',
        `INSERT INTO <table> ("token", ${REGULAR.join()}) VALUES (<token>, ${values}) USING TTL 0`,
        'by hand',
        null,
      ],
      [
        'by UPDATE',
        `UPDATE <table> USING TTL 100 SET user_name = 'updated' WHERE "token" = <token>`,
        'updated',
        expect.any(Number),
      ],
    ])('%s are listed, read, shown and revoked', async (_, statement, user_name, expires_in) => {
      const token = randomUUID();
      await byHand(statement.replace('<table>', table).replace('<token>', token));
      const { body } = await request(url).get(`/sessions/${token}`).expect(200);
      expect(body).toMatchObject({ token, user_name, expires_in });
      expect(body.expires_at === null).toBe(body.expires_in === null);
      expect((await listed()).get(token)).toMatchObject({ user_name, expires_in });
      const card = new RegExp(`<li class="card" id="s-${token}"[^]*?</li>`).exec(
        (await request(url).get('/')).text,
      )![0];
      expect(card).toContain(body.expires_in === null ? 'never expires' : 'role="timer"');
      await request(url).delete(`/sessions/${token}`).expect(204);
      await request(url).get(`/sessions/${token}`).expect(404);
      expect((await listed()).has(token)).toBe(false);
    });
  });

  it('stay revoked although a process whose clock is 5 s ahead wrote them', async () => {
    const ahead = await openScyllaStore(variables, new ManualClock(Date.now() + 5000));
    const session = {
      token: randomUUID(),
      userName: 'Ines',
      memoryFragment: 'x',
      createdAt: new Date(Date.now() + 5000),
    };
    await ahead.create({ ...session, ttl: 100 });
    await request(url).get(`/sessions/${session.token}`).expect(200);
    await request(url).delete(`/sessions/${session.token}`).expect(204);
    await request(url).get(`/sessions/${session.token}`).expect(404);
  });

  it('may have expired in any number just now: list and dashboard still answer', async () => {
    const survivor = await create(600);
    const expired = Array.from({ length: 60_000 }, () => [randomUUID(), 'x', 'y', new Date(), 1]);
    const insert = `INSERT INTO ${table} ("token", ${REGULAR.join()}) VALUES (?, ?, ?, ?, ?) USING TTL 1`;
    await concurrent.executeConcurrent(cql, insert, expired, { concurrencyLevel: 64 });
    const [last] = expired.at(-1)!;
    await waitUntil(
      async () => (await byHand(`SELECT "token" FROM ${table} WHERE "token" = ?`, [last])).rowLength === 0,
    );
    // What makes it hard: the plain statement fails on so many tombstones.
    await expect(byHand(`SELECT * FROM ${table} LIMIT 1000`)).rejects.toThrow(/failure/i);
    expect((await listed()).has(survivor)).toBe(true);
    expect((await request(url).get('/').expect(200)).text).toContain(survivor);
  }, 120_000);
});
