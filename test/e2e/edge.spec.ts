import { once } from 'node:events';
import { connect } from 'node:net';
import { ConsoleLogger, Controller, Get } from '@nestjs/common';
import type { INestApplication } from '@nestjs/common';
import request from 'supertest';
import type { EmbeddedSessionStore } from '../../src/sessions/embedded-session-store.js';
import { SessionStore } from '../../src/sessions/session-store.js';
import { ManualClock } from '../support/manual-clock.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { waitUntil } from '../support/wait-until.js';

const valid = { user_name: 'Ruth', memory_fragment: 'The tide table', ttl: 60 };

describe('the edge of the service', () => {
  let test: TestApp;
  let url: string;

  beforeAll(async () => {
    test = await startTestApp({ ALLOWED_HOSTS: 'vault.example, Sessions' });
    url = await test.app.getUrl();
  });

  describe('Host', () => {
    const asked = async (host: string) => (await request(url).get('/health/live').set('Host', host)).status;

    it.each([
      'localhost',
      'localhost:8000',
      '127.0.0.1:1',
      '10.1.2.3',
      '[::1]:8000',
      'VAULT.example:443',
      'sessions',
    ])('may be %s', async (host) => {
      expect(await asked(host)).toBe(200);
    });

    it.each(['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example:8000', 'evil'])(
      'may not be %j: 421',
      async (host) => {
        expect(await asked(host)).toBe(421);
      },
    );

    it('is believed from a trusted proxy alone', async () => {
      const forwarded = (base: string) =>
        request(base).get('/health/live').set('Host', 'localhost').set('X-Forwarded-Host', 'evil.example');
      expect((await forwarded(url)).status).toBe(200);
      const { app } = await startTestApp({ TRUST_PROXY: 'loopback' });
      expect((await forwarded(await app.getUrl())).status).toBe(421);
    });

    it('is said in the problem what to do about', async () => {
      const { body } = await request(url)
        .get('/')
        .set('Host', 'evil.example')
        .set('Accept', 'application/json');
      expect(body).toMatchObject({
        title: 'Misdirected Request',
        detail: expect.stringContaining('ALLOWED_HOSTS'),
      });
    });
  });

  describe('a change that a browser sends', () => {
    const send = (headers: Record<string, string>) => request(url).post('/sessions').set(headers).send(valid);

    it.each([
      ['from the page itself', { 'Sec-Fetch-Site': 'same-origin' }],
      ['from the address bar', { 'Sec-Fetch-Site': 'none' }],
      ['on plain http, from the page itself', { Host: 'sessions:8000', Origin: 'http://sessions:8000' }],
      ['through a proxy that ends TLS', { Host: 'sessions', Origin: 'https://sessions' }],
      ['from no browser at all', {}],
    ])('is taken %s', async (_, headers) => {
      await send(headers as Record<string, string>).expect(201);
    });

    it.each([
      ['from another site', { 'Sec-Fetch-Site': 'cross-site' }],
      ['from a sibling', { 'Sec-Fetch-Site': 'same-site' }],
      ['from another site, on plain http', { Origin: 'http://evil.example' }],
      ['from another port', { Host: 'sessions:8000', Origin: 'http://sessions:8001' }],
      ['from a sandboxed frame or a file', { Origin: 'null' }],
      [
        'with a site that contradicts its origin',
        { 'Sec-Fetch-Site': 'cross-site', Host: 'sessions', Origin: 'http://sessions' },
      ],
    ])('is refused %s: 403', async (_, headers) => {
      const { body } = await send(headers as Record<string, string>).expect(403);
      expect(body.detail).toContain('another origin');
    });

    it.each(['post', 'patch', 'delete', 'put'] as const)('is refused by %s as well', async (method) => {
      await request(url)[method]('/ui/sessions').set('Origin', 'http://evil.example').expect(403);
    });

    it('may look, and is told nothing of CORS', async () => {
      const { headers } = await request(url)
        .get('/sessions')
        .set('Origin', 'http://evil.example')
        .expect(200);
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    });
  });

  it.each(['/', '/docs', '/sessions', '/nowhere', '/assets/vault.js'])(
    'sends %s with a policy that allows nothing inline and no frames',
    async (path) => {
      const { headers } = await request(url).get(path);
      expect(headers['content-security-policy']).toContain("default-src 'self'");
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(headers['content-security-policy']).not.toContain('unsafe');
      expect(headers).toMatchObject({ 'x-frame-options': 'DENY', 'x-content-type-options': 'nosniff' });
    },
  );

  it.each([
    ['put', '/sessions', 'DELETE, GET, HEAD, POST'],
    ['patch', '/sessions', 'DELETE, GET, HEAD, POST'],
    ['post', '/sessions/3f2b8c1e-6a1d-4c8e-9b57-0d4f3a9e7c21', 'DELETE, GET, HEAD, PATCH'],
    ['options', '/sessions', 'DELETE, GET, HEAD, POST'],
    ['get', '/sessions/3f2b8c1e-6a1d-4c8e-9b57-0d4f3a9e7c21/rotate', 'POST'],
    ['delete', '/health/live', 'GET, HEAD'],
  ] as const)('answers %s %s with 405 and what is allowed', async (method, path, allowed) => {
    const { body } = await request(url)[method](path).expect(405).expect('Allow', allowed);
    expect(body.detail).toContain(allowed);
  });

  it('answers 404 where there is nothing', async () => {
    await request(url).put('/nowhere').expect(404);
  });

  describe('a request id', () => {
    it('is made, differs, and is in the problem too', async () => {
      const [first, second] = [await request(url).get('/nowhere'), await request(url).get('/nowhere')];
      expect(first.body.request_id).toBe(first.headers['x-request-id']);
      expect(first.headers['x-request-id']).not.toBe(second.headers['x-request-id']);
    });

    it("is the caller's own", async () => {
      await request(url)
        .get('/health/live')
        .set('X-Request-Id', 'Trace_1.2-3')
        .expect('X-Request-Id', 'Trace_1.2-3');
    });

    it.each(['x'.repeat(65), 'a b', '<script>', 'a"b', 'ä'])('is not %j', async (id) => {
      const { headers } = await request(url)
        .get('/health/live')
        .set('X-Request-Id', Buffer.from(id).toString('latin1'));
      expect(headers['x-request-id']).toMatch(/^[\da-f-]{36}$/);
    });
  });
});

