import { randomInt } from 'node:crypto';
import { SingleBar } from 'cli-progress';
import { CommandRunner, Option, RootCommand } from 'nest-commander';
import { Environment } from '../config/environment.js';
import { textFault } from '../http/is-text.js';
import { USER_NAME } from '../sessions/create-session.dto.js';
import type { NewSession } from '../sessions/session.js';
import { SessionStore } from '../sessions/session-store.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { ttlRule } from '../sessions/ttl-rule.js';
import { randomMemory } from './memories.js';

/** The command line is wrong; nothing was written. */
export class UsageError extends Error {}

interface SeedOptions {
  count: string;
  ttl: string;
  minTtl?: string;
  user?: string;
  concurrency: string;
}

/** What is left to tell of the sessions written; the sessions themselves are not kept. */
interface Tally {
  written: number;
  users: Set<string>;
  first: number;
  last: number;
}

/** Fills the store with memories, each written with a TTL of its own. */
@RootCommand({ name: 'seed', description: 'Store random memories as sessions.' })
export class SeedCommand extends CommandRunner {
  constructor(
    private readonly sessions: SessionsService,
    private readonly store: SessionStore,
    private readonly environment: Environment,
  ) {
    super();
  }

  @Option({ flags: '--count <number>', description: 'how many sessions', defaultValue: '20' })
  parseCount(value: string): string {
    return value;
  }

  @Option({ flags: '--ttl <seconds>', description: 'the TTL of each', defaultValue: '300' })
  parseTtl(value: string): string {
    return value;
  }

  @Option({ flags: '--min-ttl <seconds>', description: 'draw each TTL at random between this and --ttl' })
  parseMinTtl(value: string): string {
    return value;
  }

  @Option({ flags: '--user <name>', description: 'whose sessions; without it random users' })
  parseUser(value: string): string {
    return value;
  }

  @Option({ flags: '--concurrency <number>', description: 'how many writes at a time', defaultValue: '16' })
  parseConcurrency(value: string): string {
    return value;
  }

  /** @throws UsageError before anything is written, if an option is wrong */
  async run(parameters: string[], options: SeedOptions): Promise<void> {
    if (parameters.length > 0)
      throw new UsageError(`What is "${parameters.join(' ')}"? Only options are known.`);
    const { MAX_TTL_SECONDS } = this.environment;
    const count = wholeNumber(
      '--count',
      options.count,
      10_000_000,
      'must be a whole number from 1 to 10000000',
    );
    const ttl = wholeNumber('--ttl', options.ttl, MAX_TTL_SECONDS, ttlRule(MAX_TTL_SECONDS));
    const minTtl = wholeNumber('--min-ttl', options.minTtl ?? options.ttl, ttl, `${ttlRule(ttl)}, the --ttl`);
    const concurrency = wholeNumber(
      '--concurrency',
      options.concurrency,
      1000,
      'must be a whole number from 1 to 1000',
    );
    const fault = options.user === undefined ? undefined : textFault(options.user, USER_NAME);
    if (fault) throw new UsageError(`--user ${fault}.`);

    console.log(`Seeding ${count} sessions into the ${this.store.description}.`);
    const started = performance.now();
    const make = () => ({
      ...randomMemory(),
      ...(options.user === undefined ? {} : { userName: options.user }),
      ttl: randomInt(minTtl, ttl + 1),
    });
    const tally = await this.write(count, concurrency, make);
    const seconds = (performance.now() - started) / 1000;
    console.table({
      'sessions written': tally.written,
      'different users': tally.users.size,
      'first one expires': isoTime(tally.first),
      'last one expires': isoTime(tally.last),
      'seconds it took': Number(seconds.toFixed(2)),
      'sessions a second': Math.round(tally.written / seconds),
    });
    if (tally.written < count) {
      console.log(`Stopped: ${tally.written} of ${count} sessions were written.`);
      process.exitCode = 130;
    }
  }

  /** Writes until all are written, or Ctrl-C: then what is under way is finished, and no more begun. */
  private async write(count: number, concurrency: number, make: () => Required<NewSession>): Promise<Tally> {
    const tally: Tally = { written: 0, users: new Set(), first: Infinity, last: 0 };
    const bar = new SingleBar({
      format: ' {bar} {value}/{total} sessions, {rate}/s',
      hideCursor: true,
      clearOnComplete: true,
      gracefulExit: false,
    });
    if (process.stderr.isTTY) bar.start(count, 0, { rate: 0 });
    const started = performance.now();
    let [begun, stopped] = [0, false];
    const stop = () => (stopped = true);
    process.on('SIGINT', stop);
    const work = async () => {
      while (begun < count && !stopped) {
        begun++;
        const session = make();
        const { expiresAt } = await this.sessions.create(session);
        tally.written++;
        tally.users.add(session.userName);
        tally.first = Math.min(tally.first, Number(expiresAt));
        tally.last = Math.max(tally.last, Number(expiresAt));
        bar.update(tally.written, {
          rate: Math.round((1000 * tally.written) / (performance.now() - started)),
        });
      }
    };
    try {
      await Promise.all(Array.from({ length: concurrency }, work));
    } catch (error) {
      stop();
      throw new Error(`after ${tally.written} sessions: ${(error as Error).message}`, { cause: error });
    } finally {
      process.off('SIGINT', stop);
      bar.stop();
    }
    return tally;
  }
}

function isoTime(milliseconds: number): string {
  return Number.isFinite(milliseconds) && milliseconds > 0 ? new Date(milliseconds).toISOString() : 'none';
}

function wholeNumber(option: string, text: string, max: number, rule: string): number {
  const value = Number(text);
  if (!/^\d{1,9}$/.test(text) || value < 1 || value > max)
    throw new UsageError(`${option} ${rule}, not "${text}".`);
  return value;
}
