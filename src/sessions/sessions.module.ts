import { Module } from '@nestjs/common';
import { Clock } from './clock.js';
import { EmbeddedSessionStore } from './embedded-session-store.js';
import { SessionStore } from './session-store.js';
import { SessionsController } from './sessions.controller.js';
import { SessionsService } from './sessions.service.js';

@Module({
  controllers: [SessionsController],
  providers: [Clock, SessionsService, { provide: SessionStore, useClass: EmbeddedSessionStore }],
  exports: [SessionsService, SessionStore],
})
export class SessionsModule {}
