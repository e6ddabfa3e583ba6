import { randomUUID } from 'node:crypto';
import type { Client } from 'cassandra-driver';
import request from 'supertest';
import type { Session } from '../../src/sessions/session.js';
import type { SessionStore } from '../../src/sessions/session-store.js';
import { Clock } from '../../src/config/clock.js';
import { connectByHand, describeOnCassandra, onCassandra } from '../support/cassandra.js';
import { SkewedClock } from '../support/manual-clock.js';
import { openScyllaStore } from '../support/scylla-store.js';
import { startTestApp } from '../support/test-app.js';

const HOUR_MS = 3_600_000;

describeOnCassandra('the life of a session in Cassandra', () => {
  const variables = onCassandra();
  const table = `${variables.SCYLLA_KEYSPACE}.sessions`;
  let url: string;
  let cql: Client;
  let store: SessionStore;

  beforeAll(async () => {
    const { app } = await startTestApp(variables, new Clock());
    url = await app.getUrl();
    cql = await connectByHand();
    store = await openScyllaStore(variables);
  });

  const post = async (fields: object = {}): Promise<Record<string, string>> =>
    (
      await request(url)
        .post('/sessions')
        .send({ user_name: 'Odile', memory_fragment: 'x', ttl: 100, ...fields })
    ).body;
  const patch = (token: string, change: object) => request(url).patch(`/sessions/${token}`).send(change);
  const columns = ['user_name', 'memory_fragment', 'created_at', 'ttl_seconds'];
  const ttlsOf = async (token: string): Promise<number[]> =>
    (
      await cql.execute(
        `SELECT ${columns.map((name) => `TTL(${name})`).join()} FROM ${table} WHERE "token" = ${token}`,
      )
    )
      .first()
      .values();

  it('has one TTL in every column after every kind of write', async () => {
    const { token } = await post();
    for (const [change, ttl] of [
      [{ ttl: 1000 }, 1000],
      [{ memory_fragment: 'rewritten' }, 1000],
      [{ ttl: 50, memory_fragment: 'both' }, 50],
      [{ ttl: 10, only_extend: true, memory_fragment: 'kept' }, 50],
    ] as const) {
      await patch(token!, change).expect(200);
      const ttls = new Set(await ttlsOf(token!));
      expect(ttls.size).toBe(1);
      expect(ttl - [...ttls][0]!).toBeLessThanOrEqual(3);
    }
    const { body } = await request(url).post(`/sessions/${token}/rotate`).expect(201);
    expect(new Set(await ttlsOf(body.token)).size).toBe(1);
  });

  it.each([
    ['with null columns', `INSERT INTO <table> ("token", user_name) VALUES (<token>, 'half') USING TTL 100`],
    [
      'without a TTL',
      `INSERT INTO <table> ("token", user_name, created_at) VALUES (<token>, 'for ever', toTimestamp(now())) USING TTL 0`,
    ],
  ])('of a row written by hand %s may be renewed', async (_, statement) => {
    const token = randomUUID();
    await cql.execute(statement.replace('<table>', table).replace('<token>', token));
    expect((await patch(token, { ttl: 60 }).expect(200)).body).toMatchObject({
      ttl_seconds: 60,
      expires_in: 60,
    });
    const { body } = await request(url).get(`/sessions/${token}`).expect(200);
    expect(body).toMatchObject({ ttl_seconds: 60, memory_fragment: null });
    expect(body.expires_in).toBeLessThanOrEqual(60);
  });

  it('of a row that never expires keeps its fragment until it is given a TTL', async () => {
    const token = randomUUID();
    await cql.execute(`INSERT INTO ${table} ("token", user_name) VALUES (${token}, 'for ever') USING TTL 0`);
    await patch(token, { memory_fragment: 'x' })
      .expect(409)
      .expect('Content-Type', /problem\+json/);
    await request(url).post(`/sessions/${token}/rotate`).expect(409);
    await patch(token, { ttl: 5, only_extend: true }).expect(200);
    expect((await request(url).get(`/sessions/${token}`)).body).toMatchObject({ expires_in: null });
  });

  it('of a row with only its key cannot be renewed, but revoked', async () => {
    const token = randomUUID();
    await cql.execute(`INSERT INTO ${table} ("token") VALUES (${token})`);
    const { body } = await patch(token, { ttl: 60 }).expect(409);
    expect(body.detail).toContain('only the token is left');
    await request(url).delete(`/sessions/${token}`).expect(204);
    await request(url).get(`/sessions/${token}`).expect(404);
  });

  it('ends when the database says, however wrong the clocks of the services are', async () => {
    const stores = [
      await openScyllaStore(variables, new SkewedClock(HOUR_MS)),
      await openScyllaStore(variables, new SkewedClock(-HOUR_MS)),
      store,
    ];
    const told: Session[] = [];
    for (const one of stores) {
      const created = await one.create({
        token: randomUUID(),
        userName: 'Odile',
        memoryFragment: 'x',
        createdAt: new Date(),
        ttl: 100,
      });
      expect(created.expiresIn).toBe(100);
      told.push(created);
      for (const other of stores) told.push((await other.find(created.token))!);
    }
    const instants = told.map(
      ({ expiresAt, expiresIn }) => [expiresAt!.getTime() - Date.now(), expiresIn!] as const,
    );
    for (const [left, expiresIn] of instants) {
      expect(left).toBeGreaterThan(95_000);
      expect(left).toBeLessThanOrEqual(101_000);
      expect(expiresIn).toBeGreaterThan(95);
    }
  });

  it('ends for good by a revoke-all from a service whose clock is 5 s behind', async () => {
    const [ahead, behind] = [
      await openScyllaStore(variables, new SkewedClock(2500)),
      await openScyllaStore(variables, new SkewedClock(-2500)),
    ];
    const userName = randomUUID();
    const row = { userName, memoryFragment: 'x', createdAt: new Date(Date.now() + 2500), ttl: 100 };
    const [one, two] = [randomUUID(), randomUUID()];
    await ahead.create({ ...row, token: one });
    await ahead.create({ ...row, token: two });
    await ahead.renew(two, () => ({ ttl: 200 }));
    expect(await behind.removeByUser(userName)).toBe(2);
    for (const token of [one, two]) expect(await ahead.find(token)).toBeUndefined();
  });

  it('is not told wrong by a stale hint or a missing row', async () => {
    const userName = randomUUID();
    const make = () =>
      store.create({ token: randomUUID(), userName, memoryFragment: 'x', createdAt: new Date(), ttl: 100 });
    const [kept, deleted] = [await make(), await make()];
    // A row deleted by hand, and a hint whose row a crash never let come.
    await cql.execute(`DELETE FROM ${table} WHERE "token" = ${deleted.token}`);
    await cql.execute(
      `INSERT INTO ${variables.SCYLLA_KEYSPACE}.sessions_by_user (user_name, "token") VALUES ('${userName}', ${randomUUID()}) USING TTL 100`,
    );
    expect((await store.listByUser(userName, 10)).sessions).toMatchObject([{ token: kept.token }]);
    expect(await store.removeByUser(userName)).toBe(1);
  });
});
