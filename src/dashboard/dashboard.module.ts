import { Module } from '@nestjs/common';
import { DtoValidationPipe } from '../http/dto-validation.pipe.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { DashboardController } from './dashboard.controller.js';

@Module({ imports: [SessionsModule], controllers: [DashboardController], providers: [DtoValidationPipe] })
export class DashboardModule {}
