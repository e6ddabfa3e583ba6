import { Agent, request } from 'node:http';
import { AUTHORIZATION } from './contestants.js';

export interface Timed {
  /** From asking to the last byte. */
  milliseconds: number;
  body: string;
}

/** One client with one connection, which asks one thing after the other. */
export class Client {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(private readonly origin: string) {}

  /** @throws Error if the answer is not 2xx, or does not come within 10 s */
  ask(method: string, path: string, fields?: object): Promise<Timed> {
    const headers = {
      authorization: AUTHORIZATION,
      ...(fields && { 'content-type': 'application/json' }),
    };
    const options = { method, agent: this.agent, headers, timeout: 10_000 };
    return new Promise((resolve, reject) => {
      const asked = performance.now();
      const sent = request(this.origin + path, options, (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (text: string) => (body += text));
        response.once('end', () => {
          const { statusCode = 0 } = response;
          if (statusCode >= 200 && statusCode < 300)
            resolve({ milliseconds: performance.now() - asked, body });
          else reject(new Error(`${method} ${this.origin}${path} answered ${statusCode}: ${body}`));
        });
      });
      sent.once('timeout', () => sent.destroy(new Error(`${method} ${this.origin}${path} takes over 10 s`)));
      sent.once('error', reject);
      sent.end(fields && JSON.stringify(fields));
    });
  }

  close(): void {
    this.agent.destroy();
  }
}
