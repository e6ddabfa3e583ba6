import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { open } from 'lmdb';
import request from 'supertest';
import { ServiceProcess } from '../support/service-process.js';
import { describeOnSmallDisk, SmallDisk } from '../support/small-disk.js';
import { onTeardown } from '../support/teardown.js';
import { tempFolder } from '../support/temp-folder.js';
import { waitUntil } from '../support/wait-until.js';

const PAGE = 4096;
const session = { user_name: 'Ines', memory_fragment: 'a tide table '.repeat(80), ttl: 3600 };

const start = (folder: string) => new ServiceProcess('main.js', { DATA_DIR: folder, PORT: '0' });

const create = (origin: string, more: object = {}) =>
  request(origin)
    .post('/sessions')
    .send({ ...session, ...more });

const find = (origin: string, token: string) => request(origin).get(`/sessions/${token}`);

/** Tokens of as many sessions as the store took before it refused one. */
async function createUntilRefused(origin: string, ttl: number): Promise<string[]> {
  const tokens: string[] = [];
  const client = async () => {
    for (;;) {
      const { status, body } = await create(origin, { ttl });
      if (status !== 201) {
        expect(status).toBe(503);
        return;
      }
      tokens.push(body.token);
      if (tokens.length % 50 === 0) await find(origin, body.token).expect(200);
    }
  };
  await Promise.all(Array.from({ length: 8 }, client));
  return tokens;
}

async function expectAll(origin: string, tokens: string[]): Promise<void> {
  expect(tokens.length).toBeGreaterThan(500);
  for (const token of tokens) await find(origin, token).expect(200);
}

describeOnSmallDisk('the embedded store on a full disk', () => {
  it('answers 503 to writes, goes on reading, takes writes again with more room, and has lost nothing', async () => {
    const disk = new SmallDisk('10m');
    const service = start(disk.folder);
    const origin = await service.listening();
    const tokens = await createUntilRefused(origin, 3600);
    const { body, headers } = await create(origin).expect(503);
    expect(body).toMatchObject({ status: 503 });
    expect(headers['retry-after']).toBeDefined();
    await request(origin).patch(`/sessions/${tokens[0]}`).send({ ttl: 7200 }).expect(503);
    await request(origin).get('/health/live').expect(200);
    await expectAll(origin, tokens);

    disk.remount('size=20m');
    tokens.push((await create(origin).expect(201)).body.token);
    await service.kill('SIGKILL');
    const again = await start(disk.folder).listening();
    await expectAll(again, tokens);
    await create(again).expect(201);
  }, 120_000);

  it('can still revoke, and creates again in the room that this made', async () => {
    const origin = await start(new SmallDisk('14m').folder).listening();
    const tokens = await createUntilRefused(origin, 3600);
    await request(origin).delete(`/sessions/${tokens[0]}`).expect(204);
    await find(origin, tokens[0]!).expect(404);
    const { body } = await request(origin).delete('/sessions?user_name=Ines').expect(200);
    expect(body).toEqual({ revoked: tokens.length - 1 });
    await create(origin).expect(201);
  }, 120_000);

  it('gets out of it by itself as sessions expire', async () => {
    const service = start(new SmallDisk('14m').folder);
    const origin = await service.listening();
    await createUntilRefused(origin, 20);
    await waitUntil(async () => (await create(origin)).status === 201);
    expect(service.output).not.toContain('sweeper');
  }, 120_000);

  it('starts and reads on a disk that others have filled to the last byte', async () => {
    const disk = new SmallDisk('12m');
    const service = start(disk.folder);
    const { token } = (await create(await service.listening()).expect(201)).body;
    await service.kill('SIGKILL');
    disk.remount('size=4m');
    fill(join(disk.folder, 'others'));
    const again = await start(disk.folder).listening();
    await find(again, token).expect(200);
    await create(again).expect(503);
    await request(again).delete(`/sessions/${token}`).expect(503);
    rmSync(join(disk.folder, 'others'));
    await request(again).delete(`/sessions/${token}`).expect(204);
  });

  it('does not start in a new folder there, and says why', async () => {
    const { folder } = new SmallDisk('256k');
    const { code, output } = await start(folder).finished;
    expect(output).toBe(
      `The embedded store cannot use DATA_DIR ${folder}: its disk is full: make room and start again.\n`,
    );
    expect(code).toBe(1);
  });

  it('does not start where it may only read, and says so', async () => {
    const disk = new SmallDisk('8m');
    disk.remount('ro');
    const { code, output } = await start(disk.folder).finished;
    expect(output).toMatch(/^The embedded store cannot use DATA_DIR .*read-only file system.*\.\n$/);
    expect(code).toBe(1);
  });
});

