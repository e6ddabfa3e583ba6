import { randomInt, randomUUID } from 'node:crypto';
import type { Session } from '../../src/sessions/session.js';
import type { SessionStore } from '../../src/sessions/session-store.js';

const ROUNDS = 500;
const AT_A_TIME = 20;

/**
 * What may happen at the same time, does: each pair of actions, many times, started together in random order.
 * @param start two stores over the same sessions, which may disagree on the time
 */
export function describeRaces(name: string, start: () => Promise<[SessionStore, SessionStore]>): void {
  describe(`races: ${name}`, () => {
    let stores: [SessionStore, SessionStore];

    beforeAll(async () => {
      stores = await start();
    });

    const either = () => stores[randomInt(2)]!;
    const create = (userName: string, token: string = randomUUID()) =>
      either().create({ token, userName, memoryFragment: 'first', createdAt: new Date(), ttl: 400 });
    const renew = (token: string, ttl: number, memoryFragment: string) =>
      either().renew(token, () => ({ ttl, memoryFragment }));

    /** Starts both within a few milliseconds of one another, in random order, and waits for both. */
    const race = async (one: () => Promise<unknown>, other: () => Promise<unknown>) => {
      const late = (action: () => Promise<unknown>) =>
        new Promise((resolve) => setTimeout(resolve, randomInt(4))).then(action);
      await Promise.all(randomInt(2) === 0 ? [late(one), late(other)] : [late(other), late(one)]);
    };

    /** Plays the rounds; each answers whether all was right. */
    const play = async (round: (userName: string, session: Session) => Promise<boolean>) => {
      let violations = 0;
      for (let played = 0; played < ROUNDS; played += AT_A_TIME) {
        const results = await Promise.all(
          Array.from({ length: AT_A_TIME }, async () => {
            const userName = randomUUID();
            return round(userName, await create(userName));
          }),
        );
        violations += results.filter((right) => !right).length;
      }
      console.log(`${expect.getState().currentTestName ?? ''}: ${ROUNDS} rounds, ${violations} violations`);
      expect(violations).toBe(0);
    };
    const isGone = async (userName: string, token: string) =>
      (await either().find(token)) === undefined &&
      (await either().listByUser(userName, 10)).sessions.length === 0;

    it('renew and remove: it is gone', () =>
      play(async (userName, { token }) => {
        await race(
          () => renew(token, 900, 'renewed'),
          () => either().remove(token),
        );
        return isGone(userName, token);
      }));

    it('renew and renew: one of the two is left, whole', () =>
      play(async (_, { token }) => {
        await race(
          // Both shortened to one end, as by an absolute lifetime: nothing but the date tells them apart.
          () => either().renew(token, () => ({ ttl: 700, ttlSeconds: 900, memoryFragment: 'seven' })),
          () => either().renew(token, () => ({ ttl: 700, ttlSeconds: 800, memoryFragment: 'zebra' })),
        );
        const { ttlSeconds, memoryFragment } = (await either().find(token))!;
        return memoryFragment === 'seven' ? ttlSeconds === 900 : ttlSeconds === 800;
      }));

    it('a long and a short renewal: one of the two is left, whole', () =>
      play(async (userName, { token }) => {
        await race(
          () => renew(token, 900, 'long'),
          () => renew(token, 100, 'short'),
        );
        const found = (await either().find(token))!;
        const [listed] = (await either().listByUser(userName, 10)).sessions;
        const whole = found.memoryFragment === 'long' ? [900, 900] : [100, 100];
        return (
          found.ttlSeconds === whole[0] &&
          found.expiresIn! <= whole[1]! &&
          found.expiresIn! > whole[1]! - 30 &&
          listed?.token === token
        );
      }));

    it('renew and remove all of the user: it is gone', () =>
      play(async (userName, { token }) => {
        await race(
          () => renew(token, 900, 'renewed'),
          () => either().removeByUser(userName),
        );
        return isGone(userName, token);
      }));

    it('create and remove all of the user: it is gone, or there whole', () =>
      play(async (userName) => {
        const token = randomUUID();
        await race(
          () => create(userName, token),
          () => either().removeByUser(userName),
        );
        const found = await either().find(token);
        const listed = (await either().listByUser(userName, 10)).sessions.map((session) => session.token);
        return found
          ? found.memoryFragment === 'first' && found.ttlSeconds === 400 && listed.join() === token
          : listed.length === 0;
      }));
  });
}
