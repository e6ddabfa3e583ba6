import { CassandraCluster, whatCassandraLacks } from './cassandra-cluster.ts';

/** One node for all of Cassandra's tests but those that break it; each test file has a keyspace of its own. */
const CLUSTER = new CassandraCluster('127.0.1');

export default async function setup(): Promise<void> {
  const lack = whatCassandraLacks();
  if (lack) {
    console.warn(`\n${lack}`);
    return;
  }
  await CLUSTER.create(1);
  // Jest's workers inherit it.
  process.env.TEST_CASSANDRA = CLUSTER.address(1);
}

export async function teardown(): Promise<void> {
  if (process.env.TEST_CASSANDRA) await CLUSTER.destroy();
}
