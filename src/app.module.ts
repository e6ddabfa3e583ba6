import { Module } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { ConfigModule } from './config/config.module.js';
import { DashboardModule } from './dashboard/dashboard.module.js';
import { HealthModule } from './health/health.module.js';
import { DtoValidationPipe } from './http/dto-validation.pipe.js';
import { ProblemFilter } from './app.filter.js';
import { SessionsModule } from './sessions/sessions.module.js';

@Module({
  imports: [ConfigModule, SessionsModule, DashboardModule, HealthModule],
  providers: [
    { provide: APP_PIPE, useClass: DtoValidationPipe },
    { provide: APP_FILTER, useClass: ProblemFilter },
  ],
})
export class AppModule {}
