import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { Draining } from '../http/draining.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { HealthController } from './health.controller.js';
import { MetricsController } from './metrics.controller.js';

@Module({
  imports: [TerminusModule.forRoot({ logger: false }), SessionsModule],
  controllers: [HealthController, MetricsController],
  providers: [Draining],
  exports: [Draining],
})
export class HealthModule {}
