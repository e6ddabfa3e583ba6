import { connect } from 'node:net';
import type { Socket } from 'node:net';
import request from 'supertest';
import { HARMLESS, REFUSED, REFUSED_USER, SERVED, SMUGGLED_USER, TRUNCATED } from '../support/broken-http.js';
import { ServiceProcess } from '../support/service-process.js';
import { tempFolder } from '../support/temp-folder.js';

/** How long the service may take to answer a connection, or to close one whose client has ended its side. */
const LIMIT_MS = 5000;

/** What nobody may see: package.json, a password file, a stack trace. */
const SECRET = /"devDependencies"|root:[^:]*:0:0|\n\s+at \S+ \(/;

describe('broken HTTP', () => {
  let service: ServiceProcess;
  let origin: string;
  const tally = new Map<string, number>();

  beforeAll(async () => {
    service = new ServiceProcess('main.js', { DATA_DIR: tempFolder(), PORT: '0' });
    origin = await service.listening();
  });

  afterAll(() => {
    const entries = [TRUNCATED, REFUSED, HARMLESS, SERVED].flatMap(Object.keys).length;
    const connections = Array.from(tally.values()).reduce((sum, count) => sum + count, 0);
    const counts = Array.from(tally, ([answer, count]) => `${answer}: ${count}`).sort();
    process.stdout.write(
      `\nBroken HTTP: ${entries} entries on ${connections} connections, answered by ${counts.join(', ')}\n`,
    );
  });

  const answersOthers = () => request(origin).get('/health/live').expect(200);

  /**
   * The statuses of what came back until the service closed the connection. None may be a hang or a leak.
   * @param hangUp when the client ends its side
   */
  async function statuses(
    bytes: string | Buffer,
    hangUp: (socket: Socket, found: () => number[]) => unknown,
  ): Promise<number[]> {
    const { hostname, port } = new URL(origin);
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true }).setEncoding('latin1');
    let answer = '';
    const found = () => Array.from(answer.matchAll(/HTTP\/1\.1 (\d{3}) /g), ([, status]) => Number(status));
    socket.on('data', (text: string) => (answer += text));
    // A reset is a way to close.
    socket.on('error', () => undefined);
    const closed = new Promise<'closed'>((resolve) => socket.once('close', () => resolve('closed')));

    socket.write(Buffer.from(bytes as string, 'latin1'));
    await within(Promise.race([closed, hangUp(socket, found)]), socket, 'no answer');
    socket.end();
    await within(closed, socket, 'not closed');

    expect(answer).not.toMatch(SECRET);
    // A redirection leads nowhere else.
    expect(answer).not.toMatch(/^location: *(\/[/\\]|\w+:)/im);
    const key = found().join(' and ') || 'closing alone';
    tally.set(key, (tally.get(key) ?? 0) + 1);
    expect(found().filter((status) => status >= 500 && status !== 501 && status !== 505)).toEqual([]);
    await answersOthers();
    return found();
  }

  async function within(what: Promise<unknown>, socket: Socket, fault: string): Promise<void> {
    const limit = setTimeout(() => socket.destroy(new Error(fault)), LIMIT_MS);
    await what;
    clearTimeout(limit);
    expect(socket.errored?.message).not.toBe(fault);
  }

  const atOnce = () => undefined;
  const whenAnswered = (socket: Socket) =>
    new Promise((resolve) => socket.once('data', resolve).once('end', resolve));
  const onceOthersAreAnswered = () => answersOthers();
  const after = (count: number) => (socket: Socket, found: () => number[]) =>
    new Promise<void>((resolve) => socket.on('data', () => found().length >= count && resolve()));
  const taken = (status: number) => status >= 200 && status < 400;

  it.each(Object.entries(TRUNCATED))('waits for the rest of %s', async (_, bytes) => {
    expect((await statuses(bytes, onceOthersAreAnswered)).filter(taken)).toEqual([]);
    expect((await statuses(bytes, atOnce)).filter(taken)).toEqual([]);
  });

  it.each(Object.entries(REFUSED))('refuses %s', async (_, bytes) => {
    expect((await statuses(bytes, whenAnswered)).filter(taken)).toEqual([]);
    expect((await statuses(bytes, atOnce)).filter(taken)).toEqual([]);
  });

  it.each(Object.entries(HARMLESS))('survives %s', async (_, bytes) => {
    await statuses(bytes, whenAnswered);
    await statuses(bytes, atOnce);
  });

  it.each(Object.entries(SERVED))('serves %s', async (_, [bytes, ...expected]) => {
    expect(await statuses(bytes, after(expected.length))).toEqual(expected);
  });

  it.each([REFUSED_USER, SMUGGLED_USER])('has carried out no request that was %s', async (user) => {
    const { body } = await request(origin).get(`/sessions?user_name=${user}`).expect(200);
    expect(body).toEqual([]);
  });

  it('still runs, and ends as it should', async () => {
    expect(await service.kill('SIGTERM')).toMatchObject({ code: 0 });
    expect(service.output).not.toMatch(/\n\s+at /);
  });
});
