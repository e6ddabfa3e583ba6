import { Module } from '@nestjs/common';
import { DtoValidationPipe } from '../http/dto-validation.pipe.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { DashboardController } from './dashboard.controller.js';
import { DocsController } from './docs.controller.js';
import { Pages } from './pages.js';
import { SessionActions } from './session-actions.js';
import { SessionPageController } from './session-page.controller.js';
import { VaultView } from './vault-view.js';

@Module({
  imports: [SessionsModule],
  controllers: [DashboardController, DocsController, SessionPageController],
  providers: [DtoValidationPipe, Pages, SessionActions, VaultView],
})
export class DashboardModule {}
