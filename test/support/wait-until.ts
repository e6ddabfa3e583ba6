import { setTimeout as pause } from 'node:timers/promises';

/** Asks again and again until the answer is true; a test's time limit ends it. */
export async function waitUntil(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await pause(50);
}
