import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { MayWrite } from '../access/caller.js';
import { InvalidInputError } from '../http/invalid-input.error.js';
import { traceStatements } from '../scylla/statement-trace.js';
import type { TracedStatement } from '../scylla/statement-trace.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { TokenPipe } from '../sessions/token.pipe.js';
import { Pages } from './pages.js';
import { SessionActions } from './session-actions.js';
import type { Outcome } from './session-actions.js';
import type { FormFields } from './session-form.js';
import { VaultView } from './vault-view.js';
import { ActionQueryDto, toQueryString, ViewQueryDto } from './view-query.dto.js';

/** The page of one session, and what the buttons of sessions post to. A plain form is answered by a page, htmx by a fragment. */
@ApiExcludeController()
@Controller('ui/sessions')
export class SessionPageController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly actions: SessionActions,
    private readonly view: VaultView,
    private readonly pages: Pages,
  ) {}

  @Get(':token')
  async page(
    @Param('token', TokenPipe) token: string,
    @Query() query: ViewQueryDto,
    @MayWrite() mayWrite: boolean,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const live = await this.view.session(token, query, { mayWrite });
    if (request.get('HX-Request')) {
      this.pages.refresh(request, response, 'partials/session', live);
    } else {
      response.status(live.card ? 200 : 404).vary('HX-Request');
      this.pages.session(response, query, live);
    }
  }

  @Post('revoke-all')
  @HttpCode(200)
  async revokeAll(
    @Query() query: ViewQueryDto,
    @Body() fields: FormFields,
    @Res() response: Response,
  ): Promise<void> {
    const { user_name } = query;
    if (user_name === undefined)
      throw new InvalidInputError([{ field: 'user_name', detail: 'must say whose sessions to revoke' }]);
    const back = `/${toQueryString(query)}`;
    if (isConfirmed(fields)) {
      const revoked = await this.sessions.revokeByUser(user_name);
      response.redirect(303, `/${toQueryString(query, { revoked: String(revoked) })}`);
    } else {
      this.pages.question(response, {
        userName: user_name,
        count: await this.actions.countOf(user_name),
        action: `/ui/sessions/revoke-all${toQueryString(query)}`,
        back,
      });
    }
  }

  @Post(':token/extend')
  @HttpCode(200)
  async extend(
    @Param('token', TokenPipe) token: string,
    @Query() query: ActionQueryDto,
    @Body() fields: FormFields,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const { result, statements } = await traceStatements(() => this.actions.extend(token, fields));
    await this.answer(request, response, { token, query, statements, ...result });
  }

  /** Without JavaScript the question comes as a page of its own. */
  @Post(':token/revoke')
  @HttpCode(200)
  async revoke(
    @Param('token', TokenPipe) token: string,
    @Query() query: ActionQueryDto,
    @Body() fields: FormFields,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    if (isConfirmed(fields)) {
      await this.revokeNow(token, query, request, response);
    } else {
      const session = await this.sessions.find(token);
      this.pages.question(response, {
        userName: session?.userName ?? '(no user)',
        action: request.originalUrl,
        back: backFrom(token, query),
      });
    }
  }

  /** What htmx sends when the question on the page was answered. */
  @Delete(':token')
  @HttpCode(200)
  async revokeNow(
    @Param('token', TokenPipe) token: string,
    @Query() query: ActionQueryDto,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const { result, statements } = await traceStatements(() => this.actions.revoke(token));
    await this.answer(request, response, { token, query, statements, ...result });
  }

  private async answer(
    request: Request,
    response: Response,
    { token, query, statements, notice, refused }: Answer,
  ): Promise<void> {
    const htmx = request.get('HX-Request') !== undefined;
    if (!htmx && !refused) {
      response.redirect(303, backFrom(token, query));
      return;
    }
    const ofOne = query.from === 'session';
    const live = ofOne
      ? await this.view.session(token, query, { earlier: statements })
      : await this.view.list(query, { earlier: statements });
    if (htmx) this.pages.fragment(response, ofOne ? 'partials/session' : 'partials/list', live, notice);
    else if (ofOne) this.pages.session(response, query, live, { notice });
    else this.pages.dashboard(response, query, live, { notice });
  }
}

interface Answer extends Outcome {
  token: string;
  query: ActionQueryDto;
  statements: TracedStatement[];
}

function isConfirmed(fields: FormFields): boolean {
  return fields?.confirmed === 'yes';
}

function backFrom(token: string, query: ActionQueryDto): string {
  return `${query.from === 'session' ? `/ui/sessions/${token}` : '/'}${toQueryString(query)}`;
}
