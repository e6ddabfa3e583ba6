import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type { SessionStore } from '../../src/sessions/session-store.js';
import { walkTokens } from '../support/walk.js';

interface Known {
  user: string;
  fragment: string;
  ttl: number;
  /** The first second in which it is gone. */
  expiry: number;
}

/** The whole truth about sessions, in a few lines: what each step must do to the store. */
class Model {
  readonly sessions = new Map<string, Known>();
  constructor(private readonly second: () => number) {}

  create(token: string, user: string, ttl: number): void {
    this.sessions.set(token, { user, fragment: 'first', ttl, expiry: this.second() + ttl });
  }
  find(token: string): Known | undefined {
    const known = this.sessions.get(token);
    return known && known.expiry > this.second() ? known : undefined;
  }
  renew(token: string, ttl: number, fragment: string): void {
    const known = this.find(token);
    if (known) this.sessions.set(token, { ...known, fragment, ttl, expiry: this.second() + ttl });
  }
  remove(token: string): void {
    this.sessions.delete(token);
  }
  live(user?: string): string[] {
    const tokens = [...this.sessions.keys()].filter((token) => this.find(token));
    return tokens.filter((token) => user === undefined || this.sessions.get(token)?.user === user).sort();
  }
}

const USERS = ['Ada', 'Bao', 'Çelik'];
const user = fc.constantFrom(...USERS);
/** Which of the tokens made so far, the dead ones included. */
const which = fc.nat(30);
const STEPS = {
  create: fc.tuple(fc.constant('create' as const), user, fc.integer({ min: 1, max: 40 })),
  renew: fc.tuple(fc.constant('renew' as const), which, fc.integer({ min: 1, max: 40 })),
  find: fc.tuple(fc.constant('find' as const), which),
  remove: fc.tuple(fc.constant('remove' as const), which),
  list: fc.tuple(fc.constant('list' as const), fc.integer({ min: 1, max: 5 })),
  listByUser: fc.tuple(fc.constant('listByUser' as const), user, fc.integer({ min: 1, max: 5 })),
  removeByUser: fc.tuple(fc.constant('removeByUser' as const), user),
  pass: fc.tuple(fc.constant('pass' as const), fc.integer({ min: 1, max: 15_000 })),
};

export interface ModelledStore {
  store: SessionStore;
  /** Milliseconds since 1970, by the store's clock. */
  now: () => number;
  /** Moves that clock; without it time stands still for the model, and TTLs are too long to matter. */
  advance?: (milliseconds: number) => void;
}

/** Random sequences of everything a store can do, each held against the model. Shrinks to the shortest that fails. */
export async function checkAgainstModel(start: () => Promise<ModelledStore>, runs: number): Promise<void> {
  const { pass, ...timeless } = STEPS;
  const { advance } = await start();
  const step = advance ? fc.oneof(...Object.values(timeless), pass) : fc.oneof(...Object.values(timeless));
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const { store, now, advance: move } = await start();
      // Without a clock to move, a TTL must outlast the test.
      const scale = move ? 1 : 1000;
      const model = new Model(() => Math.floor(now() / 1000));
      const tokens = [randomUUID() as string];
      for (const step of steps) {
        const token = typeof step[1] === 'number' ? tokens[step[1] % tokens.length]! : '';
        switch (step[0]) {
          case 'create': {
            const [fresh, ttl] = [randomUUID(), step[2] * scale];
            tokens.push(fresh);
            model.create(fresh, step[1], ttl);
            await store.create({
              token: fresh,
              userName: step[1],
              memoryFragment: 'first',
              createdAt: new Date(now()),
              ttl,
            });
            break;
          }
          case 'renew':
            model.renew(token, step[2] * scale, `renewed ${step[2]}`);
            await store.renew(token, () => ({ ttl: step[2] * scale, memoryFragment: `renewed ${step[2]}` }));
            break;
          case 'remove':
            model.remove(token);
            await store.remove(token);
            break;
          case 'removeByUser':
            expect(await store.removeByUser(step[1])).toBe(model.live(step[1]).length);
            for (const each of model.live(step[1])) model.remove(each);
            break;
          case 'find': {
            const [known, found] = [model.find(token), await store.find(token)];
            expect(found && [found.userName, found.memoryFragment, found.ttlSeconds]).toEqual(
              known && [known.user, known.fragment, known.ttl],
            );
            if (move && known) expect(found?.expiresAt?.getTime()).toBe(1000 * known.expiry);
            break;
          }
          case 'list':
            expect((await walkTokens((after) => store.list(step[1], after))).sort()).toEqual(model.live());
            break;
          case 'listByUser':
            expect(await walkTokens((after) => store.listByUser(step[1], step[2], after))).toEqual(
              model.live(step[1]),
            );
            break;
          case 'pass':
            move?.(step[1]);
        }
      }
    }),
    { numRuns: runs },
  );
}
