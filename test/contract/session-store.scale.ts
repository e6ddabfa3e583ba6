import { randomUUID } from 'node:crypto';
import type { SessionStore } from '../../src/sessions/session-store.js';
import { walkTokens } from '../support/walk.js';

const ALL = 100_000;
const OF_ONE_USER = 10_000;
const AT_A_TIME = 256;

/** What must hold with many sessions. */
export function describeScale(name: string, start: () => Promise<SessionStore>): void {
  describe(`many sessions: ${name}`, () => {
    let store: SessionStore;

    beforeAll(async () => {
      store = await start();
    });

    const create = (userName: string, ttl: number) =>
      store.create({ token: randomUUID(), userName, memoryFragment: 'x', createdAt: new Date(), ttl });

    async function createMany(count: number, userName: () => string, ttl: number): Promise<string[]> {
      const tokens: string[] = [];
      const work = async () => {
        for (let made = tokens.push(''); made <= count; made = tokens.push('')) {
          tokens[made - 1] = (await create(userName(), ttl)).token;
        }
      };
      await Promise.all(Array.from({ length: AT_A_TIME }, work));
      return tokens.slice(0, count);
    }

    it(`walks ${ALL} sessions, each exactly once, while others come and go`, async () => {
      const lasting = new Set(await createMany(ALL, randomUUID, 3600));
      const walking = new AbortController();
      let others = 0;
      const comeAndGo = (async () => {
        for (; !walking.signal.aborted; others++) {
          const { token } = await create(randomUUID(), 1 + (others % 3));
          if (others % 2 === 0) await store.remove(token);
        }
      })();
      const walked = await walkTokens((after) => store.list(1000, after));
      walking.abort();
      await comeAndGo;
      expect(others).toBeGreaterThan(0);
      expect(new Set(walked).size).toBe(walked.length);
      expect(walked.filter((token) => lasting.has(token))).toHaveLength(ALL);
    }, 180_000);

    it(`lists and removes ${OF_ONE_USER} sessions of one user`, async () => {
      const userName = randomUUID();
      const created = await createMany(OF_ONE_USER, () => userName, 3600);
      expect(await walkTokens((after) => store.listByUser(userName, 1000, after))).toEqual(created.sort());
      expect(await store.removeByUser(userName)).toBe(OF_ONE_USER);
      expect(await store.listByUser(userName, 10)).toEqual({ sessions: [] });
      expect(await store.find(created[0]!)).toBeUndefined();
    }, 120_000);
  });
}
