import autocannon from 'autocannon';
import { quantile } from './statistics.js';

const CONNECTIONS = 16;

/** What a client sees of many requests at once. */
export interface Throughput {
  /** Requests answered in a second. */
  perSecond: number;
  /** Milliseconds to an answer, that one and the slowest hundredth. */
  p50: number;
  p99: number;
}

export interface Request extends autocannon.Request {
  path: string;
}

/**
 * Sends each request once, over 16 connections.
 * @param onAnswer gets the bytes of each answer that came in one piece, headers included
 * @throws Error if one is not answered 2xx, or not within 10 s
 */
export async function load(
  origin: string,
  requests: Request[],
  onAnswer?: (bytes: Buffer) => void,
): Promise<Throughput> {
  let connection = 0;
  const setupClient = (client: autocannon.Client) => {
    const first = connection++;
    client.setRequests(requests.filter((_, i) => i % CONNECTIONS === first));
    if (onAnswer) client.on('body', onAnswer);
  };
  const milliseconds: number[] = [];
  let [started, ended] = [0, 0];
  const result = await new Promise<autocannon.Result>((resolve, reject) => {
    autocannon(
      {
        url: origin,
        connections: CONNECTIONS,
        amount: requests.length,
        setupClient,
        bailout: 1,
        // Milliseconds until it notices that it is done.
        sampleInt: 50,
      },
      (error: Error | null, done) => (error ? reject(error) : resolve(done)),
    )
      .on('start', () => (started = performance.now()))
      .on('response', (_client, _status, _bytes, responseTime) => {
        ended = performance.now();
        milliseconds.push(responseTime);
      });
  });
  if (result['2xx'] !== requests.length) {
    const { statusCodeStats, errors, timeouts } = result;
    const path = requests[0]?.path ?? '';
    throw new Error(
      `${origin}${path}: ${result['2xx']} of ${requests.length} requests were answered 2xx; ` +
        JSON.stringify({ statusCodeStats, errors, timeouts }),
    );
  }
  return {
    perSecond: (1000 * requests.length) / (ended - started),
    p50: quantile(milliseconds, 0.5),
    p99: quantile(milliseconds, 0.99),
  };
}
