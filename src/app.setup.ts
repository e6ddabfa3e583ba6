import { isUtf8 } from 'node:buffer';
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
import { InvalidInputError } from './http/invalid-input.error.js';
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
const BODY_LIMIT_KB = 64;
const BODY = { limit: BODY_LIMIT_KB * 1024, verify: refuseBrokenUtf8 };

/** Makes of a bare Nest application the one that people use. The server and every test call it. */
export function setUpApp(app: NestExpressApplication): void {
  const environment = app.get(Environment);
  app.disable('x-powered-by');
  app.set('trust proxy', environment.TRUST_PROXY || false);
  app.use(watchRequests(app.get(Metrics)), app.get(Draining).sayGoodbye);
  app.use(helmet(HEADERS), noStore);
  app.use(refuseForeignHost(environment), refuseForeignOrigin, refuseBrokenUrl, compressPages);
  app.use('/docs', helmet(SWAGGER_HEADERS));
  app.use(express.json(BODY), express.urlencoded({ ...BODY, extended: false }), nameBodyFault);
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

/** Express and Node take half a UTF-8 sequence in a URL for replacement characters, or for nothing. */
function refuseBrokenUrl(request: Request, _response: Response, next: NextFunction): void {
  const [path = '', query = ''] = request.url.split(/\?(.*)/s);
  const broken = [path, ...query.split('&')].find((part) => part.includes('%') && !isDecodable(part));
  if (broken === undefined) next();
  else {
    const field = broken === path ? 'path' : (broken.split('=', 1)[0] ?? '');
    next(new InvalidInputError([{ field, detail: 'must be percent-encoded UTF-8' }]));
  }
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** Says of a body that its parser refused what is wrong with it, in our words. */
function nameBodyFault(error: HttpError, _request: Request, _response: Response, next: NextFunction): void {
  const fault = BODY_FAULTS[error.type ?? ''];
  const status = error.status === 413 || error.status === 415 ? error.status : 400;
  next(fault ? new InvalidInputError([{ field: 'body', detail: fault }], status) : error);
}

interface HttpError extends Error {
  status: number;
  type?: string;
}

/** By body-parser's own error types. */
const BODY_FAULTS: Record<string, string | undefined> = {
  'entity.parse.failed': 'must be well-formed JSON, an object',
  'entity.too.large': `must be at most ${BODY_LIMIT_KB} kB`,
  'entity.verify.failed': 'must be UTF-8',
  'charset.unsupported': 'must be UTF-8',
  'encoding.unsupported': 'must be sent as it is, or compressed by gzip, deflate or br',
  'request.size.invalid': 'must be as long as Content-Length says',
  'parameters.too.many': 'must have at most 1000 fields',
};

function refuseBrokenUtf8(_request: unknown, _response: unknown, body: Buffer): void {
  if (!isUtf8(body)) throw new Error('not UTF-8');
}
