import { Clock } from '../../src/config/clock.js';
import { ManualClock } from '../support/manual-clock.js';
import { openEmbeddedStore } from '../support/embedded-store.js';
import { tempFolder } from '../support/temp-folder.js';
import { describeSessionStore } from './session-store.contract.js';
import { checkAgainstModel } from './session-store.model.js';
import { describeScale } from './session-store.scale.js';
import { describeRaces } from './session-store.races.js';

describeSessionStore('embedded', () => {
  const clock = new ManualClock();
  return Promise.resolve({
    store: openEmbeddedStore(clock, tempFolder()),
    defaultTtl: 300,
    pass: (seconds) => {
      clock.advance(seconds * 1000);
      return Promise.resolve();
    },
    now: () => clock.now(),
  });
});

describeRaces('embedded', () => {
  const folder = tempFolder();
  return Promise.resolve([openEmbeddedStore(new Clock(), folder), openEmbeddedStore(new Clock(), folder)]);
});

describeScale('embedded', () => Promise.resolve(openEmbeddedStore(new Clock(), tempFolder())));

it('does what the model says, in random sequences of steps: embedded', async () => {
  const clock = new ManualClock();
  const store = openEmbeddedStore(clock, tempFolder());
  const start = async () => {
    for (const { token } of (await store.list(100_000)).sessions) await store.remove(token);
    return { store, now: () => clock.now(), advance: (ms: number) => clock.advance(ms) };
  };
  await checkAgainstModel(start, 300);
}, 120_000);
