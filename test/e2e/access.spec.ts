import { createHash } from 'node:crypto';
import request from 'supertest';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';

const [WRITE_KEY, READ_KEY, OLD_KEY] = ['a-key-that-writes', 'a-key-that-reads', 'a-key-on-its-way-out'];
const sha256 = (key: string) => createHash('sha256').update(key).digest('hex');
const KEYS = `app:write:${sha256(WRITE_KEY)},grafana:read:${sha256(READ_KEY)},app-old:${sha256(OLD_KEY)}`;
const valid = { user_name: 'Thandi', memory_fragment: 'A door that hums', ttl: 60 };
const UUID = /[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/;

describe('with API_KEYS', () => {
  let test: TestApp;
  let url: string;
  let token: string;

  beforeAll(async () => {
    test = await startTestApp({ API_KEYS: KEYS });
    url = await test.app.getUrl();
  });

  beforeEach(async () => {
    await writer(request(url).delete('/sessions?user_name=Thandi')).expect(200);
    token = (await writer(request(url).post('/sessions').send(valid)).expect(201)).body.token;
  });

  const writer = (sent: request.Test) => sent.set('Authorization', `Bearer ${WRITE_KEY}`);
  const reader = (sent: request.Test) => sent.set('Authorization', `Bearer ${READ_KEY}`);

  it.each([
    ['get', '/sessions'],
    ['post', '/sessions'],
    ['get', '/sessions/3f2b8c1e-6a1d-4c8e-9b57-0d4f3a9e7c21'],
    ['delete', '/sessions?user_name=Thandi'],
    ['get', '/'],
    ['get', '/ui/sessions'],
    ['post', '/ui/sessions'],
  ] as const)('lets nobody %s %s without one', async (method, path) => {
    const sent = request(url)[method](path).set('Accept', 'application/json');
    const { body } = await sent
      .expect(401)
      .expect('Content-Type', /^application\/problem\+json/)
      .expect('WWW-Authenticate', 'Bearer realm="Ephemera"');
    expect(body).toMatchObject({ status: 401, detail: expect.stringContaining('Authorization: Bearer KEY') });
  });

  it.each([
    ['a wrong one', 'Bearer a-key-that-never-was'],
    ['an empty one', 'Bearer '],
    ['its digest', `Bearer ${sha256(WRITE_KEY)}`],
    ['its name', 'Bearer app'],
    ['another scheme', `Digest ${WRITE_KEY}`],
    ['no scheme', WRITE_KEY],
    ['Basic without a pair', 'Basic %%%'],
    ['Basic with it as the user name', `Basic ${Buffer.from(`${WRITE_KEY}:`).toString('base64')}`],
  ])('is not content with %s', async (_, authorization) => {
    await request(url).get('/sessions').set('Authorization', authorization).expect(401);
  });

  it('lets several keys in at once, so that one can be replaced by another', async () => {
    for (const key of [WRITE_KEY, OLD_KEY]) {
      await request(url).post('/sessions').set('Authorization', `bearer ${key}`).send(valid).expect(201);
    }
  });

  it('asks a browser for it by Basic, and takes it as the password', async () => {
    await request(url)
      .get('/')
      .set('Accept', 'text/html')
      .expect(401)
      .expect('WWW-Authenticate', 'Basic realm="Ephemera", charset="UTF-8"')
      .expect('Content-Type', /^text\/html/);
    await request(url).get('/').auth('anybody', WRITE_KEY).expect(200);
    await request(url).get('/sessions').auth('', WRITE_KEY).expect(200);
  });

  it.each(['/health/live', '/health/ready', '/docs', '/openapi.json', '/assets/vault.css', '/metrics'])(
    'leaves %s open (metrics on a loopback address)',
    async (path) => {
      await request(url).get(path).expect(200);
    },
  );

  it('tells the specification that they are needed', async () => {
    const { body } = await request(url).get('/openapi.json');
    expect(body.security).toEqual([{ key: [] }]);
    expect(body.components.securitySchemes.key).toMatchObject({ type: 'http', scheme: 'bearer' });
  });

  describe('a read key', () => {
    it("cannot find a user's tokens out by cursors", async () => {
      await writer(request(url).post('/sessions').send(valid)).expect(201);
      const first = await reader(request(url).get('/sessions?user_name=Thandi&limit=1')).expect(200);
      expect(first.body).toHaveLength(1);
      expect(first.headers).not.toHaveProperty('link');
      const probe = `?user_name=Thandi&limit=1&cursor=${'8'.repeat(32)}`;
      for (const path of ['/sessions', '/', '/ui/sessions']) {
        const { body } = await reader(
          request(url)
            .get(path + probe)
            .set('Accept', 'application/json'),
        );
        expect(body).toMatchObject({ status: 403, detail: expect.stringContaining('first page') });
      }
      const page = await reader(request(url).get('/?user_name=Thandi&limit=1')).expect(200);
      expect(page.text).not.toContain('cursor=');
      const written = await writer(request(url).get('/sessions?user_name=Thandi&limit=1')).expect(200);
      expect(written.headers.link).toContain('cursor=');
      await writer(request(url).get(`/sessions${probe}`)).expect(200);
    });

    it.each([
      ['post', '/sessions'],
      ['delete', '/sessions?user_name=Thandi'],
      ['post', '/ui/sessions'],
      ['post', '/ui/sessions/revoke-all?user_name=Thandi'],
    ] as const)('may not %s %s', async (method, path) => {
      const { body } = await reader(request(url)[method](path)).expect(403);
      expect(body.detail).toBe('The key "grafana" may only read.');
    });

    it.each(['patch', 'delete'] as const)('may not %s a session', async (method) => {
      await reader(request(url)[method](`/sessions/${token}`)).expect(403);
      await writer(request(url).get(`/sessions/${token}`)).expect(200);
    });

    it('sees masked tokens in a list, and every one by its own masked token', async () => {
      for (const path of ['/sessions', '/sessions?user_name=Thandi']) {
        const { body, text } = await reader(request(url).get(path)).expect(200);
        expect(body).toMatchObject([{ token: `${token.slice(0, 8)}-****-****-****-************` }]);
        expect(text).not.toMatch(UUID);
      }
    });

    it('sees the session whose token it knows', async () => {
      const { body } = await reader(request(url).get(`/sessions/${token}`)).expect(200);
      expect(body).toMatchObject({ token, user_name: 'Thandi' });
    });

    it.each(['/', '/ui/sessions', '/?user_name=Thandi'])(
      'sees no token on %s, nor in the CQL behind, and nothing to press',
      async (path) => {
        const { text } = await reader(request(url).get(path)).expect(200);
        expect(text).toContain(`${token.slice(0, 8)}-****`);
        expect(text).toContain('Thandi');
        expect(text).toContain('SELECT');
        expect(text).not.toMatch(UUID);
        expect(text).not.toMatch(/<(form|button)[^>]*(action|formaction|hx-post)="\/ui/);
      },
    );
  });
});

describe('beyond a loopback address', () => {
  it('asks for a key for /metrics, and takes any', async () => {
    const { app } = await startTestApp({ HOST: '0.0.0.0', API_KEYS: KEYS });
    const url = await app.getUrl();
    await request(url).get('/metrics').expect(401);
    await request(url).get('/metrics').set('Authorization', `Bearer ${READ_KEY}`).expect(200);
  });

  it('gives /metrics to everybody with METRICS_PUBLIC=true', async () => {
    const { app } = await startTestApp({ HOST: '0.0.0.0', API_KEYS: KEYS, METRICS_PUBLIC: 'true' });
    await request(await app.getUrl())
      .get('/metrics')
      .expect(200);
  });
});

describe('RATE_LIMIT', () => {
  it('is counted by key and, for everybody else, by address; a minute later it is forgotten', async () => {
    const { app, clock } = await startTestApp({ API_KEYS: KEYS, RATE_LIMIT: '3' });
    const url = await app.getUrl();
    const ask = (key: string) => request(url).get('/sessions').set('Authorization', `Bearer ${key}`);
    for (const left of ['2', '1', '0']) {
      await ask(WRITE_KEY).expect(200).expect('RateLimit-Limit', '3').expect('RateLimit-Remaining', left);
    }
    clock.advance(48_500);
    const { body, headers } = await ask(WRITE_KEY)
      .expect(429)
      .expect('Content-Type', /^application\/problem\+json/);
    expect(body.detail).toBe('More than 3 requests in a minute: try again in 12 s.');
    expect(headers).toMatchObject({
      'retry-after': '12',
      'ratelimit-limit': '3',
      'ratelimit-remaining': '0',
      'ratelimit-reset': '12',
    });
    await ask(READ_KEY).expect(200);

    for (const key of ['guess-1', 'guess-2', 'guess-3']) await ask(key).expect(401);
    await ask('guess-4').expect(429);
    await request(url).get('/health/live').expect(200);

    clock.advance(12_000);
    await ask(WRITE_KEY).expect(200).expect('RateLimit-Remaining', '2');
  });

  it('counts the address that a trusted proxy tells of, and believes nobody else', async () => {
    const behind = async (variables: Record<string, string>) => {
      const { app } = await startTestApp({ RATE_LIMIT: '1', ...variables });
      const ask = (address: string) => request(url).get('/sessions').set('X-Forwarded-For', address);
      const url = await app.getUrl();
      await ask('198.51.100.1').expect(200);
      return (await ask('198.51.100.2')).status;
    };
    expect(await behind({ TRUST_PROXY: '1' })).toBe(200);
    expect(await behind({ TRUST_PROXY: 'loopback' })).toBe(200);
    expect(await behind({ TRUST_PROXY: '10.0.0.0/8' })).toBe(429);
    expect(await behind({})).toBe(429);
  });

  it('is off on a loopback address, and 6000 elsewhere', async () => {
    const { app } = await startTestApp();
    const { headers } = await request(await app.getUrl()).get('/sessions');
    expect(headers).not.toHaveProperty('ratelimit-limit');
    const open = await startTestApp({ HOST: '0.0.0.0', ALLOW_UNAUTHENTICATED: 'true' });
    await request(await open.app.getUrl())
      .get('/sessions')
      .expect('RateLimit-Limit', '6000');
  });
});
