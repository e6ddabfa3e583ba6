import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ThrottlerModule } from '@nestjs/throttler';
import { Clock } from '../config/clock.js';
import { Environment } from '../config/environment.js';
import { AccessGuard } from './access.guard.js';
import { Callers } from './caller.js';
import { RateLimitGuard } from './rate-limit.guard.js';
import { WindowCounts } from './window-counts.js';

/** Who may enter, and how often. What tries keys is counted before it is turned away. */
@Module({
  imports: [
    ThrottlerModule.forRootAsync({
      inject: [Environment, Clock],
      useFactory: ({ rateLimit }: Environment, clock: Clock) => ({
        throttlers: [{ ttl: 60_000, limit: rateLimit }],
        storage: new WindowCounts(clock),
      }),
    }),
  ],
  providers: [
    Callers,
    { provide: APP_GUARD, useClass: RateLimitGuard },
    { provide: APP_GUARD, useClass: AccessGuard },
  ],
})
export class AccessModule {}
