import {
  Controller,
  Delete,
  Get,
  HttpCode,
  NotFoundException,
  Param,
  Patch,
  Post,
  Query,
  Res,
} from '@nestjs/common';
import { ApiBody, ApiOperation, ApiParam, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { MayWrite } from '../access/caller.js';
import { ApiProblems, EDGE_PROBLEMS, WRITE_PROBLEMS } from '../http/api-problem.js';
import { JsonBody, QueryOrJsonBody } from '../http/query-or-json-body.js';
import {
  CREATE_SESSION_NUMBERS,
  CreateSessionDto,
  MEMORY_FRAGMENT_PATTERN,
  toNewSession,
  USER_NAME_PATTERN,
} from './create-session.dto.js';
import { ListSessionsDto, refuseToTellTokens } from './list-sessions.dto.js';
import { RenewSessionDto, toSessionChange } from './renew-session.dto.js';
import { RevokedDto, RevokeSessionsDto } from './revoke-sessions.dto.js';
import type { Session } from './session.js';
import { SessionDto, toMaskedSessionDto, toSessionDto } from './session.dto.js';
import { SessionsService } from './sessions.service.js';
import { TokenPipe } from './token.pipe.js';

const LOCATION = { Location: { description: 'Its path.', schema: { type: 'string' } } };
const TokenParam = () =>
  ApiParam({ name: 'token', format: 'uuid', example: '3f2b8c1e-6a1d-4c8e-9b57-0d4f3a9e7c21' });

/** Expired, revoked and never made look the same. */
const NO_SUCH_SESSION = 'no live session has this token';

@ApiTags('sessions')
@ApiProblems({
  400: 'ttl must be a whole number of seconds from 1 to 2592000',
  ...EDGE_PROBLEMS,
})
@Controller('sessions')
export class SessionsController {
  constructor(private readonly sessions: SessionsService) {}

  @Get()
  @ApiOperation({ operationId: 'listSessions', summary: 'List live sessions' })
  @ApiResponse({
    status: 200,
    description:
      'The sessions that are alive now. A page may hold fewer than the limit, even none, and have a next one. ' +
      'To a key that may only read, tokens are masked (`3f2b8c1e-****-****-****-************`), and of a user it sees ' +
      'the first page alone.',
    type: [SessionDto],
    headers: {
      Link: {
        description:
          'While there is more: `</sessions?...>; rel="next"`, the address of the next page (RFC 8288).',
        schema: { type: 'string' },
      },
    },
  })
  @ApiProblems({ 403: "A key that may only read sees the first page of a user's sessions alone." })
  async list(
    @Query() query: ListSessionsDto,
    @MayWrite() mayWrite: boolean,
    @Res({ passthrough: true }) response: Response,
  ): Promise<SessionDto[]> {
    refuseToTellTokens(query, mayWrite);
    const { limit, cursor, user_name } = query;
    const { sessions, next } = await (user_name === undefined
      ? this.sessions.list(limit, cursor)
      : this.sessions.listByUser(user_name, limit, cursor));
    if (next && (mayWrite || user_name === undefined)) {
      const following = new URLSearchParams({
        ...(user_name && { user_name }),
        limit: String(limit),
        cursor: next,
      });
      response.links({ next: `/sessions?${following.toString()}` });
    }
    return sessions.map(mayWrite ? toSessionDto : toMaskedSessionDto);
  }

  @Post()
  @ApiOperation({
    operationId: 'createSession',
    summary: 'Create a session that disappears by itself',
    description:
      'The fields come as a JSON body or, as in the original demo, in the query string: never both.',
  })
  @ApiBody({ type: CreateSessionDto, required: false })
  @ApiQuery({
    name: 'user_name',
    required: false,
    schema: { type: 'string', minLength: 1, maxLength: 128, pattern: USER_NAME_PATTERN },
  })
  @ApiQuery({
    name: 'memory_fragment',
    required: false,
    schema: { type: 'string', minLength: 1, maxLength: 4096, pattern: MEMORY_FRAGMENT_PATTERN },
  })
  @ApiQuery({ name: 'ttl', required: false, schema: { type: 'integer', minimum: 1 } })
  @ApiResponse({
    status: 201,
    description: 'The session.',
    type: SessionDto,
    headers: LOCATION,
  })
  @ApiProblems({ ...WRITE_PROBLEMS, 413: 'body must be at most 64 kB', 415: 'body must be application/json' })
  async create(
    @QueryOrJsonBody(CREATE_SESSION_NUMBERS) input: CreateSessionDto,
    @Res({ passthrough: true }) response: Response,
  ): Promise<SessionDto> {
    const session = await this.sessions.create(toNewSession(input));
    response.location(`/sessions/${session.token}`);
    return toSessionDto(session);
  }

  @Get(':token')
  @ApiOperation({ operationId: 'getSession', summary: 'Read a session' })
  @TokenParam()
  @ApiResponse({ status: 200, description: 'The session.', type: SessionDto })
  @ApiProblems({ 404: NO_SUCH_SESSION })
  async find(@Param('token', TokenPipe) token: string): Promise<SessionDto> {
    return existing(await this.sessions.find(token));
  }

  @Patch(':token')
  @ApiOperation({
    operationId: 'renewSession',
    summary: 'Renew a session, or rewrite what it remembers',
    description:
      'Never brings a revoked session back, in whichever order the two arrive. One that failed with a 503 may still ' +
      'land later, even on a session that has expired meanwhile.',
  })
  @TokenParam()
  @ApiBody({ type: RenewSessionDto })
  @ApiResponse({ status: 200, description: 'The session as it is now.', type: SessionDto })
  @ApiProblems({
    ...WRITE_PROBLEMS,
    404: NO_SUCH_SESSION,
    409: 'of this session only the token is left: it can be revoked, not changed',
    413: 'body must be at most 64 kB',
    415: 'body must be application/json',
  })
  async renew(
    @Param('token', TokenPipe) token: string,
    @JsonBody() change: RenewSessionDto,
  ): Promise<SessionDto> {
    return existing(await this.sessions.renew(token, toSessionChange(change)));
  }

  @Post(':token/rotate')
  @ApiOperation({
    operationId: 'rotateSession',
    summary: 'Give a session a new token',
    description:
      'The old token is revoked before the answer: do it at every login, against session fixation.',
  })
  @TokenParam()
  @ApiResponse({
    status: 201,
    description: 'The same session under its new token, with the TTL that was left.',
    type: SessionDto,
    headers: LOCATION,
  })
  @ApiProblems({
    ...WRITE_PROBLEMS,
    404: NO_SUCH_SESSION,
    409: 'this session never expires: give it a ttl first',
  })
  async rotate(
    @Param('token', TokenPipe) token: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<SessionDto> {
    const session = existing(await this.sessions.rotate(token));
    response.location(`/sessions/${session.token}`);
    return session;
  }

  @Delete()
  @ApiOperation({
    operationId: 'revokeSessionsOfUser',
    summary: "Revoke all of a user's sessions",
    description: 'A session that is created at the same time either is revoked or survives whole.',
  })
  @ApiResponse({ status: 200, description: 'They are gone.', type: RevokedDto })
  @ApiProblems(WRITE_PROBLEMS)
  async revokeByUser(@Query() { user_name }: RevokeSessionsDto): Promise<RevokedDto> {
    return { revoked: await this.sessions.revokeByUser(user_name) };
  }

  @Delete(':token')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'revokeSession',
    summary: 'Revoke a session before it expires',
    description: 'Revoking a session that is not there is no error.',
  })
  @TokenParam()
  @ApiResponse({ status: 204, description: 'It is gone.' })
  @ApiProblems(WRITE_PROBLEMS)
  revoke(@Param('token', TokenPipe) token: string): Promise<void> {
    return this.sessions.revoke(token);
  }
}

/** @throws NotFoundException */
function existing(session: Session | undefined): SessionDto {
  if (!session) throw new NotFoundException(NO_SUCH_SESSION);
  return toSessionDto(session);
}
