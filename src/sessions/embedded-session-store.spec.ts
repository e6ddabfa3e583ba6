import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { ManualClock } from '../../test/support/manual-clock.js';
import { openEmbeddedStore } from '../../test/support/embedded-store.js';
import { tempFolder } from '../../test/support/temp-folder.js';
import { walkTokens } from '../../test/support/walk.js';
import type { EmbeddedSessionStore } from './embedded-session-store.js';

describe('the embedded store', () => {
  const START = Date.UTC(2026, 0, 1);

  const create = (store: EmbeddedSessionStore, clock: ManualClock, ttl: number, memoryFragment = 'x') =>
    store.create({
      token: randomUUID(),
      userName: 'Wren',
      memoryFragment,
      createdAt: new Date(clock.now()),
      ttl,
    });

  it('shows a session up to the very millisecond of its expiry, and not from it on, swept or not', async () => {
    const clock = new ManualClock(START + 400);
    const store = openEmbeddedStore(clock, tempFolder());
    const { token, expiresAt } = await create(store, clock, 2);
    clock.advance(expiresAt!.getTime() - clock.now() - 1);
    expect(await store.find(token)).toMatchObject({ expiresIn: 1, expiresAt });
    expect((await store.list(10)).sessions).toHaveLength(1);
    clock.advance(1);
    expect(await store.find(token)).toBeUndefined();
    expect(await store.list(10)).toEqual({ sessions: [] });
  });

  it('sweeps the dead, all of them, and only them', async () => {
    const clock = new ManualClock(START);
    const store = openEmbeddedStore(clock, tempFolder());
    await Promise.all(Array.from({ length: 1000 }, (_, i) => create(store, clock, i < 600 ? 10 : 11)));
    clock.advance(10_000);
    await store.sweep();
    expect(await store.sweep()).toBe(0);
    // By a clock turned back, what is still there would be alive again.
    clock.advance(-10_000);
    expect((await store.list(1000)).sessions).toHaveLength(400);
  });

  it('does not sweep a session that was revoked a second time', async () => {
    const clock = new ManualClock(START);
    const store = openEmbeddedStore(clock, tempFolder());
    const { token } = await create(store, clock, 10);
    await store.remove(token);
    clock.advance(11_000);
    expect(await store.sweep()).toBe(0);
  });

  it('steps over no more dead rows at a time than a request may wait for, and misses nothing behind them', async () => {
    const clock = new ManualClock(START);
    const store = openEmbeddedStore(clock, tempFolder());
    await Promise.all(Array.from({ length: 6000 }, () => create(store, clock, 10)));
    const alive = await Promise.all(Array.from({ length: 5 }, () => create(store, clock, 1000)));
    clock.advance(10_000);
    const tokens = alive.map(({ token }) => token).sort();
    expect((await walkTokens((after) => store.list(100, after))).sort()).toEqual(tokens);
    expect(await walkTokens((after) => store.listByUser('Wren', 100, after))).toEqual(tokens);
    expect((await store.listByUser('Wren', 100)).next).toBeDefined();
  });

  it('uses the space of swept sessions again', async () => {
    const clock = new ManualClock(START);
    const folder = tempFolder();
    const store = openEmbeddedStore(clock, folder);
    const sizes: number[] = [];
    for (let round = 0; round < 6; round++) {
      await Promise.all(Array.from({ length: 2000 }, () => create(store, clock, 5, 'x'.repeat(500))));
      clock.advance(6000);
      await store.sweep();
      sizes.push(statSync(join(folder, 'data.mdb')).size);
    }
    expect(sizes.at(-1)).toBeLessThan(2 * sizes[0]!);
  });

  it('counts in the same seconds after it was closed and opened again', async () => {
    const clock = new ManualClock(START);
    const folder = tempFolder();
    const first = openEmbeddedStore(clock, folder);
    const { token } = await create(first, clock, 100);
    await first.onApplicationShutdown();
    clock.advance(40_000);
    const second = openEmbeddedStore(clock, folder);
    expect(await second.find(token)).toMatchObject({ expiresIn: 60 });
  });

  it('fails as a store does once it is closed, and not as an empty one', async () => {
    const clock = new ManualClock(START);
    const store = openEmbeddedStore(clock, tempFolder());
    await store.onApplicationShutdown();
    await expect(store.find(randomUUID())).rejects.toThrow('the embedded store cannot read');
    await expect(create(store, clock, 5)).rejects.toThrow('the embedded store cannot write');
    await expect(store.checkHealth()).rejects.toThrow('the embedded store cannot read');
  });
});
