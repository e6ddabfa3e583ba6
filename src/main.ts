import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import { isatty } from 'node:tty';
import { ConsoleLogger, Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module.js';
import { setUpApp } from './app.setup.js';
import { Environment, LOG_LEVELS, refuseToBeOpen } from './config/environment.js';
import { StartupError } from './config/startup-error.js';
import { Metrics } from './metrics/metrics.js';
import { SessionStore } from './sessions/session-store.js';

/** Node as process 1 of a container ignores a signal that nothing listens to, and the start may wait long for a store. */
function stop(): void {
  process.exit(0);
}

async function main(): Promise<void> {
  process.once('SIGTERM', stop).once('SIGINT', stop);
  // Silent until it runs: Nest would log a stack for what `main` says in one sentence.
  const app = await NestFactory.create<NestExpressApplication>(AppModule, {
    abortOnError: false,
    logger: false,
    // setUpApp has the parsers.
    bodyParser: false,
  });
  const environment = app.get(Environment);
  refuseToBeOpen(environment);
  setUpApp(app);
  app.enableShutdownHooks([], { useProcessExit: true });
  process.off('SIGTERM', stop).off('SIGINT', stop);
  await listen(app, environment);
  app.get(Metrics).watchProcess();
}

async function listen(app: NestExpressApplication, environment: Environment): Promise<void> {
  const { HOST, PORT, logsAreJson, LOG_LEVEL } = environment;
  try {
    await app.listen(PORT, HOST);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (!code?.startsWith('E')) throw error;
    const why = code === 'EADDRINUSE' ? 'something else listens there: set PORT to a free one' : message;
    throw new StartupError(`Cannot listen on ${HOST} port ${PORT}: ${why}.`);
  }
  const { address, family, port } = app.getHttpServer().address() as AddressInfo;
  const origin = `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
  const runs = `Ephemera runs: dashboard ${origin}/, API docs ${origin}/docs, ${app.get(SessionStore).description}.`;
  const logLevels = LOG_LEVELS.slice(0, LOG_LEVELS.indexOf(LOG_LEVEL) + 1);
  app.useLogger(
    new ConsoleLogger({
      json: logsAreJson,
      colors: !logsAreJson && isatty(process.stdout.fd),
      prefix: 'Ephemera',
      logLevels,
      flattenParams: true,
      compact: true,
    }),
  );
  if (logsAreJson) new Logger('Ephemera').log(runs);
  else console.log(runs);
}

main().catch((error: unknown) => {
  console.error(error instanceof StartupError ? error.message : error);
  process.exit(1);
});
