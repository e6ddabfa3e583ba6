import request from 'supertest';
import type { Response } from 'supertest';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';

const UNKNOWN = '3f2b8c1e-6a1d-4c8e-9b57-0d4f3a9e7c21';
const valid = { user_name: 'Sigrid', memory_fragment: 'a map', ttl: 100 };

async function start(variables?: Record<string, string>) {
  const test: TestApp = await startTestApp(variables);
  const url = await test.app.getUrl();
  const post = async (fields: object = {}) =>
    (
      await request(url)
        .post('/sessions')
        .send({ ...valid, ...fields })
        .expect(201)
    ).body;
  const get = (token: string) => request(url).get(`/sessions/${token}`);
  const patch = (token: string, body?: unknown) =>
    request(url)
      .patch(`/sessions/${token}`)
      .send(body as object);
  return { ...test, url, post, get, patch };
}

describe('PATCH /sessions/{token}', () => {
  let service: Awaited<ReturnType<typeof start>>;
  beforeAll(async () => {
    service = await start();
  });

  it('gives the session so many seconds from now, and nothing else changes', async () => {
    const created = await service.post();
    service.clock.advance(60_000);
    const { body, headers } = await service.patch(created.token, { ttl: 200 }).expect(200);
    expect(body).toEqual({ ...created, ttl_seconds: 200, expires_in: 200, expires_at: expect.any(String) });
    expect(headers['cache-control']).toBe('no-store');
    service.clock.advance(199_000);
    expect((await service.get(created.token).expect(200)).body).toMatchObject({ expires_in: 1 });
    service.clock.advance(1000);
    await service.get(created.token).expect(404);
  });

  it('may shorten it, unless only_extend says otherwise', async () => {
    const { token, expires_at } = await service.post({ ttl: 500 });
    const { body } = await service.patch(token, { ttl: 50, only_extend: true }).expect(200);
    expect(body).toMatchObject({ ttl_seconds: 500, expires_in: 500, expires_at });
    expect((await service.patch(token, { ttl: 600, only_extend: true })).body).toMatchObject({
      expires_in: 600,
    });
    expect((await service.patch(token, { ttl: 50, only_extend: false })).body).toMatchObject({
      expires_in: 50,
    });
  });

  it('rewrites the fragment, alone with the TTL that is left, or with a new one', async () => {
    const { token, expires_at } = await service.post();
    service.clock.advance(10_000);
    const { body } = await service.patch(token, { memory_fragment: 'rewritten' }).expect(200);
    expect(body).toMatchObject({
      memory_fragment: 'rewritten',
      ttl_seconds: 100,
      expires_in: 90,
      expires_at,
    });
    const both = (await service.patch(token, { memory_fragment: 'again', ttl: 300 })).body;
    expect(both).toMatchObject({ memory_fragment: 'again', ttl_seconds: 300, expires_in: 300 });
    const kept = (await service.patch(token, { memory_fragment: 'kept', ttl: 5, only_extend: true })).body;
    expect(kept).toMatchObject({ memory_fragment: 'kept', ttl_seconds: 300, expires_in: 300 });
    expect((await service.get(token)).body).toEqual(kept);
  });

  it('answers 404 for a session that expired, was revoked or never was', async () => {
    const [expired, revoked] = [await service.post({ ttl: 1 }), await service.post()];
    service.clock.advance(1000);
    await request(service.url).delete(`/sessions/${revoked.token}`);
    for (const token of [expired.token, revoked.token, UNKNOWN]) {
      await service
        .patch(token, { ttl: 100 })
        .expect(404)
        .expect('Content-Type', /problem\+json/);
      await service.get(token).expect(404);
    }
  });

  it.each([
    [{}, 'body', 'must have a ttl, a memory_fragment or both'],
    [{ only_extend: true }, 'body', 'must have a ttl, a memory_fragment or both'],
    [{ ttl: 0 }, 'ttl', 'from 1 to 2592000'],
    [{ ttl: 2_592_001 }, 'ttl', 'from 1 to 2592000'],
    [{ ttl: '5' }, 'ttl', 'from 1 to 2592000'],
    [{ ttl: 5, only_extend: 'true' }, 'only_extend', 'must be true or false'],
    [{ ttl: 5, only_extend: null }, 'only_extend', 'must be true or false'],
    [{ memory_fragment: '' }, 'memory_fragment', 'is empty'],
    [{ memory_fragment: null }, 'memory_fragment', 'must be a string'],
    [{ user_name: 'x' }, 'user_name', 'allowed are ttl, only_extend, memory_fragment'],
    [[], 'body', 'must be a JSON object'],
  ])('refuses %j and leaves the session as it was', async (change, field, detail) => {
    const created = await service.post();
    const { body } = await service.patch(created.token, change).expect(400);
    expect(body.errors).toEqual([{ field, detail: expect.stringContaining(detail) }]);
    expect((await service.get(created.token)).body).toEqual(created);
  });

  it('refuses fields in the query string, another type of body, and a malformed token', async () => {
    const { token } = await service.post();
    const inQuery = await request(service.url).patch(`/sessions/${token}?ttl=5`).expect(400);
    expect(inQuery.body.errors).toEqual([{ field: 'ttl', detail: 'belongs into the JSON body' }]);
    await request(service.url).patch(`/sessions/${token}`).type('form').send({ ttl: 5 }).expect(415);
    await service.patch('x', { ttl: 5 }).expect(400);
  });
});

