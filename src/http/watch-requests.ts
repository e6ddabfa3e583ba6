import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { Metrics } from '../metrics/metrics.js';

const REQUEST_ID = 'X-Request-Id';

/**
 * Gives each request an id, the caller's own if it is 1 to 64 of `A-Za-z0-9._-`, and echoes it. Once it is over it is
 * counted and, at level debug, logged: by its route's pattern, since a path may hold a live token.
 */
export function watchRequests(metrics: Metrics): RequestHandler {
  const logger = new Logger('Request');
  const series = seriesOf(metrics.requests);
  return (request: Request, response: Response, next: NextFunction) => {
    const started = performance.now();
    const given = request.get(REQUEST_ID);
    response.setHeader(REQUEST_ID, given && /^[\w.-]{1,64}$/.test(given) ? given : randomUUID());
    response.once('close', () => {
      const seconds = (performance.now() - started) / 1000;
      const route = routeOf(request);
      // Nothing was answered where the client has gone: 499, as nginx logs it.
      const status = response.writableFinished ? response.statusCode : 499;
      series(methodOf(request), route, status).observe(seconds);
      logger.debug(() => `${request.method} ${route} ${status} ${(seconds * 1000).toFixed(1)} ms`, {
        request_id: requestIdOf(response),
      });
    });
    next();
  };
}

export function requestIdOf(response: Response): string {
  return String(response.getHeader(REQUEST_ID));
}

/** `/sessions/:token`, say; `other` for a file, for what is not there, or for what was refused before it got there. */
export function routeOf(request: Request): string {
  return (request.route as { path?: string } | undefined)?.path ?? 'other';
}

/** Of methods made up by a client there could be any number, and each would be a time series. */
function methodOf({ method }: Request): string {
  return ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE'].includes(method) ? method : 'other';
}

/** A histogram's series by its labels, each looked up once: prom-client sorts and joins the labels every time. */
function seriesOf(histogram: Metrics['requests']) {
  const known = new Map<string, ReturnType<typeof histogram.labels>>();
  return (method: string, route: string, status: number) => {
    const name = `${method} ${status} ${route}`;
    let series = known.get(name);
    if (!series) known.set(name, (series = histogram.labels({ method, route, status })));
    return series;
  };
}
