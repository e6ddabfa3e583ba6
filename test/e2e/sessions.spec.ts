import request from 'supertest';
import type { Response } from 'supertest';
import { SessionStore } from '../../src/sessions/session-store.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';

const TOKEN = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;
/** What is wrong, the request that has it, the field at fault and a part of what is said of it. */
type BadInput = [wrong: string, input: unknown, field: string, detail: string];
const UNKNOWN = '3f2b8c1e-6a1d-4c8e-9b57-0d4f3a9e7c21';

describe('/sessions', () => {
  let test: TestApp;
  let url: string;

  beforeAll(async () => {
    test = await startTestApp();
    url = await test.app.getUrl();
  });

  const post = (body: unknown) =>
    request(url)
      .post('/sessions')
      .set('Content-Type', 'application/json')
      .send(typeof body === 'string' ? body : JSON.stringify(body));
  const valid = { user_name: 'Ines Okafor', memory_fragment: 'A lullaby' };
  const count = async () => (await test.app.get(SessionStore).list(1000)).sessions.length;

  describe('POST', () => {
    it('creates a session out of a JSON body, with a TTL of its own', async () => {
      const { body, headers } = await post({ ...valid, ttl: 30 }).expect(201);
      expect(body).toEqual({
        token: expect.stringMatching(TOKEN),
        ...valid,
        created_at: '2026-01-01T00:00:00.000Z',
        ttl_seconds: 30,
        expires_in: 30,
        expires_at: '2026-01-01T00:00:30.000Z',
      });
      expect(headers).toMatchObject({ location: `/sessions/${body.token}`, 'cache-control': 'no-store' });
    });

    it("gives a session without a ttl the table's default", async () => {
      const { body } = await post(valid).expect(201);
      expect(body).toMatchObject({ ttl_seconds: 300, expires_in: 300 });
    });

    it('creates a session out of the query string, as the original does', async () => {
      const { body } = await request(url)
        .post('/sessions')
        .query({ ...valid, ttl: '45' })
        .expect(201);
      expect(body).toMatchObject({ ...valid, expires_in: 45 });
    });

    it.each([
      ['the longest name', { ...valid, user_name: '💾'.repeat(128) }],
      ['the longest fragment', { ...valid, memory_fragment: 'é'.repeat(4096) }],
      ['lines and tabs in the fragment', { ...valid, memory_fragment: 'a\n\tb' }],
      ['a fragment of blanks', { ...valid, memory_fragment: '  ' }],
      ['the longest ttl', { ...valid, ttl: 2_592_000 }],
      ['a whole number written as 3.0e1', `{"user_name":"a","memory_fragment":"b","ttl":3.0e1}`],
    ])('takes %s', async (_, body) => {
      await post(body).expect(201);
    });

    const ttlRule = 'must be a whole number of seconds from 1 to 2592000';
    it.each<BadInput>([
      ...[0, -1, 1.5, 2 ** 31, 2_592_001, 1e300, '', '5', null, true, [5], {}].map(
        (ttl) => [`a ttl of ${JSON.stringify(ttl)}`, { ...valid, ttl }, 'ttl', ttlRule] satisfies BadInput,
      ),
      ['a missing name', { memory_fragment: 'x' }, 'user_name', 'is missing: 1 to 128 characters'],
      ['an empty name', { ...valid, user_name: '' }, 'user_name', 'is empty'],
      ['a name of blanks', { ...valid, user_name: ' \u00a0\u2003 ' }, 'user_name', 'is empty'],
      ['a name of null', { ...valid, user_name: null }, 'user_name', 'must be a string'],
      ['a name that is a number', { ...valid, user_name: 5 }, 'user_name', 'must be a string'],
      ['a name of two lines', { ...valid, user_name: 'a\nb' }, 'user_name', 'control character U+000a'],
      ['too long a name', { ...valid, user_name: '💾'.repeat(129) }, 'user_name', 'longer than 128'],
      [
        'variation selectors in masses',
        { ...valid, user_name: `a${'\ufe0f'.repeat(129)}` },
        'user_name',
        'longer than 128',
      ],
      [
        'a name with half a surrogate pair',
        `{"user_name":"\\ud83d","memory_fragment":"x"}`,
        'user_name',
        'surrogate',
      ],
      ['an empty fragment', { ...valid, memory_fragment: '' }, 'memory_fragment', 'is empty'],
      ['a NUL in the fragment', { ...valid, memory_fragment: 'a\0' }, 'memory_fragment', 'U+0000'],
      [
        'a carriage return in the fragment',
        { ...valid, memory_fragment: 'a\r\n' },
        'memory_fragment',
        'U+000d',
      ],
      ['a C1 control in the fragment', { ...valid, memory_fragment: 'a\u0085' }, 'memory_fragment', 'U+0085'],
      [
        'half a surrogate pair in the fragment',
        `{"user_name":"a","memory_fragment":"\\udc00"}`,
        'memory_fragment',
        'surrogate',
      ],
      [
        'too long a fragment',
        { ...valid, memory_fragment: 'x'.repeat(4097) },
        'memory_fragment',
        'longer than 4096',
      ],
      ['an unknown field', { ...valid, color: 1 }, 'color', 'allowed are user_name, memory_fragment, ttl'],
      [
        'a field named __proto__',
        `{"user_name":"a","memory_fragment":"b","__proto__":{}}`,
        '__proto__',
        'not known',
      ],
      ['a field named toString', { ...valid, toString: 1 }, 'toString', 'not known'],
      ['a field named hasOwnProperty', { ...valid, hasOwnProperty: 1 }, 'hasOwnProperty', 'not known'],
      ['a field named constructor', { ...valid, constructor: 1 }, 'constructor', 'not known'],
      ['broken JSON', '{"user_name":', 'body', 'well-formed JSON'],
      ['JSON that is a list', [valid], 'body', 'must be a JSON object'],
      ['JSON that is a word', '"hello"', 'body', 'well-formed JSON'],
    ])('refuses %s and writes nothing', async (_, body, field, detail) => {
      const before = await count();
      const { body: problem } = await post(body)
        .expect(400)
        .expect('Content-Type', /^application\/problem\+json/);
      expect(problem).toMatchObject({ type: 'about:blank', title: 'Bad Request', status: 400 });
      expect(problem.errors).toEqual([{ field, detail: expect.stringContaining(detail) }]);
      expect(await count()).toBe(before);
    });

    it.each<BadInput>([
      ...['0', '-1', '+5', '1.5', '', 'NaN', '1e3', '0x10', ' 5', '2147483648', '9'.repeat(400)].map(
        (ttl) =>
          [
            `a ttl of "${ttl.slice(0, 20)}"`,
            `ttl=${encodeURIComponent(ttl)}`,
            'ttl',
            ttlRule,
          ] satisfies BadInput,
      ),
      ['a repeated ttl', 'ttl=5&ttl=6', 'ttl', ttlRule],
      ['a repeated name', 'user_name=b', 'user_name', 'must be given once'],
      ['an unknown parameter', 'x=1', 'x', 'not known here'],
      ['a parameter in brackets', 'ttl[]=5', 'ttl[]', 'not known here'],
      ['a parameter named __proto__', '__proto__=5', '__proto__', 'not known here'],
      ['bytes that are no UTF-8', 'ttl=%ff', 'ttl', 'percent-encoded UTF-8'],
      ['a surrogate in UTF-8', 'ttl=%ED%A0%80', 'ttl', 'percent-encoded UTF-8'],
      ['a broken escape', 'ttl=%5', 'ttl', 'percent-encoded UTF-8'],
    ])('refuses %s in the query string and writes nothing', async (_, query, field, detail) => {
      const before = await count();
      const { body } = await request(url)
        .post(`/sessions?user_name=a&memory_fragment=b&${String(query)}`)
        .expect(400);
      expect(body.errors).toEqual([{ field, detail: expect.stringContaining(detail) }]);
      expect(await count()).toBe(before);
    });

    it('names every field at fault at once', async () => {
      const { body } = await post({ user_name: '', ttl: 0, extra: 1 }).expect(400);
      const fields = body.errors.map(({ field }: { field: string }) => field);
      expect(fields.sort()).toEqual(['extra', 'memory_fragment', 'ttl', 'user_name']);
    });

    it('refuses an empty request', async () => {
      const { body } = await request(url).post('/sessions').expect(400);
      expect(body.errors).toHaveLength(2);
    });

    it('refuses fields from the query string and the body at once', async () => {
      const { body } = await request(url).post('/sessions?ttl=5').send(valid).expect(400);
      expect(body.errors).toEqual([{ field: 'body', detail: expect.stringContaining('must be absent') }]);
    });

    it('refuses a body over 64 kB', async () => {
      const { body } = await post({ ...valid, memory_fragment: 'x'.repeat(65_536) }).expect(413);
      expect(body.errors).toEqual([{ field: 'body', detail: 'must be at most 64 kB' }]);
    });

    it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
      'refuses a body of type %s',
      async (type) => {
        const { body } = await request(url)
          .post('/sessions')
          .set('Content-Type', type)
          .send('user_name=a')
          .expect(415);
        expect(body.errors).toEqual([{ field: 'body', detail: 'must be application/json' }]);
      },
    );

    it('refuses a body that is not UTF-8', async () => {
      const answer = await fetch(`${url}/sessions`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: Buffer.from('{"user_name":"Zo\xeb","memory_fragment":"x"}', 'latin1'),
      });
      expect(answer.status).toBe(400);
      const body = (await answer.json()) as { errors: unknown };
      expect(body.errors).toEqual([{ field: 'body', detail: 'must be UTF-8' }]);
    });
  });

  describe('GET /sessions/{token}', () => {
    it('reads a session, its token in either case', async () => {
      const { body: created } = await post({ ...valid, ttl: 60 });
      test.clock.advance(10_000);
      const { body, headers } = await request(url)
        .get(`/sessions/${created.token.toUpperCase()}`)
        .expect(200);
      expect(body).toEqual({ ...created, expires_in: 50 });
      expect(headers['cache-control']).toBe('no-store');
    });

    it('answers 404 from the instant of expiry on', async () => {
      const { body: created } = await post({ ...valid, ttl: 60 });
      test.clock.advance(59_999);
      await request(url).get(`/sessions/${created.token}`).expect(200);
      test.clock.advance(1);
      const { body } = await request(url).get(`/sessions/${created.token}`).expect(404);
      expect(body).toMatchObject({
        type: 'about:blank',
        title: 'Not Found',
        status: 404,
        detail: 'no live session has this token',
      });
    });

    it('answers 404 for a token that never was', async () => {
      await request(url)
        .get(`/sessions/${UNKNOWN}`)
        .expect(404)
        .expect('Content-Type', /problem\+json/);
    });

    it.each(['5', 'not-a-uuid', `${UNKNOWN}0`, UNKNOWN.replaceAll('-', ''), `{${UNKNOWN}}`, '%00'])(
      'refuses the malformed token %s',
      async (token) => {
        for (const method of ['get', 'delete'] as const) {
          const { body } = await request(url)[method](`/sessions/${token}`).expect(400);
          expect(body.errors).toEqual([
            { field: 'token', detail: expect.stringContaining('must be a UUID') },
          ]);
        }
      },
    );
  });

  describe('DELETE /sessions/{token}', () => {
    it('revokes a session, and does not mind doing so again', async () => {
      const { body } = await post(valid);
      await request(url).delete(`/sessions/${body.token}`).expect(204, '');
      await request(url).get(`/sessions/${body.token}`).expect(404);
      await request(url).delete(`/sessions/${body.token}`).expect(204);
    });
  });

  describe('GET', () => {
    it('lists the live ones and forgets the expired ones', async () => {
      const [short, long] = [await post({ ...valid, ttl: 5 }), await post({ ...valid, ttl: 500 })];
      test.clock.advance(5000);
      const { body, headers } = await request(url).get('/sessions?limit=1000').expect(200);
      const tokens = body.map(({ token }: { token: string }) => token);
      expect(tokens).toContain(long.body.token);
      expect(tokens).not.toContain(short.body.token);
      expect(headers['cache-control']).toBe('no-store');
    });

    it('answers with at most the limit, 100 by default', async () => {
      await Promise.all(Array.from({ length: 101 }, () => post(valid)));
      expect((await request(url).get('/sessions').expect(200)).body).toHaveLength(100);
      expect((await request(url).get('/sessions?limit=7').expect(200)).body).toHaveLength(7);
    });

    it.each(['0', '1001', '-1', '1.5', '', 'ten', '1e2', '5&limit=6'])('refuses limit=%s', async (limit) => {
      const { body } = await request(url).get(`/sessions?limit=${limit}`).expect(400);
      expect(body.errors).toEqual([{ field: 'limit', detail: 'must be a whole number from 1 to 1000' }]);
    });

    it('links each page to the next, and every session is on one of them', async () => {
      const created = await Promise.all(Array.from({ length: 25 }, () => post({ ...valid, ttl: 900 })));
      const walked: string[] = [];
      for (let path: string | undefined = '/sessions?limit=10'; path;) {
        const { body, headers }: Response = await request(url).get(path).expect(200);
        expect(body.length).toBeLessThanOrEqual(10);
        walked.push(...body.map(({ token }: { token: string }) => token));
        path = /^<(.*)>; rel="next"$/.exec(headers.link ?? '')?.[1];
      }
      expect(new Set(walked).size).toBe(walked.length);
      expect(walked).toEqual(expect.arrayContaining(created.map(({ body }) => body.token)));
    });

    it.each([
      '',
      'x',
      '123',
      '00000000000000001',
      '0000000000000001&cursor=0000000000000002',
      "0' OR 1=1 --00000",
    ])('refuses cursor=%s', async (cursor) => {
      const { body } = await request(url).get(`/sessions?cursor=${cursor}`).expect(400);
      expect(body.errors).toEqual([
        { field: 'cursor', detail: 'must be taken from the next link of a page of the same list' },
      ]);
    });

    it('refuses an unknown parameter', async () => {
      const { body } = await request(url).get('/sessions?page=2').expect(400);
      expect(body.errors).toEqual([{ field: 'page', detail: expect.stringContaining('not known here') }]);
    });
  });

  it('answers 404 with a problem where there is no route', async () => {
    const { body } = await request(url)
      .get('/nowhere')
      .expect(404)
      .expect('Content-Type', /problem\+json/);
    expect(body).toMatchObject({ status: 404, title: 'Not Found' });
  });

  it('refuses a path that is not percent-encoded UTF-8', async () => {
    const { body } = await request(url).get('/sessions/%ff').expect(400);
    expect(body.errors).toEqual([{ field: 'path', detail: 'must be percent-encoded UTF-8' }]);
  });

  it('answers 503 with Retry-After when the store fails, never 404 and never 500', async () => {
    const { app } = await startTestApp();
    await app
      .get<SessionStore & { onApplicationShutdown(): Promise<void> }>(SessionStore)
      .onApplicationShutdown();
    const broken = request(await app.getUrl());
    for (const answer of [
      await broken.get('/sessions'),
      await broken.post('/sessions').send(valid),
      await broken.get(`/sessions/${UNKNOWN}`),
      await broken.delete(`/sessions/${UNKNOWN}`),
      await broken.get('/health/ready'),
      await broken.get('/ui/sessions'),
      await broken.post('/ui/sessions').type('form').send(valid),
      await broken.post(`/ui/sessions/${UNKNOWN}/revoke`).type('form').send({ confirmed: 'yes' }),
      await broken.delete(`/ui/sessions/${UNKNOWN}`),
    ]) {
      expect(answer.status).toBe(503);
      expect(answer.headers).toMatchObject({
        'retry-after': '5',
        'content-type': expect.stringMatching(/^application\/problem\+json/),
      });
      expect(answer.body).toMatchObject({ status: 503, title: 'Service Unavailable' });
    }
    await broken.get('/health/live').expect(200, { status: 'ok' });
    await broken.get('/').set('Accept', 'text/html').expect(503).expect('Content-Type', /html/);
  });
});

describe('the limits of the environment', () => {
  it('apply to the default and to the longest TTL, and refusals name them', async () => {
    const { app } = await startTestApp({ DEFAULT_TTL_SECONDS: '20', MAX_TTL_SECONDS: '60' });
    const url = await app.getUrl();
    const post = (ttl?: number) =>
      request(url).post('/sessions').send({ user_name: 'a', memory_fragment: 'b', ttl });
    expect((await post().expect(201)).body.expires_in).toBe(20);
    await post(60).expect(201);
    for (const ttl of [61, 0]) {
      expect((await post(ttl).expect(400)).body.errors).toEqual([
        { field: 'ttl', detail: 'must be a whole number of seconds from 1 to 60' },
      ]);
    }
  });
});
