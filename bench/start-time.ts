import { startService } from './contestants.js';
import { say } from './say.js';
import type { BenchStore } from './stores.js';

/** Milliseconds from the start of the process to its first answer, a start each. */
export async function measureStarts(store: BenchStore, starts: number): Promise<number[]> {
  const milliseconds: number[] = [];
  for (let i = 0; i < starts; i++) {
    say(`${store.name}: start ${i + 1} of ${starts}`);
    const place = await store.place(`start_${i}`);
    const began = performance.now();
    const service = await startService(place);
    const answer = await fetch(`${service.origin}/health/live`);
    milliseconds.push(performance.now() - began);
    await service.stop();
    if (answer.status !== 200) throw new Error(`/health/live answered ${answer.status}`);
  }
  return milliseconds;
}
