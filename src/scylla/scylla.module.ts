import { Module } from '@nestjs/common';
import { Environment } from '../config/environment.js';
import { CqlClient } from './cql-client.js';

/** The one connection to the cluster; undefined where the embedded store is chosen. */
@Module({
  providers: [
    {
      provide: CqlClient,
      inject: [Environment],
      useFactory: (environment: Environment) =>
        environment.SESSION_STORE === 'scylla' ? CqlClient.connect(environment) : undefined,
    },
  ],
  exports: [CqlClient],
})
export class ScyllaModule {}
