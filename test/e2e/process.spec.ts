import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import request from 'supertest';
import { ServiceProcess } from '../support/service-process.js';
import { waitUntil } from '../support/wait-until.js';
import { tempFolder } from '../support/temp-folder.js';

const valid = { user_name: 'Radek', memory_fragment: 'A chess game', ttl: 3600 };

describe('the server process', () => {
  const start = (variables: Record<string, string> = {}) =>
    new ServiceProcess('main.js', { DATA_DIR: tempFolder(), PORT: '0', ...variables });

  it('says in one line where it is and which store it uses', async () => {
    const service = start();
    const origin = await service.listening();
    expect(service.output).toMatch(
      /^Ephemera runs: dashboard http:\S+\/, API docs http:\S+\/docs, embedded store in .*imitates the TTL.*\.\n$/,
    );
    await request(origin).get('/docs').expect(200);
  });

  it('logs JSON in production: that it runs and, at debug, requests without their tokens and fragments', async () => {
    const service = start({ NODE_ENV: 'production', LOG_LEVEL: 'debug' });
    const origin = await service.listening();
    const { body, headers } = await request(origin).post('/sessions').send(valid).expect(201);
    await request(origin).get(`/sessions/${body.token}`).expect(200);
    const { output } = await service.kill('SIGTERM');
    const lines = output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toMatchObject([
      { level: 'log', message: expect.stringMatching(/^Ephemera runs: dashboard http/) },
      {
        level: 'debug',
        message: expect.stringMatching(/^POST \/sessions 201 [\d.]+ ms$/),
        request_id: headers['x-request-id'],
      },
      { level: 'debug', message: expect.stringMatching(/^GET \/sessions\/:token 200 [\d.]+ ms$/) },
    ]);
    expect(output).not.toContain(body.token);
    expect(output).not.toContain(valid.memory_fragment);
  });

  it('stops with exit code 0 while it still waits for its cluster', async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const asked = new Promise((resolve) => silent.once('connection', resolve));
    const { port } = silent.address() as AddressInfo;
    const service = start({ SESSION_STORE: 'scylla', SCYLLA_HOSTS: `127.0.0.1:${port}` });
    await asked;
    expect(await service.kill('SIGTERM')).toEqual({ code: 0, output: '' });
    silent.close();
  });

  it('logs without colours into a file', async () => {
    const service = start({ LOG_LEVEL: 'debug' });
    await request(await service.listening())
      .get('/sessions')
      .expect(200);
    const { output } = await service.kill('SIGTERM');
    expect(output).toMatch(/GET \/sessions 200/);
    expect(output).not.toContain('\x1b');
  });

  it('logs nothing of requests at the default level', async () => {
    const service = start({ NODE_ENV: 'production' });
    await request(await service.listening())
      .post('/sessions')
      .send(valid)
      .expect(201);
    expect((await service.kill('SIGTERM')).output.trim().split('\n')).toHaveLength(1);
  });

  it('loses no acknowledged write to kill -9', async () => {
    const folder = tempFolder();
    const first = start({ DATA_DIR: folder });
    const origin = await first.listening();
    const acknowledged: string[] = [];
    const revoked: string[] = [];
    const client = async () => {
      for (;;) {
        const { body } = await request(origin).post('/sessions').send(valid);
        acknowledged.push(body.token);
        if (acknowledged.length % 5 === 0) {
          await request(origin).delete(`/sessions/${body.token}`);
          revoked.push(body.token);
        }
        if (acknowledged.length >= 200) void first.kill('SIGKILL');
      }
    };
    await Promise.allSettled([client(), client(), client(), client()]);
    await first.finished;
    expect(acknowledged.length).toBeGreaterThanOrEqual(200);

    const again = await start({ DATA_DIR: folder }).listening();
    for (const token of acknowledged) {
      const { status } = await request(again).get(`/sessions/${token}`);
      if (revoked.includes(token)) expect(status).toBe(404);
      // One that was being revoked when the process died may be there or not.
      else if (acknowledged.indexOf(token) % 5 !== 4) expect(status).toBe(200);
    }
  });

  it('sees what the seed command writes beside it', async () => {
    const folder = tempFolder();
    const origin = await start({ DATA_DIR: folder }).listening();
    await request(origin).post('/sessions').send(valid).expect(201);
    const { code, output } = await new ServiceProcess('seed.js', { DATA_DIR: folder }, ['--count', '7'])
      .finished;
    expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining('sessions written') });
    expect((await request(origin).get('/sessions')).body).toHaveLength(8);
  });

  describe('that cannot start', () => {
    it.each([
      ['a wrong port', { PORT: 'http' }, 'PORT must be a whole number from 0 to 65535 (it is "http")'],
      [
        'a wrong store',
        { SESSION_STORE: 'redis' },
        'SESSION_STORE must be "embedded" or "scylla" (it is "redis")',
      ],
      [
        'several wrong variables',
        { DEFAULT_TTL_SECONDS: '0', MAX_TTL_SECONDS: '1e9' },
        'DEFAULT_TTL_SECONDS must be a whole number from 1 to 315360000 (it is "0"); MAX_TTL_SECONDS must be',
      ],
      [
        'open to strangers',
        { HOST: '0.0.0.0' },
        'Whoever reaches HOST 0.0.0.0 could read and revoke every session: set API_KEYS',
      ],
      [
        'a key in the clear',
        { API_KEYS: 'app:hunter2' },
        'API_KEYS must be entries name:sha256 or name:scope:sha256, comma-separated',
      ],
      [
        'a host that is not here',
        { HOST: '192.0.2.1', ALLOW_UNAUTHENTICATED: 'true' },
        'Cannot listen on 192.0.2.1',
      ],
    ])('says so in one sentence: %s', async (_, variables, sentence) => {
      const { code, output } = await start(variables).finished;
      expect(output).toContain(sentence);
      expect(output.trim().split('\n')).toHaveLength(1);
      expect(code).toBe(1);
    });

    it('says so in one sentence: a busy port', async () => {
      const other = createServer().listen(0, '127.0.0.1');
      const { port } = await new Promise<AddressInfo>((resolve) =>
        other.once('listening', () => resolve(other.address() as AddressInfo)),
      );
      const { code, output } = await start({ PORT: String(port) }).finished;
      other.close();
      expect(output).toBe(
        `Cannot listen on 127.0.0.1 port ${port}: something else listens there: set PORT to a free one.\n`,
      );
      expect(code).toBe(1);
    });

    it('says so in one sentence: a DATA_DIR that cannot be a folder', async () => {
      const file = join(tempFolder(), 'file');
      writeFileSync(file, '');
      const { code, output } = await start({ DATA_DIR: file }).finished;
      expect(output).toMatch(/^The embedded store cannot use DATA_DIR .*\/file: .*\.\n$/);
      expect(code).toBe(1);
    });
  });
});

