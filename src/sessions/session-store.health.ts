import { Injectable } from '@nestjs/common';
import { HealthIndicatorService } from '@nestjs/terminus';
import type { HealthIndicatorResult } from '@nestjs/terminus';
import { reasonOf, SessionStore } from './session-store.js';

/** Up while the store answers. */
@Injectable()
export class SessionStoreHealth {
  constructor(
    private readonly store: SessionStore,
    private readonly health: HealthIndicatorService,
  ) {}

  async check(): Promise<HealthIndicatorResult> {
    const indicator = this.health.check('store');
    try {
      await this.store.checkHealth();
      return indicator.up();
    } catch (error) {
      return indicator.down(reasonOf(error as Error));
    }
  }
}
