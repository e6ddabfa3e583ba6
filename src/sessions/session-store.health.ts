import { Injectable, Logger } from '@nestjs/common';
import { HealthIndicatorService } from '@nestjs/terminus';
import type { HealthIndicatorResult } from '@nestjs/terminus';
import { SessionStore } from './session-store.js';

/** Up while the store answers. */
@Injectable()
export class SessionStoreHealth {
  private readonly logger = new Logger(SessionStoreHealth.name);

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
      const { message, cause } = error as Error;
      this.logger.warn(`Not ready: ${message}${cause instanceof Error ? `: ${cause.message}` : ''}`);
      return indicator.down('The store does not answer.');
    }
  }
}
