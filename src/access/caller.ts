import { hash, timingSafeEqual } from 'node:crypto';
import { createParamDecorator, Injectable } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { Environment } from '../config/environment.js';

/** Who sent a request. */
export interface Caller {
  /** The key's name; undefined where the service needs no keys. */
  key?: string;
  /** Whether it may change sessions, and see live tokens, which are as good as sessions. */
  mayWrite: boolean;
}

const ANYBODY: Caller = { mayWrite: true };
const BEARER = /^Bearer +(\S+) *$/i;
const BASIC = /^Basic +([A-Za-z\d+/]+=*) *$/i;

/** A request of which it is known who sent it. */
type CallersRequest = Request & { caller?: Caller };

/** A handler's parameter: whether the caller may change sessions and see live tokens. */
export const MayWrite = createParamDecorator(
  (_: undefined, context: ExecutionContext): boolean =>
    context.switchToHttp().getRequest<CallersRequest>().caller?.mayWrite ?? false,
);

/** Tells callers by the key they send: `Authorization: Bearer KEY`, or Basic with the key as the password. */
@Injectable()
export class Callers {
  constructor(private readonly environment: Environment) {}

  /** Undefined if a key is needed and this is none. */
  of(request: CallersRequest): Caller | undefined {
    return (request.caller ??= this.holderOf(keyIn(request.headers.authorization ?? '')));
  }

  private holderOf(key: string | undefined): Caller | undefined {
    if (this.environment.API_KEYS.length === 0) return ANYBODY;
    if (key === undefined) return undefined;
    const digest = hash('sha256', key, 'buffer');
    let holder: Caller | undefined;
    // To the end, whichever fits, so that the time it takes tells nothing.
    for (const { name, mayWrite, sha256 } of this.environment.API_KEYS) {
      if (timingSafeEqual(sha256, digest)) holder = { key: name, mayWrite };
    }
    return holder;
  }
}

function keyIn(authorization: string): string | undefined {
  const bearer = BEARER.exec(authorization)?.[1];
  if (bearer !== undefined) return bearer;
  const pair = BASIC.exec(authorization)?.[1];
  // The user name, up to the first colon, may be anything.
  return (
    pair &&
    Buffer.from(pair, 'base64')
      .toString()
      .replace(/^[^:]*:?/, '')
  );
}
