import { Module } from '@nestjs/common';
import { Environment } from '../config/environment.js';
import { Metrics } from '../metrics/metrics.js';
import { CqlClient } from './cql-client.js';

/** The one connection to the cluster; undefined where the embedded store is chosen. */
@Module({
  providers: [
    {
      provide: CqlClient,
      inject: [Environment, Metrics],
      useFactory: (environment: Environment, metrics: Metrics) =>
        environment.SESSION_STORE === 'scylla' ? CqlClient.connect(environment, metrics) : undefined,
    },
  ],
  exports: [CqlClient],
})
export class ScyllaModule {}
