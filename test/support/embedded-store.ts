import { onTeardown } from './teardown.js';
import { parseEnvironment } from '../../src/config/environment.js';
import { EmbeddedSessionStore } from '../../src/sessions/embedded-session-store.js';
import { Metrics } from '../../src/metrics/metrics.js';
import type { Clock } from '../../src/config/clock.js';

/** An open embedded store, closed after the file's tests. */
export function openEmbeddedStore(clock: Clock, folder: string): EmbeddedSessionStore {
  const store = new EmbeddedSessionStore(parseEnvironment({ DATA_DIR: folder }), clock, new Metrics());
  store.onModuleInit();
  onTeardown(() => store.onApplicationShutdown());
  return store;
}
