import { readFileSync } from 'node:fs';
import { auth, policies, types } from 'cassandra-driver';
import type { Environment } from '../config/environment.js';
import { StartupError } from '../config/startup-error.js';
import { RetryElsewherePolicy } from './retry-elsewhere.policy.js';

/** What one call of a store may take in all, over every statement, retry and host: a client has its 503 within 2 s. */
export const DEADLINE_MS = 1800;
/** A node that has not answered by then is asked again through another one; the first answer counts. */
const SPECULATIVE_AFTER_MS = 400;

type DriverEnvironment = Pick<
  Environment,
  | 'SCYLLA_HOSTS'
  | 'SCYLLA_LOCAL_DC'
  | 'SCYLLA_CONSISTENCY'
  | 'SCYLLA_USERNAME'
  | 'SCYLLA_PASSWORD'
  | 'SCYLLA_TLS_CA'
>;

/**
 * How the driver is to connect and behave. No Nest in here: the floor of the benchmark connects the same way.
 * @throws StartupError if SCYLLA_TLS_CA cannot be read
 */
export function driverOptions(environment: DriverEnvironment) {
  const { SCYLLA_HOSTS, SCYLLA_LOCAL_DC, SCYLLA_CONSISTENCY, SCYLLA_USERNAME, SCYLLA_TLS_CA } = environment;
  const port = Number(/:(\d+)$/.exec(SCYLLA_HOSTS[0] ?? '')?.[1] ?? 9042);
  return {
    contactPoints: SCYLLA_HOSTS,
    localDataCenter: SCYLLA_LOCAL_DC,
    // Version 4 is what ScyllaDB and Cassandra 3 to 5 share; more would cost a downgrade handshake at start.
    protocolOptions: { port, maxVersion: 4 },
    authProvider: SCYLLA_USERNAME
      ? new auth.PlainTextAuthProvider(SCYLLA_USERNAME, environment.SCYLLA_PASSWORD)
      : undefined,
    sslOptions: SCYLLA_TLS_CA ? { ca: readAuthorities(SCYLLA_TLS_CA), rejectUnauthorized: true } : undefined,
    queryOptions: { consistency: CONSISTENCY[SCYLLA_CONSISTENCY] },
    encoding: { useBigIntAsLong: true, useUndefinedAsUnset: true },
    // A dead node is missed by its heartbeat, and a node that is back is found within a second.
    pooling: { heartBeatInterval: 5000 },
    socketOptions: { connectTimeout: 2000, readTimeout: DEADLINE_MS },
    policies: {
      reconnection: new policies.reconnection.ConstantReconnectionPolicy(1000),
      retry: new RetryElsewherePolicy(),
      speculativeExecution: new policies.speculativeExecution.ConstantSpeculativeExecutionPolicy(
        SPECULATIVE_AFTER_MS,
        2,
      ),
    },
  };
}

const CONSISTENCY = {
  ONE: types.consistencies.one,
  TWO: types.consistencies.two,
  THREE: types.consistencies.three,
  QUORUM: types.consistencies.quorum,
  ALL: types.consistencies.all,
  LOCAL_QUORUM: types.consistencies.localQuorum,
  EACH_QUORUM: types.consistencies.eachQuorum,
  LOCAL_ONE: types.consistencies.localOne,
};

function readAuthorities(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new StartupError(`SCYLLA_TLS_CA cannot be read: ${(error as Error).message}.`);
  }
}