function fill(path: string): void {
  const file = openSync(path, 'w');
  try {
    for (;;) writeSync(file, Buffer.alloc(PAGE));
  } catch (error) {
    expect(error).toMatchObject({ code: 'ENOSPC' });
  } finally {
    closeSync(file);
  }
}

(hasPrlimit() ? describe : describe.skip)('a commit that fails in LMDB itself', () => {
  it('is a 503, leaves what was there, and the next one may succeed', async () => {
    const folder = tempFolder();
    const service = start(folder);
    const origin = await service.listening();
    const { token } = (await create(origin).expect(201)).body;
    // A limit in the middle of the next page: of what the commit writes there, only a part is taken.
    const limit = (bytes: string) =>
      execFileSync('prlimit', ['--pid', String(service.pid), `--fsize=${bytes}:`]);
    limit(String(statSync(join(folder, 'data.mdb')).size + 100));
    await waitUntil(async () => (await create(origin)).status === 503);
    await find(origin, token).expect(200);
    const before = (await request(origin).get('/sessions?limit=1000').expect(200)).body.length;
    expect((await request(origin).get('/sessions?limit=1000&user_name=Ines')).body).toHaveLength(before);
    limit('unlimited');
    await create(origin).expect(201);
    expect(await service.kill('SIGTERM')).toMatchObject({ code: 0 });
  });
});

describe('another process that stops in the middle of a transaction', () => {
  const HOLD = `
    import { open } from 'lmdb';
    open({ path: process.argv[1], noSubdir: false }).transactionSync(() => {
      process.stdout.write('held');
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    });`;

  it('makes writes fail in time, not reads, and no longer than it lives', async () => {
    const folder = tempFolder();
    const service = start(folder);
    const origin = await service.listening();
    const { token } = (await create(origin).expect(201)).body;
    const holder = spawn(process.execPath, ['--input-type=module', '-e', HOLD, folder]);
    onTeardown(() => holder.kill('SIGKILL'));
    await once(holder.stdout, 'data');
    const refused = create(origin).expect(503);
    await find(origin, token).expect(200);
    await refused;
    holder.kill('SIGKILL');
    await waitUntil(async () => (await create(origin)).status === 201);
  });
});