describe('MAX_LIFETIME_SECONDS', () => {
  it('shortens what would outlive it, at the create and at every renewal', async () => {
    const { post, patch, get, clock } = await start({ MAX_LIFETIME_SECONDS: '120' });
    expect(await post({ ttl: undefined })).toMatchObject({ ttl_seconds: 300, expires_in: 120 });
    expect(await post({ ttl: 500 })).toMatchObject({ ttl_seconds: 500, expires_in: 120 });
    const { token } = await post({ ttl: 100 });
    clock.advance(50_000);
    expect((await patch(token, { ttl: 60 })).body).toMatchObject({ expires_in: 60 });
    expect((await patch(token, { ttl: 100 })).body).toMatchObject({ ttl_seconds: 100, expires_in: 70 });
    clock.advance(69_500);
    const last = (await get(token)).body;
    expect((await patch(token, { ttl: 100 }).expect(200)).body).toEqual(last);
    clock.advance(500);
    await get(token).expect(404);
  });

  it('goes with a session to its new token', async () => {
    const { post, patch, clock, url } = await start({ MAX_LIFETIME_SECONDS: '120' });
    const { token } = await post({ ttl: 100 });
    clock.advance(90_000);
    const { body } = await request(url).post(`/sessions/${token}/rotate`).expect(201);
    expect((await patch(body.token, { ttl: 100 })).body).toMatchObject({ expires_in: 30 });
  });
});

describe('POST /sessions/{token}/rotate', () => {
  it('moves the session to a new token with the TTL that is left, and the old one is dead', async () => {
    const { post, get, url, clock } = await start();
    const created = await post();
    clock.advance(40_000);
    const { body, headers } = await request(url).post(`/sessions/${created.token}/rotate`).expect(201);
    expect(body).toEqual({ ...created, token: expect.not.stringContaining(created.token), expires_in: 60 });
    expect(headers.location).toBe(`/sessions/${body.token}`);
    expect((await get(body.token).expect(200)).body).toEqual(body);
    await get(created.token).expect(404);
    await request(url).post(`/sessions/${created.token}/rotate`).expect(404);
    const { body: listed } = await request(url).get('/sessions?user_name=Sigrid').expect(200);
    expect(listed).toEqual([body]);
  });
});

describe("a user's sessions", () => {
  let service: Awaited<ReturnType<typeof start>>;
  beforeAll(async () => {
    service = await start();
  });
  const of = (user_name: string) => request(service.url).get('/sessions').query({ user_name });

  it('are listed, page by page', async () => {
    const user_name = 'Zoë & Co';
    const created = [];
    for (let i = 0; i < 12; i++) created.push((await service.post({ user_name })).token);
    await service.post({ user_name: 'somebody else' });
    const walked: string[] = [];
    for (
      let path: string | undefined = `/sessions?limit=5&user_name=${encodeURIComponent(user_name)}`;
      path;
    ) {
      const { body, headers }: Response = await request(service.url).get(path).expect(200);
      walked.push(...body.map(({ token }: { token: string }) => token));
      path = /^<(.*)>; rel="next"$/.exec(headers.link ?? '')?.[1];
    }
    expect(walked).toEqual(created.sort());
    expect((await of('nobody').expect(200)).body).toEqual([]);
  });

  it('are revoked all at once', async () => {
    const user_name = 'Theo';
    const { token } = await service.post({ user_name });
    await service.post({ user_name });
    await service.post({ user_name, ttl: 1 });
    service.clock.advance(1000);
    await request(service.url).delete('/sessions').query({ user_name }).expect(200, { revoked: 2 });
    await service.get(token).expect(404);
    expect((await of(user_name)).body).toEqual([]);
    await request(service.url).delete('/sessions').query({ user_name }).expect(200, { revoked: 0 });
  });

  it.each([
    '',
    '?user_name=',
    '?user_name=%20',
    '?user_name=a&user_name=b',
    '?user=a',
    `?user_name=${'x'.repeat(129)}`,
  ])('are not revoked by DELETE /sessions%s', async (query) => {
    const { token } = await service.post();
    await request(service.url)
      .delete(`/sessions${query}`)
      .expect(400)
      .expect('Content-Type', /problem\+json/);
    await service.get(token).expect(200);
  });

  it('have cursors of their own', async () => {
    const detail = 'must be taken from the next link of a page of the same list';
    for (const query of ['user_name=a&cursor=0123456789abcdef', `cursor=${'0'.repeat(32)}`]) {
      const { body } = await request(service.url).get(`/sessions?${query}`).expect(400);
      expect(body.errors).toEqual([{ field: 'cursor', detail }]);
    }
    await request(service.url)
      .get(`/sessions?user_name=a&cursor=${'f'.repeat(32)}`)
      .expect(200, []);
  });
});
