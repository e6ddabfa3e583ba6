import { randomInt } from 'node:crypto';
import { AUTHORIZATION } from './contestants.js';
import type { Contestant } from './contestants.js';
import { load } from './load.js';
import type { Request, Throughput } from './load.js';

export const ROUTES = ['create', 'get', 'list', 'delete'] as const;
export type Route = (typeof ROUTES)[number];

export interface Round extends Throughput {
  /** Microseconds of CPU that the server's process used for a request; absent for a peer elsewhere. */
  cpu?: number;
}

/** One server under load, and the tokens it gave. */
export class Track {
  readonly skipped = new Set<Route>();
  private readonly tokens: string[] = [];

  constructor(readonly contestant: Contestant) {}

  async measure(route: Route, amount: number): Promise<Round> {
    const { cpu } = this.contestant;
    const before = await cpu?.();
    const throughput = await this.run(route, amount);
    const after = await cpu?.();
    return {
      ...throughput,
      cpu: after === undefined || before === undefined ? undefined : (after - before) / amount,
    };
  }

  run(route: Route, amount: number): Promise<Throughput> {
    const { origin } = this.contestant;
    if (route !== 'create') {
      const tokens = route === 'delete' ? this.tokens.splice(-amount) : this.tokens;
      return load(
        origin,
        Array.from({ length: amount }, (_, i) => this.request(route, tokens.at(i % tokens.length))),
      );
    }
    const requests = Array.from({ length: amount }, () => this.request(route));
    return load(origin, requests, (bytes) => {
      const token = /"token": ?"([\da-f-]{36})"/.exec(bytes.toString('latin1'))?.[1];
      if (token !== undefined) this.tokens.push(token);
    });
  }

  private request(route: Route, token = ''): Request {
    const headers = { authorization: AUTHORIZATION };
    switch (route) {
      case 'create':
        return this.createRequest();
      case 'get':
        return { method: 'GET', path: `/sessions/${token}`, headers };
      case 'list':
        return { method: 'GET', path: '/sessions?limit=100', headers };
      case 'delete':
        return { method: 'DELETE', path: `/sessions/${token}`, headers };
    }
  }

  private createRequest(): Request {
    const fields = newSession();
    return this.contestant.queryOnly
      ? {
          method: 'POST',
          path: `/sessions?${new URLSearchParams({ ...fields, ttl: String(fields.ttl) }).toString()}`,
          headers: { authorization: AUTHORIZATION },
        }
      : {
          method: 'POST',
          path: '/sessions',
          headers: { authorization: AUTHORIZATION, 'content-type': 'application/json' },
          body: JSON.stringify(fields),
        };
  }
}

/** One of a thousand users' sessions. */
export function newSession() {
  return {
    user_name: `Mara Venn ${randomInt(1000)}`,
    memory_fragment: 'The first snow over the harbour, and nobody else awake',
    ttl: 3600,
  };
}
