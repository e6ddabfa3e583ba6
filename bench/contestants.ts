import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './folders.js';
import { ServerProcess } from './server-process.js';
import type { Place } from './stores.js';

const KEY = randomBytes(24).toString('base64url');
/** Every server gets it; only the service looks at it. */
export const AUTHORIZATION = `Bearer ${KEY}`;

/** The service as it runs in production, every protection on, the rate limit counting but never reached. */
const PRODUCTION = {
  PORT: '0',
  RATE_LIMIT: '1000000000',
  API_KEYS: `bench:write:${createHash('sha256').update(KEY).digest('hex')}`,
};

export function startService(place: Place): Promise<ServerProcess> {
  return ServerProcess.start(join(ROOT, 'dist', 'main.js'), { ...PRODUCTION, ...place.variables });
}

export function startFloor(place: Place): Promise<ServerProcess> {
  return ServerProcess.start(join(import.meta.dirname, 'floor.js'), place.variables);
}

/** A server in a comparison. */
export interface Contestant {
  name: 'service' | 'floor' | 'peer';
  origin: string;
  /** Microseconds of CPU that its process has used so far; absent where nobody can tell. */
  cpu?: () => Promise<number>;
  /** Whether it takes the fields of a new session from the query string alone, as the original does. */
  queryOnly: boolean;
}

export function contestant(name: 'service' | 'floor', server: ServerProcess): Contestant {
  return { name, origin: server.origin, cpu: () => server.cpu(), queryOnly: false };
}

/**
 * The server at PEER_URL, whose process is PEER_PID if it runs here; none if they are unset.
 * @throws Error if it creates no session, neither from a JSON body nor from a query string
 */
export async function findPeer({ PEER_URL, PEER_PID }: NodeJS.ProcessEnv): Promise<Contestant | undefined> {
  if (!PEER_URL) return undefined;
  const origin = new URL(PEER_URL).origin;
  const fields = { user_name: 'Bench', memory_fragment: 'The first request', ttl: 60 };
  const query = new URLSearchParams({ ...fields, ttl: '60' }).toString();
  const json = { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(fields) };
  for (const [path, init] of [
    ['/sessions', json],
    [`/sessions?${query}`, {}],
  ] as const) {
    const answer = await fetch(origin + path, { method: 'POST', ...init });
    await answer.arrayBuffer();
    if (answer.ok) {
      const cpu = PEER_PID ? () => Promise.resolve(cpuOf(PEER_PID)) : undefined;
      return { name: 'peer', origin, cpu, queryOnly: init !== json };
    }
  }
  throw new Error(`PEER_URL ${origin} creates no session at POST /sessions.`);
}

/** From Linux's /proc, in steps of 10 ms. */
function cpuOf(pid: string): number {
  // The second field, the name in brackets, may hold blanks.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  const [user, system] = [Number(fields[11]), Number(fields[12])];
  return 10_000 * (user + system);
}
