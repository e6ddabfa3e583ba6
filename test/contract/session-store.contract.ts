import { randomUUID } from 'node:crypto';
import type { Session } from '../../src/sessions/session.js';
import type { SessionStore } from '../../src/sessions/session-store.js';

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

    /** Walks all pages, as a client does. */
    const everySession = async (limit = 1000): Promise<Session[]> => {
      const all: Session[] = [];
      for (let page = await store.list(limit); ; page = await store.list(limit, page.next)) {
        expect(page.sessions.length).toBeLessThanOrEqual(limit);
        all.push(...page.sessions);
        if (page.next === undefined) return all;
      }
    };

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

    it('is well', async () => {
      await expect(store.checkHealth()).resolves.toBeUndefined();
    });
  });
}
