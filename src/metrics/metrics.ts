import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** The service's own metrics; docs/operations.md says what to make of each. */
@Injectable()
export class Metrics {
  readonly registry = new Registry();

  private readonly requests = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the head of a request to the end of its answer, by route pattern.',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers: [this.registry],
  });

  private readonly storeOperations = new Histogram({
    name: 'ephemera_store_operation_duration_seconds',
    help: 'Time that the store took, by operation.',
    labelNames: ['operation'] as const,
    buckets: [0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 1, 2],
    registers: [this.registry],
  });

  /** Series that were looked up before. */
  private readonly series = new Map<string, { observe(seconds: number): void }>();

  readonly storeErrors = new Counter({
    name: 'ephemera_store_errors_total',
    help: 'Operations that the store failed, by operation.',
    labelNames: ['operation'] as const,
    registers: [this.registry],
  });

  readonly created = this.counter('ephemera_sessions_created_total', 'Sessions created.');
  readonly renewed = this.counter('ephemera_sessions_renewed_total', 'Sessions renewed or rewritten.');
  readonly rotated = this.counter('ephemera_sessions_rotated_total', 'Sessions moved to a new token.');
  readonly revoked = this.counter(
    'ephemera_sessions_revoked_total',
    "Revocations: one for each request by token, and one for each session found where all of a user's are revoked.",
  );

  readonly swept = this.counter(
    'ephemera_sweeper_rows_total',
    'Expired rows that the embedded store has thrown away.',
  );

  readonly sweeps = new Histogram({
    name: 'ephemera_sweeper_pass_duration_seconds',
    help: "Time of the embedded store's passes over what has expired, one a second.",
    buckets: [0.001, 0.01, 0.1, 0.5, 1, 5],
    registers: [this.registry],
  });

  /** A request that is over, and how long it took. */
  requestOver(method: string, route: string, status: number, seconds: number): void {
    const name = `${method} ${status} ${route}`;
    let series = this.series.get(name);
    if (!series) this.series.set(name, (series = this.requests.labels({ method, route, status })));
    series.observe(seconds);
  }

  /** How long the store took for an operation. */
  storeAnswered(operation: string, seconds: number): void {
    let series = this.series.get(operation);
    if (!series) this.series.set(operation, (series = this.storeOperations.labels({ operation })));
    series.observe(seconds);
  }

  /** @param read how many there are, asked when somebody wants the metrics */
  countRequestsInFlight(read: () => number): void {
    new Gauge({
      name: 'http_requests_in_flight',
      help: 'Requests that are being answered; MAX_REQUESTS_IN_FLIGHT is the bound.',
      registers: [this.registry],
      collect() {
        this.set(read());
      },
    });
  }

  /** A gauge that is read when somebody asks. */
  gaugeByHost(name: string, help: string, read: () => [host: string, value: number][]): void {
    new Gauge({
      name,
      help,
      labelNames: ['host'] as const,
      registers: [this.registry],
      collect() {
        this.reset();
        for (const [host, value] of read()) this.set({ host }, value);
      },
    });
  }

  counter(name: string, help: string): Counter {
    return new Counter({ name, help, registers: [this.registry] });
  }

  /** Node's own: CPU, memory, event loop, garbage collection. For the server alone, since they keep watching. */
  watchProcess(): void {
    collectDefaultMetrics({ register: this.registry });
  }
}
