import { isIP } from 'node:net';
import { ForbiddenException, MisdirectedException } from '@nestjs/common';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { Environment } from '../config/environment.js';

const CHANGES_NOTHING = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Against DNS rebinding: a page's own name must not lead a browser here. Addresses cannot be rebound; any other name
 * than localhost has to be in ALLOWED_HOSTS, or be HOST.
 */
export function refuseForeignHost({ ALLOWED_HOSTS, HOST }: Environment): RequestHandler {
  const names = new Set([...ALLOWED_HOSTS, HOST.toLowerCase(), 'localhost']);
  return (request: Request, _response: Response, next: NextFunction) => {
    // HTTP/1.0 knows none, and browsers do not speak it.
    const name = request.hostname as string | undefined;
    if (name === undefined || names.has(name.toLowerCase()) || isIP(name.replace(/^\[(.*)\]$/, '$1'))) next();
    else
      next(
        new MisdirectedException(
          'The service is not known by this Host: ALLOWED_HOSTS has those it answers to.',
        ),
      );
  };
}

/**
 * Against forged requests: what another site's page sends must not change anything, although the browser adds the
 * credentials it has. By the headers that a browser sets and no page can: Sec-Fetch-Site or, where that is missing (on
 * plain http, and in old browsers), Origin. Without both it is no browser. As Go's http.CrossOriginProtection does it.
 */
export function refuseForeignOrigin(request: Request, _response: Response, next: NextFunction): void {
  if (CHANGES_NOTHING.has(request.method) || isOwn(request)) next();
  else next(new ForbiddenException('A page of another origin must not change anything here.'));
}

function isOwn(request: Request): boolean {
  const site = request.get('Sec-Fetch-Site');
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const origin = request.get('Origin');
  return origin === undefined || origin === `http://${request.host}` || origin === `https://${request.host}`;
}
