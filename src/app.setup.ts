import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { SwaggerModule } from '@nestjs/swagger';
import type { NextFunction, Request, Response } from 'express';
import compression from 'compression';
import express from 'express';
import hbs from 'hbs';
import helmet from 'helmet';
import { Environment } from './config/environment.js';
import { Draining } from './http/draining.js';
import { FORM_BODY, JSON_BODY, nameBodyFault } from './http/read-body.js';
import { refuseBrokenHead, refuseBrokenUrl } from './http/refuse-broken-head.js';
import { refuseForeignHost, refuseForeignOrigin } from './http/refuse-foreigners.js';
import { RequestsInFlight } from './http/requests-in-flight.js';
import { watchRequests } from './http/watch-requests.js';
import { Metrics } from './metrics/metrics.js';
import { createOpenApiDocument } from './openapi-document.js';

/** The project's root, seen from `src/` as from `dist/`. */
const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);
const HTMX = dirname(require.resolve('htmx.org'));
const SWAGGER_UI = dirname(require.resolve('swagger-ui-dist'));

/** Makes of a bare Nest application the one that people use. The server and every test call it. */
export function setUpApp(app: NestExpressApplication): void {
  const environment = app.get(Environment);
  app.disable('x-powered-by');
  // No answer of ours may be kept, so none needs a tag; files have their own.
  app.disable('etag');
  app.set('trust proxy', environment.TRUST_PROXY || false);
  app.use(watchRequests(app.get(Metrics)), app.get(Draining).sayGoodbye);
  app.use(helmet(HEADERS), noStore);
  app.use(refuseBrokenHead, refuseForeignHost(environment), refuseForeignOrigin, refuseBrokenUrl);
  app.use(compressPages);
  app.use('/docs', helmet(SWAGGER_HEADERS));
  app.use(express.json(JSON_BODY), express.urlencoded(FORM_BODY), nameBodyFault);
  // Behind the body parsers, so that who sends slowly takes no place.
  app.use(app.get(RequestsInFlight).bound);

  app.useStaticAssets(join(ROOT, 'public'), { prefix: '/assets/', setHeaders: allowCaching });
  app.useStaticAssets(SWAGGER_UI, { prefix: '/assets/swagger-ui/', setHeaders: allowCaching, index: false });
  app.useStaticAssets(HTMX, { prefix: '/assets/htmx/', setHeaders: allowCaching });
  app.setBaseViewsDir(join(ROOT, 'views'));
  app.setViewEngine('hbs');
  app.set('view options', { layout: 'layout' });
  hbs.registerPartials(join(ROOT, 'views', 'partials'));

  // The page is views/pages/docs.hbs: the module's own has inline styles and scripts.
  SwaggerModule.setup('docs', app, () => createOpenApiDocument(app, environment), {
    ui: false,
    raw: ['json'],
    jsonDocumentUrl: 'openapi.json',
  });
  limitTime(app.getHttpServer());
}

/** Against clients that send slowly, or nothing: Node looks every half minute, so that is added to each. */
function limitTime(server: Server): void {
  server.headersTimeout = 10_000;
  server.requestTimeout = 20_000;
  // Longer than balancers commonly keep an idle connection (60 s), so that they never send into one that is closing.
  server.keepAliveTimeout = 65_000;
  server.maxConnections = 10_000;
}

const HEADERS = {
  // Without helmet's defaults, since upgrade-insecure-requests breaks a service on plain http.
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      'default-src': ["'self'"],
      'base-uri': ["'none'"],
      'form-action': ["'self'"],
      'frame-ancestors': ["'none'"],
      'object-src': ["'none'"],
    },
  },
  strictTransportSecurity: false,
  xFrameOptions: { action: 'deny' as const },
  // With no-referrer, browsers on plain http send our own forms with `Origin: null`, as if they were another site's.
  referrerPolicy: { policy: 'same-origin' as const },
};

/** Swagger UI brings data: images of its own. */
const SWAGGER_HEADERS = {
  ...HEADERS,
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      ...HEADERS.contentSecurityPolicy.directives,
      'img-src': ["'self'", 'data:'],
    },
  },
};

const compress = compression();

/** Pages and what they load; REST's answers are too small to be worth it. */
function compressPages(request: Request, response: Response, next: NextFunction): void {
  if (request.path.startsWith('/sessions')) next();
  else compress(request, response, next);
}

/** Answers hold live tokens. */
function noStore(_request: Request, response: Response, next: NextFunction): void {
  response.set('Cache-Control', 'no-store');
  next();
}

function allowCaching(response: Response): void {
  response.set('Cache-Control', 'public, max-age=3600');
}
