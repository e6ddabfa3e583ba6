import { Module } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { AccessModule } from './access/access.module.js';
import { ConfigModule } from './config/config.module.js';
import { DashboardModule } from './dashboard/dashboard.module.js';
import { HealthModule } from './health/health.module.js';
import { DtoValidationPipe } from './http/dto-validation.pipe.js';
import { RequestsInFlight } from './http/requests-in-flight.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { ProblemFilter } from './app.filter.js';
import { SessionsModule } from './sessions/sessions.module.js';

@Module({
  imports: [ConfigModule, MetricsModule, AccessModule, SessionsModule, DashboardModule, HealthModule],
  providers: [
    RequestsInFlight,
    { provide: APP_PIPE, useClass: DtoValidationPipe },
    { provide: APP_FILTER, useClass: ProblemFilter },
  ],
})
export class AppModule {}
