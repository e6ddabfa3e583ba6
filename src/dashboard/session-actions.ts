import { Injectable } from '@nestjs/common';
import { Environment } from '../config/environment.js';
import { DtoValidationPipe } from '../http/dto-validation.pipe.js';
import { InvalidInputError } from '../http/invalid-input.error.js';
import { fromText } from '../http/query-or-json-body.js';
import { SessionConflictError } from '../sessions/session-conflict.error.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { duration } from './duration.js';
import { EXTEND_SESSION_NUMBERS, ExtendSessionDto } from './extend-session.dto.js';
import type { FormFields } from './session-form.js';

/** How an action went, in a sentence for whoever asked for it. */
export interface Outcome {
  notice: string;
  /** Whether nothing came of it. */
  refused?: boolean;
}

const GONE: Outcome = { notice: 'That session is gone already: expired or revoked.', refused: true };

/** What the buttons of a session do. */
@Injectable()
export class SessionActions {
  constructor(
    private readonly sessions: SessionsService,
    private readonly environment: Environment,
    private readonly validation: DtoValidationPipe,
  ) {}

  async extend(token: string, fields: FormFields): Promise<Outcome> {
    try {
      const dto = this.validation.toDto(fromText(fields ?? {}, EXTEND_SESSION_NUMBERS), ExtendSessionDto);
      return dto.by === undefined ? await this.setTtl(token, dto.ttl) : await this.extendBy(token, dto.by);
    } catch (error) {
      if (error instanceof InvalidInputError || error instanceof SessionConflictError)
        return { notice: `Nothing changed: ${error.message}.`, refused: true };
      throw error;
    }
  }

  async revoke(token: string): Promise<Outcome> {
    await this.sessions.revoke(token);
    return { notice: 'Revoked: that session is gone.' };
  }

  /** "12", or "more than 1000" for a user with more than one page of them. */
  async countOf(userName: string): Promise<string> {
    const { sessions, next } = await this.sessions.listByUser(userName, 1000);
    return `${next === undefined ? '' : 'more than '}${sessions.length}`;
  }

  private async extendBy(token: string, seconds: number): Promise<Outcome> {
    const session = await this.sessions.find(token);
    if (!session) return GONE;
    if (session.expiresIn === null)
      return { notice: 'Nothing changed: that session never expires.', refused: true };
    const ttl = Math.min(session.expiresIn + seconds, this.environment.MAX_TTL_SECONDS);
    return told(await this.sessions.renew(token, { ttl, onlyExtend: true }));
  }

  private async setTtl(token: string, ttl: number | undefined): Promise<Outcome> {
    if (ttl === undefined) return { notice: 'Nothing changed: a TTL is missing.', refused: true };
    return told(await this.sessions.renew(token, { ttl }));
  }
}

function told(session: { expiresIn: number | null } | undefined): Outcome {
  if (!session) return GONE;
  return { notice: `Extended: ${duration(session.expiresIn ?? 0)} left.` };
}
