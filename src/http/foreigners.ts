import { isIP } from 'node:net';
import { ForbiddenException, MisdirectedException } from '@nestjs/common';
import type { Request } from 'express';
import type { Environment } from '../config/environment.js';

const CHANGES_NOTHING = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Against DNS rebinding: a page's own name must not lead a browser here. Addresses cannot be rebound; any other name
 * than localhost has to be in ALLOWED_HOSTS, or be HOST. What this makes tells of a request whether it is so.
 */
export function foreignHosts({ ALLOWED_HOSTS, HOST }: Environment): (request: Request) => Error | undefined {
  const names = new Set([...ALLOWED_HOSTS, HOST.toLowerCase(), 'localhost']);
  return (request) => {
    // HTTP/1.0 knows none, and browsers do not speak it.
    const name = request.hostname as string | undefined;
    if (name === undefined || names.has(name.toLowerCase()) || isIP(name.replace(/^\[(.*)\]$/, '$1')))
      return undefined;
    return new MisdirectedException(
      'The service is not known by this Host: ALLOWED_HOSTS has those it answers to.',
    );
  };
}

/**
 * Against forged requests: what another site's page sends must not change anything, although the browser adds the
 * credentials it has. By the headers that a browser sets and no page can: Sec-Fetch-Site or, where that is missing (on
 * plain http, and in old browsers), Origin. Without both it is no browser. As Go's http.CrossOriginProtection does it.
 */
export function foreignOrigin(request: Request): Error | undefined {
  if (CHANGES_NOTHING.has(request.method) || isOwn(request)) return undefined;
  return new ForbiddenException('A page of another origin must not change anything here.');
}

function isOwn(request: Request): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const { origin } = request.headers;
  return origin === undefined || origin === `http://${request.host}` || origin === `https://${request.host}`;
}
