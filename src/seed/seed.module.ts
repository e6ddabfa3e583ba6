import { Module } from '@nestjs/common';
import { ConfigModule } from '../config/config.module.js';
import { MetricsModule } from '../metrics/metrics.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { SeedCommand } from './seed.command.js';

@Module({ imports: [ConfigModule, MetricsModule, SessionsModule], providers: [SeedCommand] })
export class SeedModule {}