describe('what nobody expected', () => {
  @Controller('broken')
  class BrokenController {
    @Get(':token')
    fail(): never {
      throw new TypeError('secret detail');
    }
  }

  it('is a 500 that gives nothing away, logged once with its stack, route and request id', async () => {
    const { app } = await startTestApp({}, new ManualClock(), [BrokenController]);
    const logged = logOf(app);
    const { text, body, headers } = await request(await app.getUrl())
      .get('/broken/3f2b8c1e-6a1d-4c8e-9b57-0d4f3a9e7c21')
      .expect(500)
      .expect('Content-Type', /^application\/problem\+json/);
    expect(text).not.toContain('secret');
    expect(body.request_id).toBe(headers['x-request-id']);
    expect(logged()).toEqual([
      expect.objectContaining({
        level: 'error',
        message: 'secret detail',
        route: 'GET /broken/:token',
        request_id: body.request_id,
        stack: expect.stringMatching(/^TypeError: secret detail\n +at /),
      }),
    ]);
  });
});

describe('an outage', () => {
  it('is logged at most every ten seconds, with how many requests it cost', async () => {
    const { app, clock } = await startTestApp();
    const logged = logOf(app);
    // The store is closed under the service.
    await app.get<EmbeddedSessionStore>(SessionStore).onApplicationShutdown();
    const ask = () => request(app.getHttpServer()).get('/sessions').expect(503).expect('Retry-After', '5');
    for (let i = 0; i < 5; i++) await ask();
    expect(logged()).toHaveLength(1);
    clock.advance(10_000);
    await ask();
    expect(logged()).toMatchObject([
      { message: expect.stringContaining('cannot read: '), route: 'GET /sessions', answers_503: 1 },
      { answers_503: 5 },
    ]);
    const { text } = await request(app.getHttpServer()).get('/metrics');
    expect(text).toContain('ephemera_store_errors_total{operation="list"} 6');
  });
});

