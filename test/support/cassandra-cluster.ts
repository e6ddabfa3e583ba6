import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const FOLDER = join(import.meta.dirname, '..', '..', 'tools', 'cassandra');

/** A Cassandra cluster of the tests' own, apart from any that somebody runs for themselves. */
export class CassandraCluster {
  private readonly variables: Record<string, string>;

  /** @param net the first three numbers of its addresses, by which clusters are told apart */
  constructor(private readonly net: string) {
    this.variables = { CASSANDRA_NET: net, CASSANDRA_DIR: join(FOLDER, 'data', `test-${net}`) };
  }

  address(node: number): string {
    return `${this.net}.${node}`;
  }

  /** Starts it empty, with 1 to 3 nodes, and waits until all answer. */
  async create(nodes: number): Promise<void> {
    await this.run('clean');
    await this.run('up', String(nodes));
  }

  /** Brings one node back, and waits until it answers. */
  async start(node: number): Promise<void> {
    await this.run('start', String(node));
  }

  async signal(node: number, signal: NodeJS.Signals): Promise<void> {
    process.kill(Number(await this.run('pid', String(node))), signal);
  }

  async destroy(): Promise<void> {
    await this.run('clean');
  }

  private async run(...parameters: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(join(FOLDER, 'cassandra'), parameters, {
      env: { ...process.env, ...this.variables },
    });
    return stdout;
  }
}

/** What Cassandra's tests cannot do without here; undefined if all is there. Said aloud; in CI it is a failure. */
export function whatCassandraLacks(): string | undefined {
  const missing = ['java', 'mvn'].filter((command) => spawnSync(command, ['-version']).error);
  if (missing.length === 0) return undefined;
  const message = `Without ${missing.join(' and ')} (Java 17 and Maven) there is no Cassandra here: its tests are skipped.`;
  if (process.env.CI) throw new Error(message);
  return message;
}
