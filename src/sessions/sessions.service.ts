import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Environment } from '../config/environment.js';
import { InvalidInputError } from '../http/invalid-input.error.js';
import { Clock } from './clock.js';
import type { NewSession, Session, SessionPage } from './session.js';
import { SessionStore } from './session-store.js';
import { ttlRule } from './ttl-rule.js';

/** What may be done with sessions, whichever store holds them and whoever asks. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly store: SessionStore,
    private readonly clock: Clock,
    private readonly environment: Environment,
  ) {}

  /**
   * Creates a session under a fresh token.
   * @throws InvalidInputError if the TTL is over MAX_TTL_SECONDS
   */
  create(session: NewSession): Promise<Session> {
    const { MAX_TTL_SECONDS } = this.environment;
    if (session.ttl !== undefined && session.ttl > MAX_TTL_SECONDS) {
      throw new InvalidInputError([{ field: 'ttl', detail: ttlRule(MAX_TTL_SECONDS) }]);
    }
    return this.store.create({ ...session, token: randomUUID(), createdAt: new Date(this.clock.now()) });
  }

  find(token: string): Promise<Session | undefined> {
    return this.store.find(token);
  }

  /** A page of live sessions, from the first or from where `after`, another page's `next`, says. */
  list(limit: number, after?: string): Promise<SessionPage> {
    return this.store.list(limit, after);
  }

  /** Deletes a session before its time; one that is not there is no error. */
  revoke(token: string): Promise<void> {
    return this.store.remove(token);
  }
}