describe('the seed command', () => {
  const seed = (...parameters: string[]) =>
    new ServiceProcess('seed.js', { DATA_DIR: tempFolder() }, parameters).finished;

  it('draws each TTL between --min-ttl and --ttl', async () => {
    const folder = tempFolder();
    const service = new ServiceProcess('main.js', { DATA_DIR: folder, PORT: '0' });
    const origin = await service.listening();
    const parameters = ['--count', '30', '--ttl', '900', '--min-ttl', '600'];
    expect(await new ServiceProcess('seed.js', { DATA_DIR: folder }, parameters).finished).toMatchObject({
      code: 0,
    });
    const ttls = (await request(origin).get('/sessions')).body.map(
      (session: { ttl_seconds: number }) => session.ttl_seconds,
    );
    expect(Math.min(...ttls)).toBeGreaterThanOrEqual(600);
    expect(Math.max(...ttls)).toBeLessThanOrEqual(900);
    expect(new Set(ttls).size).toBeGreaterThan(1);
  });

  it('writes for one user, so many at a time, and counts them', async () => {
    const folder = tempFolder();
    const parameters = ['--count', '500', '--user', 'Bao Linh', '--concurrency', '50'];
    const { code, output } = await new ServiceProcess('seed.js', { DATA_DIR: folder }, parameters).finished;
    expect(output).toMatch(/sessions written\W+500\W/);
    expect(output).toMatch(/different users\W+1\W/);
    expect(code).toBe(0);
    const origin = await new ServiceProcess('main.js', { DATA_DIR: folder, PORT: '0' }).listening();
    const { body } = await request(origin).get('/sessions?limit=1000&user_name=Bao%20Linh').expect(200);
    expect(body).toHaveLength(500);
  });

  it('stops cleanly on Ctrl-C and says how many were written', async () => {
    const folder = tempFolder();
    const command = new ServiceProcess('seed.js', { DATA_DIR: folder }, [
      '--count',
      '5000000',
      '--user',
      'Bao',
    ]);
    const origin = await new ServiceProcess('main.js', { DATA_DIR: folder, PORT: '0' }).listening();
    const first = () => request(origin).get('/sessions?limit=1');
    await waitUntil(async () => (await first()).body.length > 0);
    const { code, output } = await command.kill('SIGINT');
    const written = Number(/Stopped: (\d+) of 5000000 sessions were written/.exec(output)?.[1]);
    expect(code).toBe(130);
    const { body } = await request(origin).delete('/sessions?user_name=Bao').expect(200);
    expect(body).toEqual({ revoked: written });
  });

  it('prints plain lines when it is not on a terminal', async () => {
    const { code, output } = await seed('--count', '2', '--ttl', '30');
    expect(code).toBe(0);
    // eslint-disable-next-line no-control-regex -- terminal control is what must be absent
    expect(output).not.toMatch(/[\u001b\r]/);
  });

  it.each([
    [['--count', '0'], '--count must be a whole number from 1 to 10000000, not "0".'],
    [['--count', 'many'], '--count must be a whole number'],
    [['--ttl', '2592001'], '--ttl must be a whole number of seconds from 1 to 2592000, not "2592001".'],
    [['--ttl', '1.5'], '--ttl must be'],
    [['--ttl', '10', '--min-ttl', '11'], '--min-ttl must be a whole number of seconds from 1 to 10'],
    [['--colour', 'red'], "unknown option '--colour'"],
    [['--count'], "option '--count <number>' argument missing"],
    [['twenty'], 'twenty'],
    [['--concurrency', '0'], '--concurrency must be a whole number from 1 to 1000'],
    [['--user', ''], '--user is empty: 1 to 128 characters'],
  ])('refuses %j with exit code 2', async (parameters, message) => {
    const { code, output } = await seed(...parameters);
    expect(output).toContain(message);
    expect(output).not.toMatch(/\n\s+at /);
    expect(code).toBe(2);
  });

  it('ends with exit code 1 and a sentence where the store fails', async () => {
    const file = join(tempFolder(), 'file');
    writeFileSync(file, '');
    const { code, output } = await new ServiceProcess('seed.js', { DATA_DIR: file }, []).finished;
    expect(output).toMatch(/^The embedded store cannot use DATA_DIR .*\.\n$/);
    expect(code).toBe(1);
  });

  it('prints its help with exit code 0', async () => {
    const { code, output } = await seed('--help');
    expect(output).toContain('--min-ttl <seconds>');
    expect(code).toBe(0);
  });
});
