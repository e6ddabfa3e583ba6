import { randomInt } from 'node:crypto';
import { SingleBar } from 'cli-progress';
import { CommandRunner, Option, RootCommand } from 'nest-commander';
import { Environment } from '../config/environment.js';
import type { Session } from '../sessions/session.js';
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

  /** @throws UsageError before anything is written, if an option is wrong */
  async run(parameters: string[], options: SeedOptions): Promise<void> {
    if (parameters.length > 0)
      throw new UsageError(`What is "${parameters.join(' ')}"? Only options are known.`);
    const { MAX_TTL_SECONDS } = this.environment;
    const count = wholeNumber(
      '--count',
      options.count,
      1_000_000,
      'must be a whole number from 1 to 1000000',
    );
    const ttl = wholeNumber('--ttl', options.ttl, MAX_TTL_SECONDS, ttlRule(MAX_TTL_SECONDS));
    const minTtl = wholeNumber('--min-ttl', options.minTtl ?? options.ttl, ttl, `${ttlRule(ttl)}, the --ttl`);

    console.log(`Seeding ${count} sessions into the ${this.store.description}.`);
    const started = performance.now();
    const written = await this.write(count, minTtl, ttl);
    console.table({
      'sessions written': written.length,
      'different users': new Set(written.map(({ userName }) => userName)).size,
      'first one expires': written
        .reduce((a, b) => (a.expiresAt < b.expiresAt ? a : b))
        .expiresAt.toISOString(),
      'last one expires': written
        .reduce((a, b) => (a.expiresAt > b.expiresAt ? a : b))
        .expiresAt.toISOString(),
      'seconds it took': Number(((performance.now() - started) / 1000).toFixed(2)),
    });
  }

  private async write(count: number, minTtl: number, ttl: number): Promise<Session[]> {
    const bar = new SingleBar({
      format: ' {bar} {value}/{total} sessions',
      hideCursor: true,
      clearOnComplete: true,
    });
    if (process.stderr.isTTY) bar.start(count, 0);
    const written: Session[] = [];
    try {
      while (written.length < count) {
        written.push(await this.sessions.create({ ...randomMemory(), ttl: randomInt(minTtl, ttl + 1) }));
        bar.increment();
      }
    } finally {
      bar.stop();
    }
    return written;
  }
}

function wholeNumber(option: string, text: string, max: number, rule: string): number {
  const value = Number(text);
  if (!/^\d{1,9}$/.test(text) || value < 1 || value > max)
    throw new UsageError(`${option} ${rule}, not "${text}".`);
  return value;
}
