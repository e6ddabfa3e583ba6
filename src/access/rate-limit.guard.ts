import { Inject, Injectable } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import { ThrottlerException, ThrottlerGuard } from '@nestjs/throttler';
import type { ThrottlerLimitDetail } from '@nestjs/throttler';
import type { Request } from 'express';
import { Callers } from './caller.js';

/** RATE_LIMIT, counted by key or, for whoever shows no good one, by address: for all routes together. */
@Injectable()
export class RateLimitGuard extends ThrottlerGuard {
  @Inject() private readonly callers!: Callers;
  protected override headerPrefix = 'RateLimit';

  protected override async getTracker(request: Request): Promise<string> {
    const key = this.callers.of(request)?.key;
    return key === undefined ? `address ${await super.getTracker(request)}` : `key ${key}`;
  }

  protected override generateKey(_context: ExecutionContext, tracker: string): string {
    return tracker;
  }

  /** The base class sets these headers only on what it lets through. */
  protected override throwThrottlingException(
    context: ExecutionContext,
    { limit, timeToExpire }: ThrottlerLimitDetail,
  ): Promise<void> {
    const { res } = this.getRequestResponse(context);
    this.setResponseHeader(res, 'RateLimit-Limit', limit);
    this.setResponseHeader(res, 'RateLimit-Remaining', 0);
    this.setResponseHeader(res, 'RateLimit-Reset', timeToExpire);
    throw new ThrottlerException(`More than ${limit} requests in a minute: try again in ${timeToExpire} s.`);
  }
}