describe('MAX_REQUESTS_IN_FLIGHT', () => {
  let asked = 0;
  let answer: () => void;
  const held = new Promise<void>((resolve) => (answer = resolve));

  @Controller('held')
  class HeldController {
    @Get()
    async hold(): Promise<void> {
      asked++;
      await held;
    }
  }

  it('answers the one that is too many 503 at once, and health goes on', async () => {
    const { app } = await startTestApp({ MAX_REQUESTS_IN_FLIGHT: '2' }, new ManualClock(), [HeldController]);
    const url = await app.getUrl();
    const first = [1, 2].map(() =>
      request(url)
        .get('/held')
        .then(({ status }) => status),
    );
    await waitUntil(() => asked === 2);
    const { body } = await request(url).get('/sessions').expect(503).expect('Retry-After', '1');
    expect(body.detail).toContain('Too many requests');
    await request(url).get('/health/ready').expect(200);
    await request(url)
      .get('/metrics')
      .expect(200)
      .expect(/^http_requests_in_flight 3$/m);
    answer();
    expect(await Promise.all(first)).toEqual([200, 200]);
    await request(url).get('/sessions').expect(200);
  });

  it('gives no place to pipelined requests whose connection has gone', async () => {
    let begun = 0;
    @Controller('endless')
    class EndlessController {
      @Get()
      wait(): Promise<void> {
        begun++;
        return new Promise(() => undefined);
      }
    }
    const { app } = await startTestApp({ MAX_REQUESTS_IN_FLIGHT: '9' }, new ManualClock(), [
      EndlessController,
    ]);
    const url = await app.getUrl();
    const { hostname, port } = new URL(url);
    const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
    for (let i = 1; i <= 5; i++) {
      const rude = connect(Number(port), hostname).on('error', () => undefined);
      rude.write(get('/endless') + get('/sessions').repeat(20));
      await waitUntil(() => begun === i);
      rude.destroy();
    }
    for (let i = 0; i < 30; i++) {
      const hasty = connect(Number(port), hostname).on('error', () => undefined);
      await new Promise((sent) => hasty.write(get('/sessions').repeat(60), sent));
      hasty.destroy();
    }
    await waitUntil(async () => {
      const { text } = await request(url).get('/metrics').expect(200);
      return /^http_requests_in_flight 1$/m.test(text);
    });
    await request(url).get('/sessions').expect(200);
  });

  it('answers pipelined requests in their order, and hangs up on too many', async () => {
    const { app } = await startTestApp();
    const { hostname, port } = new URL(await app.getUrl());
    const pipeline = async (requests: number) => {
      const socket = connect(Number(port), hostname).setEncoding('utf8');
      const get = (i: number, last: boolean) =>
        `GET /sessions HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: number-${i}\r\n${last ? 'Connection: close\r\n' : ''}\r\n`;
      socket.on('error', () => undefined);
      socket.write(Array.from({ length: requests }, (_, i) => get(i, i === requests - 1)).join(''));
      let answers = '';
      socket.on('data', (text: string) => (answers += text));
      await once(socket, 'close');
      return [...answers.matchAll(/X-Request-Id: number-(\d+)/g)].map(([, i]) => Number(i));
    };
    expect(await pipeline(40)).toEqual(Array.from({ length: 40 }, (_, i) => i));
    expect((await pipeline(400)).length).toBeLessThan(400);
  });

  it('gives no place to those whose body has yet to come', async () => {
    const { app } = await startTestApp({ MAX_REQUESTS_IN_FLIGHT: '1' });
    const { hostname, port } = new URL(await app.getUrl());
    for (let i = 0; i < 5; i++) {
      const slow = connect(Number(port), hostname.replace(/[[\]]/g, '')).on('error', () => undefined);
      await once(slow, 'connect');
      slow.write(
        'POST /sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{',
      );
    }
    await request(await app.getUrl())
      .post('/sessions')
      .send(valid)
      .expect(201);
  });
});

describe('/metrics', () => {
  it('has requests by route and status, store operations and errors, and sessions', async () => {
    const { app } = await startTestApp();
    const url = await app.getUrl();
    const { body } = await request(url).post('/sessions').send(valid).expect(201);
    await request(url).patch(`/sessions/${body.token}`).send({ ttl: 90 }).expect(200);
    await request(url).patch(`/sessions/${body.token}`).send({ ttl: 1, only_extend: true }).expect(200);
    const { body: rotated } = await request(url).post(`/sessions/${body.token}/rotate`).expect(201);
    await request(url).delete(`/sessions/${rotated.token}`).expect(204);
    await request(url).get(`/sessions/${rotated.token}`).expect(404);
    await request(url).get('/sessions/nonsense').expect(400);
    const { text, headers } = await request(url).get('/metrics').expect(200);
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    for (const line of [
      'http_request_duration_seconds_count{method="POST",route="/sessions",status="201"} 1',
      'http_request_duration_seconds_count{method="GET",route="/sessions/:token",status="404"} 1',
      'http_request_duration_seconds_count{method="GET",route="/sessions/:token",status="400"} 1',
      'http_requests_in_flight 1',
      'ephemera_store_operation_duration_seconds_count{operation="create"} 2',
      'ephemera_sessions_created_total 1',
      'ephemera_sessions_renewed_total 1',
      'ephemera_sessions_rotated_total 1',
      'ephemera_sessions_revoked_total 1',
    ])
      expect(text).toContain(line);
    expect(text).not.toContain(body.token);
    expect(text).not.toContain('Ruth');
  });
});

describe('/metrics of the embedded store', () => {
  it('has what the sweeper threw away', async () => {
    const { app, clock } = await startTestApp();
    const url = await app.getUrl();
    await request(url).post('/sessions').send(valid).expect(201);
    clock.advance(60_000);
    const metrics = async () => (await request(url).get('/metrics')).text;
    await waitUntil(async () => (await metrics()).includes('ephemera_sweeper_rows_total 1'));
    expect(await metrics()).toMatch(/ephemera_sweeper_pass_duration_seconds_count [1-9]/);
  });
});

it('gives a client that sends nothing ten seconds, and a request twenty', async () => {
  const { app } = await startTestApp();
  expect(app.getHttpServer()).toMatchObject({
    headersTimeout: 10_000,
    requestTimeout: 20_000,
    keepAliveTimeout: 65_000,
    maxConnections: 10_000,
  });
});

/** The errors that the app logs from now on, as the objects that its JSON lines are made of. */
function logOf(app: INestApplication): () => object[] {
  const lines: object[] = [];
  class ListLogger extends ConsoleLogger {
    protected override printAsJson(...line: Parameters<ConsoleLogger['getJsonLogObject']>): void {
      lines.push(this.getJsonLogObject(...line));
    }
  }
  app.useLogger(new ListLogger({ json: true, flattenParams: true, logLevels: ['error'] }));
  return () => lines;
}
