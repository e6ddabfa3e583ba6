const steps: (() => unknown)[] = [];

/** Remembers what to undo when this file's tests are over: the last one first. */
export function onTeardown(step: () => unknown): void {
  steps.push(step);
}

afterAll(async () => {
  for (const step of steps.reverse()) await step();
});
