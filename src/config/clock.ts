import { Injectable } from '@nestjs/common';

/** The time of this machine. Injected, so that a test can move it. */
@Injectable()
export class Clock {
  /** Milliseconds since 1970. */
  now(): number {
    return Date.now();
  }
}
