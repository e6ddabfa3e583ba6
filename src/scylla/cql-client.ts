import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { OnApplicationShutdown } from '@nestjs/common';
import { Client, errors, types } from 'cassandra-driver';
import type { Host, metadata } from 'cassandra-driver';
import type { Environment } from '../config/environment.js';
import { StartupError } from '../config/startup-error.js';
import type { Metrics } from '../metrics/metrics.js';
import { DEADLINE_MS, driverOptions } from './driver-options.js';
import { noteStatement } from './statement-trace.js';

/** A call's time limit, which several statements may share. */
export class Deadline {
  private readonly end = performance.now() + DEADLINE_MS;

  get left(): number {
    return Math.max(0, this.end - performance.now());
  }
}

/** The deadline has passed; a write may still land. */
export class LateError extends Error {}

/** The one connection to the cluster, and the token that Nest injects it by. */
export class CqlClient implements OnApplicationShutdown {
  private constructor(
    private readonly driver: Client,
    readonly keyspace: string,
  ) {}

  /**
   * Connects, trying again after growing pauses.
   * @throws StartupError if the cluster does not answer within SCYLLA_STARTUP_TIMEOUT_SECONDS
   */
  static async connect(environment: Environment, metrics?: Metrics): Promise<CqlClient> {
    const { SCYLLA_HOSTS, SCYLLA_KEYSPACE, SCYLLA_STARTUP_TIMEOUT_SECONDS } = environment;
    const options = driverOptions(environment);
    const giveUp = performance.now() + SCYLLA_STARTUP_TIMEOUT_SECONDS * 1000;
    for (let wait = 250; ; wait = Math.min(2 * wait, 5000)) {
      // A client that failed to connect keeps its broken hosts, so each try has a new one.
      const driver = new Client(options);
      try {
        await driver.connect();
        const client = new CqlClient(driver, SCYLLA_KEYSPACE);
        client.logHosts();
        if (metrics) client.expose(metrics);
        return client;
      } catch (error) {
        await driver.shutdown().catch(() => undefined);
        if (isPermanent(error)) {
          throw new StartupError(
            `The CQL cluster at ${SCYLLA_HOSTS.join(', ')} cannot be used: ${reason(error)}.`,
          );
        }
        if (performance.now() + wait > giveUp) {
          throw new StartupError(
            `No CQL cluster answers at ${SCYLLA_HOSTS.join(', ')} after ${SCYLLA_STARTUP_TIMEOUT_SECONDS} s: ${reason(error)}. ` +
              'Start one (`make db-up DB=scylla` or `DB=cassandra`), or set SCYLLA_HOSTS and SCYLLA_LOCAL_DC.',
          );
        }
        await pause(wait);
      }
    }
  }

  /**
   * Runs one prepared statement and gives back its first page.
   * @param parameters values in the statement's order; `undefined` leaves a column unset. Never null: that would be a
   *   tombstone for a column, and immortality for a TTL.
   * @param timestamp the write's time in microseconds, the same for every retry; without it the driver takes now
   * @throws LateError once the deadline has passed, or whatever the driver throws
   */
  async execute(
    cql: string,
    parameters: unknown[],
    { deadline = new Deadline(), timestamp }: { deadline?: Deadline; timestamp?: bigint } = {},
  ): Promise<types.ResultSet> {
    const options = {
      prepare: true,
      isIdempotent: true,
      // Microseconds stay below 2^53 until the year 2255.
      timestamp: timestamp === undefined ? undefined : types.Long.fromNumber(Number(timestamp)),
    };
    const started = performance.now();
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<types.ResultSet>((resolve, reject) => {
        const late = () => reject(new LateError(`the cluster did not answer within ${DEADLINE_MS} ms`));
        timer = setTimeout(late, deadline.left);
        this.driver.execute(cql, parameters, options).then(resolve, reject);
      });
    } finally {
      clearTimeout(timer);
      noteStatement(cql, parameters, started);
    }
  }

  /** Runs a statement that defines something, or asks for definitions; it may take as long as the driver lets it. */
  define(cql: string, parameters: string[] = []): Promise<types.ResultSet> {
    return this.driver.execute(cql, parameters, {
      consistency: types.consistencies.localOne,
      readTimeout: 30_000,
    });
  }

  onApplicationShutdown(): Promise<void> {
    return this.driver.shutdown();
  }

  /** How many copies of each row the keyspace keeps, in all data centres together; undefined if it is not there. */
  async copies(): Promise<number | undefined> {
    const { rows } = await this.define(
      'SELECT replication FROM system_schema.keyspaces WHERE keyspace_name = ?',
      [this.keyspace],
    );
    if (!rows[0]) return undefined;
    // By data centre how many, and beside them the class.
    const replication = rows[0].get('replication') as Record<string, string>;
    return Object.entries(replication)
      .filter(([name]) => name !== 'class')
      .reduce((sum, [, factor]) => sum + Number.parseInt(factor, 10), 0);
  }

  /** The statement that makes the keyspace. */
  createKeyspace({ SCYLLA_LOCAL_DC, SCYLLA_REPLICATION_FACTOR }: Environment): string {
    const dc = SCYLLA_LOCAL_DC.replaceAll("'", "''");
    return (
      `CREATE KEYSPACE IF NOT EXISTS ${this.keyspace} WITH replication = ` +
      `{'class': 'NetworkTopologyStrategy', '${dc}': ${SCYLLA_REPLICATION_FACTOR}}`
    );
  }

  /** What the driver knows of each host, read when somebody asks for the metrics. */
  private expose(metrics: Metrics): void {
    const byHost = (name: string, help: string, read: (host: Host, state: metadata.ClientState) => number) =>
      metrics.gaugeByHost(name, help, () => {
        const state = this.driver.getState();
        return this.driver.hosts.values().map((host) => [host.address, read(host, state)]);
      });
    byHost('ephemera_cql_host_up', 'Whether the driver takes a node for reachable: 1 or 0.', (host) =>
      host.isUp() ? 1 : 0,
    );
    byHost('ephemera_cql_connections', "Open connections to a node: the driver's pool.", (host, state) =>
      state.getOpenConnections(host),
    );
    byHost('ephemera_cql_requests_in_flight', 'Statements that a node has yet to answer.', (host, state) =>
      state.getInFlightQueries(host),
    );
  }

  private logHosts(): void {
    const logger = new Logger(CqlClient.name);
    this.driver.on('hostUp', ({ address }: { address: string }) => logger.warn(`Node ${address} is up.`));
    this.driver.on('hostDown', ({ address }: { address: string }) => logger.warn(`Node ${address} is down.`));
  }
}

/** Whether trying again is in vain: a wrong password, data centre or port. */
function isPermanent(error: unknown): boolean {
  const inner = Object.values((error as { innerErrors?: Record<string, Error> }).innerErrors ?? {});
  return [error, ...inner].some(
    (each) =>
      each instanceof errors.AuthenticationError ||
      each instanceof errors.ArgumentError ||
      each instanceof RangeError,
  );
}

/** What really stopped us: NoHostAvailableError keeps it by host. */
function reason(error: unknown): string {
  const { message, innerErrors } = error as Error & { innerErrors?: Record<string, Error> };
  const inner = Object.entries(innerErrors ?? {}).map(([host, { message: why }]) => `${host}: ${why}`);
  return inner.length > 0 ? inner.join('; ') : message.replace(/\.$/, '');
}
