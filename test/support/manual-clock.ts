import { Clock } from '../../src/config/clock.js';

/** A clock that stands still until a test moves it. */
export class ManualClock extends Clock {
  constructor(private time = Date.UTC(2026, 0, 1)) {
    super();
  }

  override now(): number {
    return this.time;
  }

  advance(milliseconds: number): void {
    this.time += milliseconds;
  }
}

/** A clock that runs, but is wrong by so many milliseconds. */
export class SkewedClock extends Clock {
  constructor(private readonly skew: number) {
    super();
  }

  override now(): number {
    return super.now() + this.skew;
  }
}
