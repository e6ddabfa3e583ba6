/** What a TTL must be, in the words every refusal uses. */
export function ttlRule(max: number | string): string {
  return `must be a whole number of seconds from 1 to ${max}`;
}
