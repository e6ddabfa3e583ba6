import { open } from 'lmdb';
import { Client } from './client.js';
import { newSession } from './track.js';
import type { ServerProcess } from './server-process.js';
import { quantile } from './statistics.js';

/** The service's own sweeper at work on sessions that all expired at once, while one client goes on asking. */
export interface Sweep {
  seconds: number;
  /** Milliseconds that a get and a create took meanwhile: the slowest hundredth. */
  getP99: number;
  createP99: number;
}

const GIVE_UP_MS = 600_000;

/** @param ahead seconds by which the service's clock is moved, so that all sessions in its folder are expired */
export async function measureSweep(service: ServerProcess, folder: string, ahead: number): Promise<Sweep> {
  const root = open({ path: folder, noSubdir: false, maxDbs: 3, readOnly: true });
  const byExpiry = root.openDB('by_expiry', { encoding: 'msgpack' });
  const rows = () => {
    root.resetReadTxn();
    return (byExpiry.getStats() as { entryCount: number }).entryCount;
  };
  const client = new Client(service.origin);
  const full = rows();
  await service.ask({ ask: 'time-travel', milliseconds: 1000 * ahead });

  const [gets, creates]: [number[], number[]] = [[], []];
  const asked = performance.now();
  let [began, left] = [asked, full];
  // What is created meanwhile is alive and stays.
  while (left > creates.length) {
    if (performance.now() - asked > GIVE_UP_MS) throw new Error(`the sweeper leaves ${left} rows`);
    if (left - creates.length === full) began = performance.now();
    const created = await client.ask('POST', '/sessions', newSession());
    creates.push(created.milliseconds);
    const { token } = JSON.parse(created.body) as { token: string };
    gets.push((await client.ask('GET', `/sessions/${token}`)).milliseconds);
    left = rows();
  }
  const seconds = (performance.now() - began) / 1000;
  client.close();
  await root.close();
  return { seconds, getP99: quantile(gets, 0.99), createP99: quantile(creates, 0.99) };
}
