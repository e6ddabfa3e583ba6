import { randomUUID } from 'node:crypto';
import type { Session } from '../../src/sessions/session.js';
import { SessionConflictError } from '../../src/sessions/session-conflict.error.js';
import type { SessionStore } from '../../src/sessions/session-store.js';
import { walk } from '../support/walk.js';

/** A store under test, and how time passes for it. */
export interface StoreHarness {
  store: SessionStore;
  /** The default TTL that the store was given, in seconds. */
  defaultTtl: number;
  /** Lets this many seconds pass, by whatever clock the store goes. */
  pass(seconds: number): Promise<void>;
  /** The store's own time in milliseconds. */
  now(): number;
}

/** What `SessionStore` promises, as tests. Every adapter runs all of them. */
export function describeSessionStore(name: string, start: () => Promise<StoreHarness>): void {
  describe(`the session store contract: ${name}`, () => {
    let harness: StoreHarness;
    let store: SessionStore;

    beforeAll(async () => {
      harness = await start();
      store = harness.store;
    });

    const create = (ttl?: number, memoryFragment = 'a fragment'): Promise<Session> =>
      store.create({
        token: randomUUID(),
        userName: 'Mara Venn',
        memoryFragment,
        createdAt: new Date(harness.now()),
        ttl,
      });

    const everySession = (limit = 1000) =>
      walk(async (after) => {
        const page = await store.list(limit, after);
        expect(page.sessions.length).toBeLessThanOrEqual(limit);
        return page;
      });

    describe('create', () => {
      it('applies the default TTL to a session that asks for none', async () => {
        expect(await create()).toMatchObject({
          ttlSeconds: harness.defaultTtl,
          expiresIn: harness.defaultTtl,
        });
      });

      it('applies the TTL that a session asks for', async () => {
        expect(await create(42)).toMatchObject({ ttlSeconds: 42, expiresIn: 42 });
      });

      it('takes a TTL of ten years', async () => {
        const { token } = await create(315_360_000);
        expect((await store.find(token))?.expiresIn).toBeGreaterThan(315_359_990);
      });

      it('promises an expiry at most the TTL away, and less than a second short of it', async () => {
        const before = harness.now();
        const { expiresAt } = await create(60);
        expect(expiresAt!.getTime()).toBeGreaterThan(before + 59_000);
        expect(expiresAt!.getTime()).toBeLessThanOrEqual(harness.now() + 60_000);
      });
    });

    describe('find', () => {
      it('gives back what was created', async () => {
        const created = await create(100);
        const found = await store.find(created.token);
        expect(found).toEqual({ ...created, expiresIn: expect.any(Number), expiresAt: expect.any(Date) });
        expect(Math.abs(found!.expiresAt!.getTime() - created.expiresAt!.getTime())).toBeLessThanOrEqual(
          1000,
        );
      });

      it.each([
        ['quotes and markup', `'"<b>&amp;\\`],
        ['lines and tabs', 'one\n\ttwo\n'],
        ['many scripts', '記憶 ذاكرة память 💀👩‍👩‍👧 e\u0301'],
        ['the longest fragment', '💾'.repeat(4096)],
      ])('keeps %s to the letter', async (_, text) => {
        const { token } = await create(100, text);
        expect((await store.find(token))?.memoryFragment).toBe(text);
      });

      it('does not know a token that never was', async () => {
        expect(await store.find(randomUUID())).toBeUndefined();
      });
    });

    describe('time', () => {
      it('counts down, and two reads agree on the instant of expiry within a second', async () => {
        const { token } = await create(100);
        const first = (await store.find(token))!;
        await harness.pass(3);
        const second = (await store.find(token))!;
        expect(first.expiresIn! - second.expiresIn!).toBeGreaterThanOrEqual(2);
        expect(first.expiresIn! - second.expiresIn!).toBeLessThanOrEqual(4);
        expect(Math.abs(first.expiresAt!.getTime() - second.expiresAt!.getTime())).toBeLessThanOrEqual(1000);
      });

      it("takes an expired session out of its user's list, and not a renewed one", async () => {
        const userName = randomUUID();
        const make = (ttl: number) =>
          store.create({
            token: randomUUID(),
            userName,
            memoryFragment: 'x',
            createdAt: new Date(harness.now()),
            ttl,
          });
        const [short, renewed] = [await make(1), await make(1)];
        await store.renew(renewed.token, () => ({ ttl: 100 }));
        await harness.pass(1);
        expect(await store.find(short.token)).toBeUndefined();
        expect((await store.listByUser(userName, 10)).sessions).toMatchObject([{ token: renewed.token }]);
        expect(await store.removeByUser(userName)).toBe(1);
      });

      it('keeps a session until a second before its TTL is over, and not beyond it', async () => {
        const [short, long] = [await create(3), await create(100)];
        await harness.pass(1);
        expect(await store.find(short.token)).toBeDefined();
        await harness.pass(2);
        expect(await store.find(short.token)).toBeUndefined();
        const tokens = (await everySession()).map(({ token }) => token);
        expect(tokens).not.toContain(short.token);
        expect(tokens).toContain(long.token);
      });
    });

    describe('list', () => {
      it('holds every live session once, as find gives it', async () => {
        const created = await Promise.all([create(100), create(100), create(100)]);
        const listed = (await everySession()).filter(({ token }) =>
          created.some((one) => one.token === token),
        );
        expect(listed).toHaveLength(3);
        for (const session of listed) {
          const found = (await store.find(session.token))!;
          expect({ ...session, expiresIn: 0, expiresAt: 0 }).toEqual({
            ...found,
            expiresIn: 0,
            expiresAt: 0,
          });
        }
      });

      it('holds at most as many as asked for', async () => {
        await Promise.all([create(100), create(100)]);
        expect((await store.list(1)).sessions).toHaveLength(1);
      });

      it('walks every session exactly once, page by page, and gives no token away in its cursors', async () => {
        await Promise.all(Array.from({ length: 7 }, () => create(100)));
        const whole = (await everySession()).map(({ token }) => token);
        for (const limit of [1, 2, 3, whole.length]) {
          expect((await everySession(limit)).map(({ token }) => token)).toEqual(whole);
        }
        const { next } = await store.list(3);
        expect(next).toMatch(/^[0-9a-f]{16}$/);
        expect(whole.filter((token) => token.replaceAll('-', '').includes(next!))).toEqual([]);
      });

      it('has no next page after the last one', async () => {
        expect((await store.list((await everySession()).length)).next).toBeUndefined();
      });

      it('keeps its order from one call to the next', async () => {
        await Promise.all([create(100), create(100), create(100)]);
        const order = async () => (await everySession()).map(({ token }) => token);
        expect(await order()).toEqual(await order());
      });
    });

    describe('remove', () => {
      it('makes a session unknown at once, and leaves the others', async () => {
        const [one, other] = [await create(100), await create(100)];
        await store.remove(one.token);
        expect(await store.find(one.token)).toBeUndefined();
        expect(await store.find(other.token)).toBeDefined();
        expect((await everySession()).map(({ token }) => token)).not.toContain(one.token);
      });

      it('does nothing to a token that never was, and may be repeated', async () => {
        const { token } = await create(100);
        await store.remove(token);
        await expect(store.remove(token)).resolves.toBeUndefined();
        await expect(store.remove(randomUUID())).resolves.toBeUndefined();
      });
    });

    describe('renew', () => {
      it('gives a new TTL from now on, and keeps the rest', async () => {
        const created = await create(50);
        const renewed = await store.renew(created.token, () => ({ ttl: 500 }));
        expect(renewed).toMatchObject({
          ...created,
          ttlSeconds: 500,
          expiresIn: 500,
          expiresAt: expect.any(Date),
        });
        const found = (await store.find(created.token))!;
        expect(found).toMatchObject({
          createdAt: created.createdAt,
          memoryFragment: 'a fragment',
          ttlSeconds: 500,
        });
        expect(found.expiresIn).toBeGreaterThan(497);
        expect(Math.abs(found.expiresAt!.getTime() - (renewed as Session).expiresAt!.getTime())).toBeLessThan(
          2000,
        );
      });

      it('may shorten, rewrite the fragment, and remember another TTL than the one it applies', async () => {
        const { token } = await create(500);
        await store.renew(token, () => ({ ttl: 50, ttlSeconds: 70, memoryFragment: 'rewritten' }));
        const found = (await store.find(token))!;
        expect(found).toMatchObject({ ttlSeconds: 70, memoryFragment: 'rewritten' });
        expect(found.expiresIn).toBeLessThanOrEqual(50);
      });

      it('lets the decision see the session, and leaves it alone if it says so', async () => {
        const { token } = await create(500, 'as it was');
        const renewed = await store.renew(token, (session) => {
          expect(session).toMatchObject({ token, memoryFragment: 'as it was', ttlSeconds: 500 });
          return undefined;
        });
        expect(renewed).toMatchObject({ token, ttlSeconds: 500 });
        expect(await store.find(token)).toMatchObject({ memoryFragment: 'as it was', ttlSeconds: 500 });
      });

      it('throws what the decision throws, and nothing is written', async () => {
        const { token } = await create(500);
        const refusal = new SessionConflictError('no');
        const decide = () => {
          throw refusal;
        };
        await expect(store.renew(token, decide)).rejects.toBe(refusal);
        expect(await store.find(token)).toMatchObject({ ttlSeconds: 500 });
      });

      it('does nothing to a session that is gone or never was', async () => {
        const { token } = await create(500);
        await store.remove(token);
        for (const gone of [token, randomUUID()]) {
          expect(await store.renew(gone, () => ({ ttl: 5 }))).toBeUndefined();
          expect(await store.find(gone)).toBeUndefined();
        }
      });

      it('may be repeated, and a removal after it is for good', async () => {
        const { token } = await create(500);
        for (let ttl = 100; ttl < 110; ttl++) await store.renew(token, () => ({ ttl }));
        expect(await store.find(token)).toMatchObject({ ttlSeconds: 109 });
        await store.remove(token);
        expect(await store.find(token)).toBeUndefined();
      });
    });

    describe("a user's sessions", () => {
      const createFor = (userName: string, ttl?: number) =>
        store.create({
          token: randomUUID(),
          userName,
          memoryFragment: 'x',
          createdAt: new Date(harness.now()),
          ttl,
        });
      const everySessionOf = (userName: string, limit = 1000) =>
        walk(async (after) => {
          const page = await store.listByUser(userName, limit, after);
          expect(page.sessions.length).toBeLessThanOrEqual(limit);
          return page;
        });
      const tokensOf = async (userName: string, limit?: number) =>
        (await everySessionOf(userName, limit)).map(({ token }) => token);

      it('are listed apart from those of others, whatever the name', async () => {
        const names = ['Ada', 'ada', 'Ada ', "Ada'; --", '💀', 'x'.repeat(128)].map(
          (name) => name + randomUUID(),
        );
        for (const name of names) {
          const { token } = await createFor(name.slice(0, 128), 100);
          expect(await tokensOf(name.slice(0, 128))).toEqual([token]);
        }
        expect(await tokensOf(randomUUID())).toEqual([]);
      });

      it('are walked page by page, each once, with cursors that give no token away', async () => {
        const name = randomUUID();
        const created = await Promise.all(Array.from({ length: 30 }, () => createFor(name, 100)));
        const expected = created.map(({ token }) => token).sort();
        for (const limit of [1, 7, 29, 30, 31]) expect(await tokensOf(name, limit)).toEqual(expected);
        const { next } = await store.listByUser(name, 7);
        expect(next).toMatch(/^[0-9a-f]{32}$/);
        expect(expected.map((token) => token.replaceAll('-', ''))).not.toContain(next);
      });

      it('leave the list when they are removed, and stay in it when they are renewed', async () => {
        const name = randomUUID();
        const [one, two] = [await createFor(name, 100), await createFor(name, 100)];
        await store.renew(one.token, () => ({ ttl: 1000 }));
        await store.remove(two.token);
        expect(await everySessionOf(name)).toMatchObject([{ token: one.token, ttlSeconds: 1000 }]);
      });

      it('are removed all at once, and counted', async () => {
        const [name, other] = [randomUUID(), randomUUID()];
        const theirs = await Promise.all(Array.from({ length: 70 }, () => createFor(name, 100)));
        const { token } = await createFor(other, 100);
        await store.remove(theirs[0]!.token);
        expect(await store.removeByUser(name)).toBe(69);
        expect(await tokensOf(name)).toEqual([]);
        for (const session of theirs) expect(await store.find(session.token)).toBeUndefined();
        expect(await tokensOf(other)).toEqual([token]);
        expect(await store.removeByUser(name)).toBe(0);
      });
    });

    it('is well', async () => {
      await expect(store.checkHealth()).resolves.toBeUndefined();
    });
  });
}
