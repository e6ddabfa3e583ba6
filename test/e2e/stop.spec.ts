import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import request from 'supertest';
import { ServiceProcess } from '../support/service-process.js';
import { tempFolder } from '../support/temp-folder.js';
import { waitUntil } from '../support/wait-until.js';

const BODY = JSON.stringify({ user_name: 'Marek', memory_fragment: 'A whistle', ttl: 3600 });
const HEAD = `POST /sessions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${BODY.length}\r\n`;

describe('SIGTERM', () => {
  const start = (variables: Record<string, string> = {}) =>
    new ServiceProcess('main.js', { DATA_DIR: tempFolder(), PORT: '0', ...variables });

  it('ends the service with exit code 0', async () => {
    const service = start();
    await request(await service.listening())
      .get('/')
      .expect(200);
    expect(await service.kill('SIGTERM')).toMatchObject({ code: 0 });
  });

  it('lets a request finish that is under way', async () => {
    const service = start();
    const { hostname, port } = new URL(await service.listening());
    const client = connect(Number(port), hostname);
    client.write(`${HEAD}Expect: 100-continue\r\n\r\n`);
    // The service has seen its head.
    await once(client, 'data');
    const ended = service.kill('SIGTERM');
    client.write(BODY);
    expect(await text(client)).toMatch(/^HTTP\/1\.1 201 Created/);
    expect(await ended).toMatchObject({ code: 0 });
  });

  it('does not wait for a client that never ends its request', async () => {
    const service = start();
    const { hostname, port } = new URL(await service.listening());
    const client = connect(Number(port), hostname).on('error', () => undefined);
    client.write(`${HEAD}Expect: 100-continue\r\n\r\n`);
    await once(client, 'data');
    expect(await service.kill('SIGTERM')).toMatchObject({ code: 0 });
  });

  it('loses no request under load: not ready at once, but answering until the balancer has heard of it', async () => {
    const folder = tempFolder();
    const [first, second] = [
      start({ DATA_DIR: folder, SHUTDOWN_DELAY_SECONDS: '1' }),
      start({ DATA_DIR: folder }),
    ];
    const origins = [await first.listening(), await second.listening()];

    // A balancer that asks often whether they are ready.
    let ready = origins;
    let over = false;
    const isReady = (origin: string) =>
      fetch(`${origin}/health/ready`).then(
        ({ ok }) => ok,
        () => false,
      );
    const balancer = waitUntil(async () => {
      const answers = await Promise.all(origins.map(isReady));
      ready = origins.filter((_, i) => answers[i]);
      return over;
    });

    const counts = { answered: 0, byFirst: 0, lost: 0 };
    const client = async () => {
      for (let turn = 0; !over; turn++) {
        const origin = ready[turn % ready.length] ?? '';
        const answer = await fetch(`${origin}/sessions`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: BODY,
        }).catch(() => undefined);
        if (answer?.status === 201 && 'token' in ((await answer.json()) as object)) {
          counts.answered++;
          if (origin === origins[0]) counts.byFirst++;
        } else counts.lost++;
      }
    };
    const clients = Array.from({ length: 16 }, client);
    await waitUntil(() => counts.byFirst >= 500);
    const beforeSignal = counts.byFirst;
    const { code } = await first.kill('SIGTERM');
    const afterEnd = counts.answered;
    await waitUntil(() => counts.answered >= afterEnd + 500 || counts.lost > 0);
    over = true;
    await Promise.all([...clients, balancer]);

    console.log(
      `Graceful stop under load: ${counts.answered} requests answered, ${counts.byFirst - beforeSignal} of them by the ` +
        `stopping process after the signal; lost ${counts.lost}.`,
    );
    expect(code).toBe(0);
    expect(counts.byFirst).toBeGreaterThan(beforeSignal);
    expect(counts.lost).toBe(0);
  });
});
