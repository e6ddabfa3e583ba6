import 'reflect-metadata';
import { CommandFactory } from 'nest-commander';
import { StartupError } from './config/startup-error.js';
import { UsageError } from './seed/seed.command.js';
import { SeedModule } from './seed/seed.module.js';

// Exit codes: 0 all written, 1 the store failed, 2 the command line is wrong.
CommandFactory.run(SeedModule, {
  abortOnError: false,
  logger: false,
  // Commander has printed what it did not understand (or the help, with code 0) before it gets here.
  errorHandler: (error) => process.exit((error as { exitCode?: number }).exitCode === 0 ? 0 : 2),
  serviceErrorHandler: fail,
})
  .catch(fail)
  // The driver may leave a timer behind when it is shut down while a node is away.
  .finally(() => process.exit());

function fail(error: unknown): void {
  process.exitCode = error instanceof UsageError ? 2 : 1;
  const known = error instanceof UsageError || error instanceof StartupError;
  console.error(
    known ? error.message : `Seeding failed: ${error instanceof Error ? error.message : String(error)}.`,
  );
}
