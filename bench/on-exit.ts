const steps: (() => void)[] = [];

/** Remembers what to undo, at once and the last one first, however the bench ends. */
export function onExit(step: () => void): void {
  steps.push(step);
}

process.once('exit', () => {
  for (const step of steps.reverse()) step();
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));
