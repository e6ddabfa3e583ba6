import compression from 'compression';
import type { RequestHandler } from 'express';
import helmet from 'helmet';
import type { Environment } from '../config/environment.js';
import type { Metrics } from '../metrics/metrics.js';
import { faultInHead, faultInUrl } from './broken-head.js';
import type { Draining } from './draining.js';
import type { RequestsInFlight } from './requests-in-flight.js';
import { foreignHosts, foreignOrigin } from './foreigners.js';
import { requestWatch } from './watch-requests.js';

/** All that comes before the body of a request is read. */
export function edge(
  environment: Environment,
  metrics: Metrics,
  draining: Draining,
  inFlight: RequestsInFlight,
): RequestHandler {
  const watch = requestWatch(metrics, environment, inFlight);
  const foreignHost = foreignHosts(environment);
  return (request, response, next) => {
    watch(request, response);
    draining.sayGoodbye(response);
    // Answers hold live tokens.
    response.setHeader('Cache-Control', 'no-store');
    const isRest = request.url.startsWith('/sessions');
    const protect = isRest ? protectRest : request.url.startsWith('/docs') ? protectDocs : protectPages;
    protect(request, response, () => {
      const fault =
        faultInHead(request) ?? foreignHost(request) ?? foreignOrigin(request) ?? faultInUrl(request);
      if (fault) next(fault);
      // REST's answers are too small to be worth it.
      else if (isRest) next();
      else compress(request, response, next);
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

const compress = compression();

const protectPages = headers(DIRECTIVES);
/** Swagger UI brings data: images of its own. */
const protectDocs = headers({ ...DIRECTIVES, 'img-src': ["'self'", 'data:'] });
/** What is for pages alone is left out; an error's page has the policy that it needs. */
const protectRest = headers(DIRECTIVES, {
  crossOriginOpenerPolicy: false,
  referrerPolicy: false,
});

function headers(
  directives: Record<string, string[]>,
  less: { crossOriginOpenerPolicy?: false; referrerPolicy?: false } = {},
): ReturnType<typeof helmet> {
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
    xPoweredBy: false,
    originAgentCluster: false,
    ...less,
  });
}
