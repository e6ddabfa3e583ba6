import { Injectable } from '@nestjs/common';
import type { OnApplicationShutdown } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { Environment } from '../config/environment.js';
import { Metrics } from '../metrics/metrics.js';
import { OverloadError } from './overload.error.js';

/** An answer that its client has not read by then is broken off. */
const READ_WITHIN_MS = 30_000;
const LOOK_EVERY_MS = 5000;
/** What tells of a service in trouble is asked most when there is no room. */
const WATCHES = /^\/(health\/|metrics$)/;

/**
 * Bounds the requests that are being answered, so that a store which stalls does not fill the memory with them. One is
 * counted once its body is here, so that slow senders take no place; and slow readers lose theirs.
 */
@Injectable()
export class RequestsInFlight implements OnApplicationShutdown {
  /** Since when, by `performance.now()`. */
  private readonly underWay = new Map<Response, number>();
  private readonly most: number;
  private readonly timer = setInterval(() => this.breakOff(), LOOK_EVERY_MS).unref();

  constructor(environment: Environment, metrics: Metrics) {
    this.most = environment.MAX_REQUESTS_IN_FLIGHT;
    metrics.countRequestsInFlight(() => this.underWay.size);
  }

  /** The middleware. */
  readonly bound = (request: Request, response: Response, next: NextFunction): void => {
    // Its client is gone: nobody would give the place back.
    if (response.closed) return;
    if (this.underWay.size >= this.most && !WATCHES.test(request.path)) {
      next(new OverloadError());
      return;
    }
    this.underWay.set(response, performance.now());
    next();
  };

  /** Once a response is over, whether or not its request was counted. */
  leave(response: Response): void {
    this.underWay.delete(response);
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  private breakOff(): void {
    const before = performance.now() - READ_WITHIN_MS;
    for (const [response, since] of this.underWay) if (since < before) response.destroy();
  }
}
