import type { Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from '../../src/app.module.js';
import { setUpApp } from '../../src/app.setup.js';
import { Environment, parseEnvironment } from '../../src/config/environment.js';
import { Clock } from '../../src/config/clock.js';
import { ManualClock } from './manual-clock.js';
import { tempFolder } from './temp-folder.js';
import { onTeardown } from './teardown.js';

export interface TestApp<C extends Clock = ManualClock> {
  app: NestExpressApplication;
  clock: C;
}

/**
 * The whole application, and `controllers` for what a test has to bring about itself, on a store of its own, with a clock that
 * stands still; closed after the file's tests.
 */
export function startTestApp(variables?: Record<string, string>): Promise<TestApp>;
export function startTestApp<C extends Clock>(
  variables: Record<string, string>,
  clock: C,
  controllers?: Type[],
): Promise<TestApp<C>>;
export async function startTestApp(
  variables: Record<string, string> = {},
  clock: Clock = new ManualClock(),
  controllers: Type[] = [],
): Promise<TestApp<Clock>> {
  const module = await Test.createTestingModule({ imports: [AppModule], controllers })
    .overrideProvider(Environment)
    .useValue(parseEnvironment({ DATA_DIR: tempFolder(), ...variables }))
    .overrideProvider(Clock)
    .useValue(clock)
    .compile();
  const app = module.createNestApplication<NestExpressApplication>({ logger: false, bodyParser: false });
  setUpApp(app);
  await app.listen(0, '127.0.0.1');
  onTeardown(() => app.close());
  return { app, clock };
}
