import { setTimeout as pause } from 'node:timers/promises';
import { describeSessionStore } from '../contract/session-store.contract.js';
import { describeOnCassandra, onCassandra } from '../support/cassandra.js';
import { openScyllaStore } from '../support/scylla-store.js';

describeOnCassandra('on Cassandra', () => {
  describeSessionStore('scylla', async () => ({
    store: await openScyllaStore(onCassandra()),
    defaultTtl: 300,
    pass: (seconds) => pause(seconds * 1000),
    now: () => Date.now(),
  }));
});
