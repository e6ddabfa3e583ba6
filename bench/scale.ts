import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from './client.js';
import { newSession } from './track.js';
import { startService } from './contestants.js';
import { ROOT, SCRATCH } from './folders.js';
import type { Memory } from './question.js';
import { say } from './say.js';
import type { ServerProcess } from './server-process.js';
import { quantile } from './statistics.js';
import type { BenchStore, Place, StoreName } from './stores.js';
import { measureSweep } from './sweep.js';
import type { Sweep } from './sweep.js';

/** What one client, alone, asks the service for. */
export const PROBES = {
  create: 'create',
  get: 'get',
  first: 'first page of 100',
  deep: 'page of 100 in the middle',
  few: 'page of a user with 5',
  many: 'page of 100 of a user with a tenth of all',
  refresh: 'dashboard refresh of 60',
  delete: 'delete',
} as const;
export type Probe = keyof typeof PROBES;

/** Milliseconds: the median and the slowest hundredth. */
interface Latency {
  p50: number;
  p99: number;
}

/** The service on a store of so many sessions. */
export interface Scale {
  store: StoreName;
  sessions: number;
  /** Sessions a second that the seed command wrote. */
  seedRate: number;
  latency: Record<Probe, Latency>;
  memory: Memory;
  diskBytes?: number;
  /** Of the embedded store alone: a cluster removes rows by itself. */
  sweep?: Sweep;
}

interface Filled {
  sessions: number;
  seedRate: number;
  place: Place;
  service: ServerProcess;
  samples: Record<Probe, number[]>;
}

const SEED_TTL = 7 * 24 * 3600;
const FEW = 5;
/** Refreshes that follow one another in a round; of the other probes a third. */
const SAMPLES = 90;

/** Fills a place for each size, then asks all of them in turns: no size has a quieter machine than another. */
export async function measureScale(store: BenchStore, sizes: number[], rounds: number): Promise<Scale[]> {
  const all: Filled[] = [];
  for (const sessions of sizes) {
    const place = await store.place(`scale_${sessions}`);
    say(`${store.name}: seeding ${sessions} sessions`);
    const many = Math.floor(sessions / 10);
    await seed(place, many, 'Many');
    const seedRate = await seed(place, sessions - many - FEW);
    const service = await startService(place);
    const client = new Client(service.origin);
    for (let i = 0; i < FEW; i++) {
      await client.ask('POST', '/sessions', { ...newSession(), user_name: 'Few', ttl: SEED_TTL });
    }
    client.close();
    const samples = Object.fromEntries(Object.keys(PROBES).map((probe) => [probe, [] as number[]]));
    all.push({ sessions, seedRate, place, service, samples: samples as Filled['samples'] });
  }
  // A round to warm up.
  for (let round = 0; round <= rounds; round++) {
    say(`${store.name}: asking ${sizes.join(', ')} sessions, round ${round} of ${rounds}`);
    for (const filled of round % 2 === 0 ? all : all.toReversed()) await probe(filled, round > 0);
  }
  const results: Scale[] = [];
  for (const { sessions, seedRate, place, service, samples } of all) {
    const memory = await service.memory();
    const onDisk = store.name === 'embedded' ? await place.disk() : undefined;
    say(`${store.name}: ${sessions} sessions, memory, disk${onDisk ? ' and a sweep of all' : ''}`);
    const folder = place.variables.DATA_DIR;
    const sweep = folder === undefined ? undefined : await measureSweep(service, folder, 2 * SEED_TTL);
    await service.stop();
    const latency = Object.fromEntries(
      Object.entries(samples).map(([name, milliseconds]) => [
        name,
        { p50: quantile(milliseconds, 0.5), p99: quantile(milliseconds, 0.99) },
      ]),
    );
    results.push({
      store: store.name,
      sessions,
      seedRate,
      latency: latency as Scale['latency'],
      memory,
      diskBytes: onDisk ?? (await place.disk()),
      sweep,
    });
  }
  return results;
}

/** A round of every probe; what it creates it deletes, so that the store keeps its size. */
async function probe({ service, samples }: Filled, counts: boolean): Promise<void> {
  const client = new Client(service.origin);
  const time = async (name: Probe, method: string, path: string, fields?: object) => {
    const { milliseconds, body } = await client.ask(method, path, fields);
    if (counts) samples[name].push(milliseconds);
    return body;
  };
  await client.ask('GET', '/health/live');
  const tokens: string[] = [];
  for (let i = 0; i < SAMPLES / 3; i++) {
    const body = await time('create', 'POST', '/sessions', newSession());
    tokens.push((JSON.parse(body) as { token: string }).token);
  }
  for (const token of tokens) await time('get', 'GET', `/sessions/${token}`);
  for (let i = 0; i < SAMPLES / 3; i++) {
    await time('first', 'GET', '/sessions?limit=100');
    await time('deep', 'GET', '/sessions?limit=100&cursor=8000000000000000');
    await time('few', 'GET', '/sessions?limit=100&user_name=Few');
    await time('many', 'GET', '/sessions?limit=100&user_name=Many');
  }
  for (let i = 0; i < SAMPLES; i++) await time('refresh', 'GET', '/ui/sessions?limit=60');
  for (const token of tokens) await time('delete', 'DELETE', `/sessions/${token}`);
  client.close();
}

/** @returns sessions a second, as the command tells */
async function seed({ variables }: Place, count: number, user?: string): Promise<number> {
  const parameters = ['--count', String(count), '--ttl', String(SEED_TTL), '--concurrency', '64'];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(ROOT, 'dist', 'seed.js'), ...parameters, ...(user === undefined ? [] : ['--user', user])],
    { env: { PATH: process.env.PATH, NODE_ENV: 'production', ...variables }, cwd: SCRATCH },
  );
  return Number(/sessions a second\D+(\d+)/.exec(stdout)?.[1]);
}
