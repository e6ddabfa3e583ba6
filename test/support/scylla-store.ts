import { parseEnvironment } from '../../src/config/environment.js';
import { CqlClient } from '../../src/scylla/cql-client.js';
import { Clock } from '../../src/config/clock.js';
import { ScyllaSessionStore } from '../../src/sessions/scylla-session-store.js';
import { onTeardown } from './teardown.js';

/** A store on a cluster, its tables ready; closed after the file's tests. */
export async function openScyllaStore(variables: Record<string, string>, clock = new Clock()) {
  const environment = parseEnvironment(variables);
  const client = await CqlClient.connect(environment);
  onTeardown(() => client.onApplicationShutdown());
  const store = new ScyllaSessionStore(client, environment, clock);
  await store.onModuleInit();
  return store;
}
