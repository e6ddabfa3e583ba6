import { Global, Module } from '@nestjs/common';
import { ConfigModule as DotEnvModule } from '@nestjs/config';
import { Environment, parseEnvironment } from './environment.js';

/** Gives every module the one `Environment`, from the process's variables and, where those are silent, `.env`. */
@Global()
@Module({
  imports: [DotEnvModule.forRoot()],
  providers: [{ provide: Environment, useFactory: () => parseEnvironment(process.env) }],
  exports: [Environment],
})
export class ConfigModule {}
