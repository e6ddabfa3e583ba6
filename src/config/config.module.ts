import { Global, Module } from '@nestjs/common';
import { ConfigModule as DotEnvModule } from '@nestjs/config';
import { Clock } from './clock.js';
import { Environment, parseEnvironment } from './environment.js';

/** Gives every module the clock and the one `Environment`, from the process's variables and, where those are silent, `.env`. */
@Global()
@Module({
  imports: [DotEnvModule.forRoot()],
  providers: [Clock, { provide: Environment, useFactory: () => parseEnvironment(process.env) }],
  exports: [Clock, Environment],
})
export class ConfigModule {}
