import type { ThrottlerStorage } from '@nestjs/throttler';
import type { Clock } from '../config/clock.js';

type Counted = Awaited<ReturnType<ThrottlerStorage['increment']>>;

/**
 * Counts requests by fixed windows that are the same for everybody: one map, thrown away when the window is over. The
 * throttler's own storage keeps a timer for each request, a minute long.
 */
export class WindowCounts implements ThrottlerStorage {
  private counts = new Map<string, number>();
  private end = 0;

  constructor(private readonly clock: Clock) {}

  increment(tracker: string, windowMs: number, limit: number): Promise<Counted> {
    const now = this.clock.now();
    if (now >= this.end) {
      this.counts = new Map();
      this.end = now + windowMs;
    }
    const totalHits = (this.counts.get(tracker) ?? 0) + 1;
    this.counts.set(tracker, totalHits);
    const seconds = Math.ceil((this.end - now) / 1000);
    return Promise.resolve({
      totalHits,
      timeToExpire: seconds,
      isBlocked: totalHits > limit,
      timeToBlockExpire: seconds,
    });
  }
}
