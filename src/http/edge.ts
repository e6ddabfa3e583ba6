import compression from 'compression';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import helmet from 'helmet';
import type { Environment } from '../config/environment.js';
import type { Metrics } from '../metrics/metrics.js';
import { faultInHead, faultInUrl } from './broken-head.js';
import type { Draining } from './draining.js';
import { foreignHosts, foreignOrigin } from './foreigners.js';
import { requestWatch } from './watch-requests.js';

/**
 * All that comes before the body of a request is read. One middleware, since each layer of Express's router costs a
 * request more than most of what is done here.
 */
export function edge(environment: Environment, metrics: Metrics, draining: Draining): RequestHandler {
  const watch = requestWatch(metrics, environment);
  const foreignHost = foreignHosts(environment);
  return (request, response, next) => {
    watch(request, response);
    draining.sayGoodbye(response);
    // Answers hold live tokens.
    response.setHeader('Cache-Control', 'no-store');
    const protect = request.url.startsWith('/docs') ? protectDocs : protectAll;
    protect(request, response, () => {
      const fault =
        faultInHead(request) ?? foreignHost(request) ?? foreignOrigin(request) ?? faultInUrl(request);
      if (fault) next(fault);
      else compressPages(request, response, next);
    });
  };
}

const DIRECTIVES = {
  'default-src': ["'self'"],
  'base-uri': ["'none'"],
  'form-action': ["'self'"],
  'frame-ancestors': ["'none'"],
  'object-src': ["'none'"],
};

const protectAll = headers(DIRECTIVES);
/** Swagger UI brings data: images of its own. */
const protectDocs = headers({ ...DIRECTIVES, 'img-src': ["'self'", 'data:'] });

function headers(directives: Record<string, string[]>): ReturnType<typeof helmet> {
  return helmet({
    // Without helmet's defaults, since upgrade-insecure-requests breaks a service on plain http.
    contentSecurityPolicy: { useDefaults: false, directives },
    strictTransportSecurity: false,
    xFrameOptions: { action: 'deny' },
    // With no-referrer, browsers on plain http send our own forms with `Origin: null`, as if another site's.
    referrerPolicy: { policy: 'same-origin' },
    // What only browsers looked at that are long gone, and the plug-ins in them.
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
    xDnsPrefetchControl: false,
    originAgentCluster: false,
  });
}

const compress = compression();

/** Pages and what they load; REST's answers are too small to be worth it. */
function compressPages(request: Request, response: Response, next: NextFunction): void {
  if (request.url.startsWith('/sessions')) next();
  else compress(request, response, next);
}
