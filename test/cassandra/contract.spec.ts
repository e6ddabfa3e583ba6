import { setTimeout as pause } from 'node:timers/promises';
import { describeSessionStore } from '../contract/session-store.contract.js';
import { checkAgainstModel } from '../contract/session-store.model.js';
import { describeScale } from '../contract/session-store.scale.js';
import { describeRaces } from '../contract/session-store.races.js';
import { describeOnCassandra, onCassandra } from '../support/cassandra.js';
import { SkewedClock } from '../support/manual-clock.js';
import { openScyllaStore } from '../support/scylla-store.js';

describeOnCassandra('on Cassandra', () => {
  describeSessionStore('scylla', async () => ({
    store: await openScyllaStore(onCassandra()),
    defaultTtl: 300,
    pass: (seconds) => pause(seconds * 1000),
    now: () => Date.now(),
  }));

  describeRaces('scylla, from two processes whose clocks are 5 s apart', async () => {
    const variables = onCassandra();
    return [
      await openScyllaStore(variables, new SkewedClock(2500)),
      await openScyllaStore(variables, new SkewedClock(-2500)),
    ];
  });

  describeScale('scylla', () => openScyllaStore(onCassandra()));

  it('does what the model says, in random sequences of steps: scylla', async () => {
    const store = await openScyllaStore(onCassandra());
    const start = async () => {
      for (const { token } of (await store.list(10_000)).sessions) await store.remove(token);
      return { store, now: () => Date.now() };
    };
    await checkAgainstModel(start, 40);
  }, 120_000);
});