describe('a damaged folder of the embedded store', () => {
  /** A folder with so many sessions that its trees have branches. */
  async function filledFolder(): Promise<string> {
    const folder = tempFolder();
    await new ServiceProcess('seed.js', { DATA_DIR: folder }, ['--count', '1000', '--ttl', '86400']).finished;
    rmSync(join(folder, 'lock.mdb'));
    return folder;
  }

  function overwrite(data: string, from: number, bytes: Buffer): void {
    const file = openSync(data, 'r+');
    writeSync(file, bytes, 0, bytes.length, from);
    closeSync(file);
  }

  const half = (data: string) => statSync(data).size / 2;

  it.each<[string, (data: string) => void, RegExp]>([
    ['garbage', (data) => writeFileSync(data, Buffer.alloc(100_000, 'garbage')), /it is not an LMDB file/],
    ['zeroes', (data) => writeFileSync(data, Buffer.alloc(100_000)), /it is not an LMDB file/],
    ['less than a page', (data) => truncateSync(data, 100), /it was cut off/],
    ['half of it', (data) => truncateSync(data, half(data)), /page \d+ is behind its end: it was cut off/],
    ['another version', (data) => overwrite(data, 28, Buffer.from([1])), /its format has version 1, not 2/],
    ['no second meta page', (data) => overwrite(data, PAGE, Buffer.alloc(PAGE)), /meta page was overwritten/],
    [
      'pages of zeroes',
      (data) => overwrite(data, half(data), Buffer.alloc(half(data))),
      /page \d+ was overwritten/,
    ],
    [
      'pages of others',
      (data) => overwrite(data, 2 * PAGE, Buffer.alloc(half(data), 'else')),
      /page \d+ was overwritten/,
    ],
  ])('stops the start with one sentence: %s', async (_, harm, reason) => {
    const folder = await filledFolder();
    harm(join(folder, 'data.mdb'));
    const { code, output } = await start(folder).finished;
    expect(output).toMatch(reason);
    expect(output).toMatch(
      /^The embedded store cannot use DATA_DIR \S+: data\.mdb is damaged \(.*\): restore it, or move the folder away to start with no sessions\.\n$/,
    );
    expect(output).toContain(folder);
    expect(code).toBe(1);
  });

  it.each(['data.mdb', 'lock.mdb'])('stops the start with one sentence: %s is a folder', async (name) => {
    const folder = tempFolder();
    mkdirSync(join(folder, name));
    const { code, output } = await start(folder).finished;
    expect(output).toMatch(/^The embedded store cannot use DATA_DIR .*EISDIR.*\.\n$/);
    expect(code).toBe(1);
  });

  it('that is whole starts, an empty data.mdb included, and so does one that another process writes', async () => {
    const folder = await filledFolder();
    const origin = await start(folder).listening();
    const besides: Promise<unknown>[] = [];
    const writer = async () => {
      while (besides.length < 3) await create(origin).expect(201);
    };
    const writers = Array.from({ length: 8 }, writer);
    for (let i = 0; i < 3; i++) {
      const beside = start(folder);
      await request(await beside.listening())
        .get('/sessions')
        .expect(200);
      besides.push(beside.kill('SIGTERM'));
    }
    await Promise.all([...writers, ...besides]);

    const empty = tempFolder();
    writeFileSync(join(empty, 'data.mdb'), '');
    await create(await start(empty).listening()).expect(201);
    expect(readdirSync(empty).sort()).toEqual(['data.mdb', 'lock.mdb']);
  }, 60_000);
});

describe('a damaged row of the embedded store', () => {
  it('fails the read of it with a 503, spoils no list, and can be revoked', async () => {
    const folder = tempFolder();
    const service = start(folder);
    const origin = await service.listening();
    const [bad, good] = await Promise.all(
      [1, 2].map(async () => (await create(origin).expect(201)).body.token as string),
    );
    await damageRow(folder, bad!);
    await find(origin, bad!).expect(503);
    await request(origin).patch(`/sessions/${bad}`).send({ ttl: 60 }).expect(503);
    await find(origin, good!).expect(200);
    for (const path of ['/sessions', '/sessions?user_name=Ines']) {
      const { body } = await request(origin).get(path).expect(200);
      expect(body).toMatchObject([{ token: good }]);
    }
    await request(origin).delete(`/sessions/${bad}`).expect(204);
    await find(origin, bad!).expect(404);
    await request(origin).get('/health/live').expect(200);
  });

  it('is swept when its time is over, and does not keep the sweeper from the others', async () => {
    const folder = tempFolder();
    const service = start(folder);
    const origin = await service.listening();
    const tokens = await Promise.all(
      [1, 2, 3].map(async () => (await create(origin, { ttl: 3 }).expect(201)).body.token as string),
    );
    await damageRow(folder, tokens[1]!);
    await find(origin, tokens[1]!).expect(503);
    await waitUntil(async () => (await find(origin, tokens[1]!)).status === 404);
    await waitUntil(async () => (await rowsIn(folder)) === 0);
  });

  async function damageRow(folder: string, token: string): Promise<void> {
    const root = open({ path: folder, noSubdir: false, maxDbs: 3 });
    const rows = root.openDB<Buffer, string>('sessions', { encoding: 'binary' });
    const key = [...rows.getKeys()].find((each) => each.endsWith(token))!;
    await rows.put(key, Buffer.from('\u00deno row'));
    await root.close();
  }

  async function rowsIn(folder: string): Promise<number> {
    const root = open({ path: folder, noSubdir: false, maxDbs: 3 });
    const count = root.openDB('sessions', { encoding: 'binary' }).getCount();
    await root.close();
    return count;
  }
});

/** Linux's alone. Where it is missing the skip is said aloud, and in CI it is a failure. */
function hasPrlimit(): boolean {
  if (!spawnSync('prlimit', ['--version']).error) return true;
  const message = 'No prlimit (it comes with util-linux): the test of a commit that fails is skipped.';
  if (process.env.CI) throw new Error(message);
  console.warn(message);
  return false;
}
