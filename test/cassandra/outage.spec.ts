import request from 'supertest';
import { Clock } from '../../src/config/clock.js';
import { describeInBrowser, launchBrowser } from '../support/browser.js';
import { CassandraCluster } from '../support/cassandra-cluster.js';
import { describeOnCassandra } from '../support/cassandra.js';
import { onTeardown } from '../support/teardown.js';
import { startTestApp } from '../support/test-app.js';
import { waitUntil } from '../support/wait-until.js';

const valid = { user_name: 'Wren', memory_fragment: 'Salt', ttl: 900 };

/** The service's own deadline is 1.8 s; a machine that is busy with the rest of this test gets some more. */
const PATIENCE_MS = 4000;

describeOnCassandra('an outage', () => {
  /** Every route that needs the store says 503, in time; those that do not go on. */
  async function expectOutage(url: string, token: string): Promise<void> {
    const answers = await Promise.all(
      [
        request(url).get('/sessions'),
        request(url).post('/sessions').send(valid),
        request(url).get(`/sessions/${token}`),
        request(url).delete(`/sessions/${token}`),
        request(url).get('/ui/sessions'),
        request(url).post('/ui/sessions').type('form').send(valid),
        request(url).get('/'),
        request(url).get('/health/ready'),
      ].map((ask) => ask.timeout(PATIENCE_MS)),
    );
    for (const { status, headers, body } of answers) {
      expect(status).toBe(503);
      expect(headers).toMatchObject({
        'retry-after': '5',
        'content-type': expect.stringContaining('application/problem+json'),
      });
      expect(body).toMatchObject({ status: 503, title: 'Service Unavailable' });
    }
    await request(url).get('/health/live').timeout(PATIENCE_MS).expect(200);
  }

  const ready = async (url: string) => (await request(url).get('/health/ready')).status === 200;

  describeInBrowser('of one node', () => {
    it('is a 503 and a banner over the last cards; all is well again by itself when the node is back', async () => {
      const cluster = new CassandraCluster('127.0.2');
      onTeardown(() => cluster.destroy());
      await cluster.create(1);
      const { app } = await startTestApp(
        { SESSION_STORE: 'scylla', SCYLLA_HOSTS: cluster.address(1) },
        new Clock(),
      );
      const url = await app.getUrl();
      const { body } = await request(url).post('/sessions').send(valid).expect(201);
      const page = await (await launchBrowser()).newPage();
      await page.goto(url);
      const banner = page.locator('#outage');
      expect(await banner.isVisible()).toBe(false);

      for (const [stop, back] of [
        [() => cluster.signal(1, 'SIGSTOP'), () => cluster.signal(1, 'SIGCONT')],
        [() => cluster.signal(1, 'SIGKILL'), () => cluster.start(1)],
      ] as const) {
        await stop();
        await expectOutage(url, body.token);
        await banner.waitFor();
        expect(await page.locator(`#s-${String(body.token)}`).isVisible()).toBe(true);
        await back();
        const since = Date.now();
        await waitUntil(() => ready(url));
        console.log(`all was well again ${Date.now() - since} ms after the node was back`);
        await request(url).get(`/sessions/${body.token}`).expect(200);
        await banner.waitFor({ state: 'hidden' });
      }
    }, 120_000);
  });

  it('of three nodes that hang, without dying, is a 503 as soon', async () => {
    const cluster = new CassandraCluster('127.0.3');
    onTeardown(() => cluster.destroy());
    await cluster.create(3);
    const { app } = await startTestApp(
      { SESSION_STORE: 'scylla', SCYLLA_HOSTS: cluster.address(1), SCYLLA_REPLICATION_FACTOR: '3' },
      new Clock(),
    );
    const url = await app.getUrl();
    const { body } = await request(url).post('/sessions').send(valid).expect(201);
    for (const node of [1, 2, 3]) await cluster.signal(node, 'SIGSTOP');
    await expectOutage(url, body.token);
    for (const node of [1, 2, 3]) await cluster.signal(node, 'SIGCONT');
    await waitUntil(() => ready(url));
    await request(url).get(`/sessions/${body.token}`).expect(200);
  }, 120_000);
});
