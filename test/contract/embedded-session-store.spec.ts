import { ManualClock } from '../support/manual-clock.js';
import { openEmbeddedStore } from '../support/embedded-store.js';
import { tempFolder } from '../support/temp-folder.js';
import { describeSessionStore } from './session-store.contract.js';

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
