import { AUTHORIZATION, startService } from './contestants.js';
import { newSession } from './track.js';
import { load } from './load.js';
import type { Request } from './load.js';
import type { Memory } from './question.js';
import { say } from './say.js';
import type { BenchStore, StoreName } from './stores.js';

/** What the service holds after some requests, and after many more. */
export interface Growth {
  store: StoreName;
  early: { requests: number; memory: Memory };
  late: { requests: number; memory: Memory };
}

/** Requests that go out at a time; each is built beforehand. */
const BATCH = 10_000;

/**
 * Whole lives of sessions: created, read twice, deleted. So the store stays small: whatever grows is the service.
 */
export async function measureGrowth(store: BenchStore, early: number, late: number): Promise<Growth> {
  const service = await startService(await store.place('growth'));
  const memoryAfter = async (requests: number, from: number) => {
    for (let sent = from; sent < requests; sent += BATCH) {
      say(`${store.name}: memory, request ${sent} of ${late}`);
      await load(service.origin, lives(Math.min(BATCH, requests - sent)));
    }
    return { requests, memory: await service.memory() };
  };
  const growth = {
    store: store.name,
    early: await memoryAfter(early, 0),
    late: await memoryAfter(late, early),
  };
  await service.stop();
  return growth;
}

interface Life {
  path?: string;
}

/** Request i is sent over connection i modulo 16, so that each connection gets whole lives in their order. */
function lives(amount: number): Request[] {
  const CONNECTIONS = 16;
  return Array.from(
    { length: amount },
    (_, i) => STEPS[Math.floor(i / CONNECTIONS) % STEPS.length]?.() ?? create(),
  );
}

const headers = { authorization: AUTHORIZATION };

function create(): Request {
  return {
    method: 'POST',
    path: '/sessions',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(newSession()),
    onResponse: (_status, body, life: Life) => {
      life.path = `/sessions/${(JSON.parse(body) as { token: string }).token}`;
    },
  };
}

function onIt(method: 'GET' | 'DELETE'): () => Request {
  return () => ({
    method,
    path: '/sessions',
    headers,
    setupRequest: (request, life: Life) => ({ ...request, path: life.path }),
  });
}

const STEPS = [create, onIt('GET'), onIt('GET'), onIt('DELETE')];
