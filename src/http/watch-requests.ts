import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Environment } from '../config/environment.js';
import type { Metrics } from '../metrics/metrics.js';
import type { RequestsInFlight } from './requests-in-flight.js';

const REQUEST_ID = 'X-Request-Id';

/**
 * Gives each request an id, the caller's own if it is 1 to 64 of `A-Za-z0-9._-`, and echoes it. Once it is over it is
 * counted and, at level debug, logged: by its route's pattern, since a path may hold a live token.
 */
export function requestWatch(
  metrics: Metrics,
  { LOG_LEVEL }: Environment,
  inFlight: RequestsInFlight,
): (request: Request, response: Response) => void {
  const logger = new Logger('Request');
  const logs = LOG_LEVEL === 'debug';
  return (request, response) => {
    const started = performance.now();
    const given = request.headers['x-request-id'];
    const id = typeof given === 'string' && /^[\w.-]{1,64}$/.test(given) ? given : randomUUID();
    response.setHeader(REQUEST_ID, id);
    response.on('close', () => {
      inFlight.leave(response);
      const milliseconds = performance.now() - started;
      const route = routeOf(request);
      // Nothing was answered where the client has gone: 499, as nginx logs it.
      const status = response.writableFinished ? response.statusCode : 499;
      metrics.requestOver(methodOf(request), route, status, milliseconds / 1000);
      if (!logs) return;
      const line = `${request.method} ${route} ${status} ${milliseconds.toFixed(1)} ms`;
      logger.debug(line, { request_id: id });
    });
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
