import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { SwaggerModule } from '@nestjs/swagger';
import express, { Router } from 'express';
import type { RequestHandler, Response } from 'express';
import hbs from 'hbs';
import { Environment } from './config/environment.js';
import { Draining } from './http/draining.js';
import { edge } from './http/edge.js';
import { inTurn } from './http/in-turn.js';
import { oneAtATime } from './http/one-at-a-time.js';
import { readBody } from './http/read-body.js';
import { RequestsInFlight } from './http/requests-in-flight.js';
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
  const inFlight = app.get(RequestsInFlight);
  app.use(
    inTurn(
      oneAtATime,
      edge(environment, app.get(Metrics), app.get(Draining), inFlight),
      // Bounded behind the body, so that who sends slowly takes no place.
      readBody,
      inFlight.bound,
      assets(),
    ),
  );
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

/** The files that pages load, which browsers may keep. */
function assets(): RequestHandler {
  const setHeaders = (response: Response) => void response.setHeader('Cache-Control', 'public, max-age=3600');
  const files = Router()
    .use('/assets', express.static(join(ROOT, 'public'), { setHeaders }))
    .use('/assets/swagger-ui', express.static(SWAGGER_UI, { setHeaders, index: false }))
    .use('/assets/htmx', express.static(HTMX, { setHeaders }));
  return (request, response, next) =>
    request.url.startsWith('/assets/') ? files(request, response, next) : next();
}
