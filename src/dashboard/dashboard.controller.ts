import { Body, Controller, Delete, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Environment } from '../config/environment.js';
import { DtoValidationPipe } from '../http/dto-validation.pipe.js';
import { InvalidInputError } from '../http/invalid-input.error.js';
import type { FieldError } from '../http/invalid-input.error.js';
import { CreateSessionDto, toNewSession } from '../sessions/create-session.dto.js';
import { SessionStore } from '../sessions/session-store.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { TokenPipe } from '../sessions/token.pipe.js';
import { toDtoFields, toFormView } from './session-form.js';
import type { FormFields } from './session-form.js';
import { AMBER_UNDER, RED_UNDER, toCard } from './card.js';

/** Cards on the page; the view says so when there are more sessions than that. */
const CARDS = 100;

/** The Memory Vault: a page, and the fragments of it that htmx asks for. */
@ApiExcludeController()
@Controller()
export class DashboardController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly store: SessionStore,
    private readonly environment: Environment,
    private readonly validation: DtoValidationPipe,
  ) {}

  @Get()
  async page(@Res() response: Response): Promise<void> {
    response.render('pages/dashboard', { ...this.frame(), ...(await this.cards()) });
  }

  @Get('ui/sessions')
  async refresh(@Res() response: Response): Promise<void> {
    response.render('partials/cards', { layout: false, ...(await this.cards()) });
  }

  /** To htmx the answer is the form and the fresh cards; to a browser without JavaScript, a whole page. */
  @Post('ui/sessions')
  async create(
    @Body() fields: FormFields,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const errors = await this.tryToCreate(fields ?? {});
    const form = errors.length > 0 ? toFormView(fields ?? {}, errors) : undefined;
    response.status(form ? 422 : 200);
    if (request.get('HX-Request')) {
      const fresh = form ? undefined : await this.cards();
      response.render('partials/form', { layout: false, ...this.frame(), form, fresh });
    } else if (form) {
      response.render('pages/dashboard', { ...this.frame(), form, ...(await this.cards()) });
    } else {
      response.redirect(303, '/');
    }
  }

  /** An empty 200, which takes the card away: htmx swaps nothing on a 204. */
  @Delete('ui/sessions/:token')
  @HttpCode(200)
  revoke(@Param('token', TokenPipe) token: string): Promise<void> {
    return this.sessions.revoke(token);
  }

  private async tryToCreate(fields: NonNullable<FormFields>): Promise<FieldError[]> {
    try {
      const dto = (await this.validation.transform(toDtoFields(fields), {
        type: 'body',
        metatype: CreateSessionDto,
      })) as CreateSessionDto;
      await this.sessions.create(toNewSession(dto));
      return [];
    } catch (error) {
      if (error instanceof InvalidInputError) return error.errors;
      throw error;
    }
  }

  private frame(): object {
    return {
      store: this.store.description,
      defaultTtl: this.environment.DEFAULT_TTL_SECONDS,
      maxTtl: this.environment.MAX_TTL_SECONDS,
      amberUnder: AMBER_UNDER,
      redUnder: RED_UNDER,
    };
  }

  private async cards(): Promise<object> {
    const { sessions, next } = await this.sessions.list(CARDS);
    return { cards: sessions.map(toCard), count: sessions.length, more: next !== undefined };
  }
}
