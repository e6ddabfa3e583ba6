import { Body, Controller, Get, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { MayWrite } from '../access/caller.js';
import { DtoValidationPipe } from '../http/dto-validation.pipe.js';
import { InvalidInputError } from '../http/invalid-input.error.js';
import type { FieldError } from '../http/invalid-input.error.js';
import { traceStatements } from '../scylla/statement-trace.js';
import { CreateSessionDto, toNewSession } from '../sessions/create-session.dto.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { Pages } from './pages.js';
import { toDtoFields, toFormView } from './session-form.js';
import type { FormFields } from './session-form.js';
import { VaultView } from './vault-view.js';
import { toQueryString, ViewQueryDto } from './view-query.dto.js';

/** The Memory Vault: the list of sessions as a page and as the fragment that refreshes it, and the form for a new one. */
@ApiExcludeController()
@Controller()
export class DashboardController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly view: VaultView,
    private readonly pages: Pages,
    private readonly validation: DtoValidationPipe,
  ) {}

  @Get()
  async page(
    @Query() query: ViewQueryDto,
    @MayWrite() mayWrite: boolean,
    @Res() response: Response,
  ): Promise<void> {
    const notice = query.revoked === undefined ? undefined : `Revoked: ${query.revoked} sessions are gone.`;
    this.pages.dashboard(response, query, await this.view.list(query, { mayWrite }), {
      notice,
      readOnly: !mayWrite,
    });
  }

  @Get('ui/sessions')
  async refresh(
    @Query() query: ViewQueryDto,
    @MayWrite() mayWrite: boolean,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    this.pages.refresh(request, response, 'partials/list', await this.view.list(query, { mayWrite }));
  }

  /** To htmx the answer is the form and the fresh list; to a browser without JavaScript, a whole page. */
  @Post('ui/sessions')
  async create(
    @Query() query: ViewQueryDto,
    @Body() fields: FormFields,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const { result: errors, statements } = await traceStatements(() => this.tryToCreate(fields ?? {}));
    const form = errors.length > 0 ? toFormView(fields ?? {}, errors) : undefined;
    response.status(form ? 422 : 200);
    if (request.get('HX-Request')) {
      const fresh = form ? undefined : await this.view.list(query, { earlier: statements });
      this.pages.form(response, query, { form, fresh });
    } else if (form) {
      this.pages.dashboard(response, query, await this.view.list(query), { form });
    } else {
      response.redirect(303, `/${toQueryString(query)}`);
    }
  }

  private async tryToCreate(fields: NonNullable<FormFields>): Promise<FieldError[]> {
    try {
      const dto = this.validation.toDto(toDtoFields(fields), CreateSessionDto);
      await this.sessions.create(toNewSession(dto));
      return [];
    } catch (error) {
      if (error instanceof InvalidInputError) return error.errors;
      throw error;
    }
  }
}
