import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import { ConsoleLogger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module.js';
import { setUpApp } from './app.setup.js';
import { Environment } from './config/environment.js';
import { StartupError } from './config/startup-error.js';
import { SessionStore } from './sessions/session-store.js';

const STOP_WITHIN_MS = 5000;

async function main(): Promise<void> {
  // Silent until it runs: Nest would log a stack for what `main` says in one sentence.
  const app = await NestFactory.create<NestExpressApplication>(AppModule, {
    abortOnError: false,
    logger: false,
  });
  setUpApp(app);
  app.enableShutdownHooks([], { useProcessExit: true });
  closeInTime(app);
  await listen(app, app.get(Environment));
  app.useLogger(new ConsoleLogger({ logLevels: ['fatal', 'error', 'warn'] }));
}

/** Requests under way may finish, but one whose client stalls must not keep the process from ending. */
function closeInTime(app: NestExpressApplication): void {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () =>
      setTimeout(() => app.getHttpServer().closeAllConnections(), STOP_WITHIN_MS).unref(),
    );
  }
}

async function listen(app: NestExpressApplication, { HOST, PORT }: Environment): Promise<void> {
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
  console.log(
    `Ephemera runs: dashboard ${origin}/, API docs ${origin}/docs, ${app.get(SessionStore).description}.`,
  );
}

main().catch((error: unknown) => {
  console.error(error instanceof StartupError ? error.message : error);
  process.exit(1);
});
