import { randomUUID } from 'node:crypto';
import { Client } from 'cassandra-driver';
import { onTeardown } from './teardown.js';

const HOST = process.env.TEST_CASSANDRA ?? '';

/** `describe` where the tests' Cassandra runs; the set-up has said why it does not. */
export const describeOnCassandra = HOST ? describe : describe.skip;

/** The environment of a service on that Cassandra, in a keyspace that only this call knows. */
export function onCassandra(): { SESSION_STORE: string; SCYLLA_HOSTS: string; SCYLLA_KEYSPACE: string } {
  return {
    SESSION_STORE: 'scylla',
    SCYLLA_HOSTS: HOST,
    SCYLLA_KEYSPACE: `t_${randomUUID().replaceAll('-', '')}`,
  };
}

/** A plain driver client, as cqlsh would be one. */
export async function connectByHand(host = HOST): Promise<Client> {
  const client = new Client({ contactPoints: [host], localDataCenter: 'datacenter1' });
  onTeardown(() => client.shutdown());
  await client.connect();
  return client;
}
