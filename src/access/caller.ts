import { hash, timingSafeEqual } from 'node:crypto';
import { createParamDecorator, Injectable } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Environment } from '../config/environment.js';

/** Who sent a request. */
export interface Caller {
  /** The key's name; undefined where the service needs no keys. */
  key?: string;
  /** Whether it may change sessions, and see live tokens, which are as good as sessions. */
  mayWrite: boolean;
}

/** A response, once the access guard knows whose request it answers. */
export type CallersResponse = Response<unknown, { caller?: Caller }>;

const ANYBODY: Caller = { mayWrite: true };
/** One key can be sent in any number of ways. */
const MOST_RECOGNIZED = 1000;
const BEARER = /^Bearer +\S+ *$/i;
const BASIC = /^Basic +([A-Za-z\d+/]+=*) *$/i;

/** A handler's parameter: whether the caller may change sessions and see live tokens. */
export const MayWrite = createParamDecorator(
  (_: undefined, context: ExecutionContext): boolean =>
    context.switchToHttp().getResponse<CallersResponse>().locals.caller?.mayWrite ?? false,
);

/** Tells callers by the key they send: `Authorization: Bearer KEY`, or Basic with the key as the password. */
@Injectable()
export class Callers {
  /**
   * Who was recognized, by the header sent. The digest takes a few per cent of a small request. A Map tells no more by its
   * time than whether a hash of the whole header, under a seed of this process, is known.
   */
  private readonly recognized = new Map<string, Caller>();

  constructor(private readonly environment: Environment) {}

  /** Undefined if a key is needed and this is none. */
  of(request: Request): Caller | undefined {
    const authorization = request.headers.authorization ?? '';
    const known = this.recognized.get(authorization);
    if (known) return known;
    const caller = this.holderOf(keyIn(authorization));
    if (caller?.key !== undefined && this.recognized.size < MOST_RECOGNIZED)
      this.recognized.set(authorization, caller);
    return caller;
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
  if (BEARER.test(authorization)) return authorization.slice('Bearer '.length).trim();
  const pair = BASIC.exec(authorization)?.[1];
  // The user name, up to the first colon, may be anything.
  return (
    pair &&
    Buffer.from(pair, 'base64')
      .toString()
      .replace(/^[^:]*:?/, '')
  );
}
