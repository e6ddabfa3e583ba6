/** Progress, apart from the results on standard output. */
export function say(text: string): void {
  console.error(`[${(performance.now() / 1000).toFixed(0).padStart(4)} s] ${text}`);
}
