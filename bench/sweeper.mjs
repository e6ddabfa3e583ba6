// How long requests wait while 100,000 sessions that expired in one second are swept.
//   npm run build && npm run bench:sweeper
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnvironment } from '../dist/config/environment.js';
import { EmbeddedSessionStore } from '../dist/sessions/embedded-session-store.js';

const COUNT = 100_000;
const folder = mkdtempSync(join(tmpdir(), 'ephemera-bench-'));
const clock = { time: Date.now(), now: () => clock.time };
const store = new EmbeddedSessionStore(parseEnvironment({ DATA_DIR: folder }), clock);
store.onModuleInit();
const create = (ttl) =>
  store.create({
    token: randomUUID(),
    userName: 'Mara Venn',
    memoryFragment: 'The first snow over the harbour, and nobody else awake',
    createdAt: new Date(clock.now()),
    ttl,
  });

for (let i = 0; i < COUNT; i += 1000) await Promise.all(Array.from({ length: 1000 }, () => create(60)));
const { token } = await create(3600);
clock.time += 60_000;

// What a request sees: a read or a write, asked for every millisecond or so, from asking to answer.
const waits = { 'event loop': [], read: [], write: [] };
let sweeping = true;
const probe = (async () => {
  while (sweeping) {
    let asked = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 1));
    waits['event loop'].push(performance.now() - asked - 1);
    asked = performance.now();
    await store.find(token);
    waits.read.push(performance.now() - asked);
    asked = performance.now();
    await create(3600);
    waits.write.push(performance.now() - asked);
  }
})();
const started = performance.now();
const removed = await store.sweep();
const seconds = (performance.now() - started) / 1000;
sweeping = false;
await probe;

console.log(`swept ${removed} sessions in ${seconds.toFixed(2)} s; milliseconds waited meanwhile:`);
console.table(
  Object.fromEntries(
    Object.entries(waits).map(([name, all]) => {
      const sorted = all.sort((a, b) => a - b);
      const at = (q) => Number(sorted[Math.floor(q * (sorted.length - 1))].toFixed(2));
      return [name, { median: at(0.5), p99: at(0.99), longest: at(1), samples: sorted.length }];
    }),
  ),
);
await store.onApplicationShutdown();
rmSync(folder, { recursive: true, force: true });
