import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { Environment } from '../config/environment.js';
import { CqlClient } from '../scylla/cql-client.js';
import { Metrics } from '../metrics/metrics.js';
import { ScyllaModule } from '../scylla/scylla.module.js';
import { Clock } from '../config/clock.js';
import { EmbeddedSessionStore } from './embedded-session-store.js';
import { ScyllaSessionStore } from './scylla-session-store.js';
import { SessionStoreHealth } from './session-store.health.js';
import { SessionStore } from './session-store.js';
import { SessionsController } from './sessions.controller.js';
import { SessionsService } from './sessions.service.js';

@Module({
  imports: [ScyllaModule, TerminusModule.forRoot({ logger: false })],
  controllers: [SessionsController],
  providers: [
    SessionsService,
    SessionStoreHealth,
    {
      provide: SessionStore,
      inject: [Environment, Clock, Metrics, { token: CqlClient, optional: true }],
      useFactory: (environment: Environment, clock: Clock, metrics: Metrics, client?: CqlClient) =>
        client
          ? new ScyllaSessionStore(client, environment, clock)
          : new EmbeddedSessionStore(environment, clock, metrics),
    },
  ],
  exports: [SessionsService, SessionStore, SessionStoreHealth],
})
export class SessionsModule {}
