import { Inject, Injectable } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import { ThrottlerException, ThrottlerGuard } from '@nestjs/throttler';
import type { ThrottlerLimitDetail } from '@nestjs/throttler';
import type { Request, Response } from 'express';
import { Callers } from './caller.js';

/** What `@SkipThrottle()` leaves on a class or a method. */
const SKIP = 'THROTTLER:SKIPdefault';

/** RATE_LIMIT, counted by key or, for whoever shows no good one, by address: for all routes together. */
@Injectable()
export class RateLimitGuard extends ThrottlerGuard {
  @Inject() private readonly callers!: Callers;
  protected override headerPrefix = 'RateLimit';

  /** As the base class, for the one throttler there is. It would ask each time for five decorators more, unused here. */
  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const [throttler] = this.throttlers;
    const { limit, ttl } = throttler as { limit: number; ttl: number };
    const skip = this.reflector.getAllAndOverride<boolean>(SKIP, [context.getHandler(), context.getClass()]);
    if (!throttler || limit === 0 || skip) return true;
    return this.handleRequest({
      context,
      limit,
      ttl,
      throttler,
      blockDuration: ttl,
      getTracker: (request) => this.getTracker(request as Request),
      generateKey: (_context, tracker) => tracker,
    });
  }

  protected override async getTracker(request: Request): Promise<string> {
    const key = this.callers.of(request)?.key;
    return key === undefined ? `address ${await super.getTracker(request)}` : `key ${key}`;
  }

  protected override setResponseHeader(response: Response, name: string, value: string | number): void {
    response.setHeader(name, String(value));
  }

  /** The base class sets these headers only on what it lets through. */
  protected override throwThrottlingException(
    context: ExecutionContext,
    { limit, timeToExpire }: ThrottlerLimitDetail,
  ): Promise<void> {
    const res = context.switchToHttp().getResponse<Response>();
    this.setResponseHeader(res, 'RateLimit-Limit', limit);
    this.setResponseHeader(res, 'RateLimit-Remaining', 0);
    this.setResponseHeader(res, 'RateLimit-Reset', timeToExpire);
    throw new ThrottlerException(`More than ${limit} requests in a minute: try again in ${timeToExpire} s.`);
  }
}
