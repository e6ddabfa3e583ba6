import { ForbiddenException, Injectable, SetMetadata, UnauthorizedException } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request, Response } from 'express';
import { Environment } from '../config/environment.js';
import { wantsPage } from '../http/wants-page.js';
import { Callers } from './caller.js';
import type { CallersResponse } from './caller.js';

const OPEN = 'open';
const READS = new Set(['GET', 'HEAD']);

type Where = (environment: Environment) => boolean;

/** A route that needs no key, if `where` says so. */
export const Open = (where: Where = () => true) => SetMetadata(OPEN, where);

/** Lets nobody in without a key, where there are keys, and lets a `read` key change nothing. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly callers: Callers,
    private readonly environment: Environment,
    private readonly reflector: Reflector,
  ) {}

  /** @throws UnauthorizedException, ForbiddenException */
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<Request>();
    const caller = this.callers.of(request);
    if (!caller) {
      if (this.isOpen(context)) return true;
      // Told of Basic, a browser asks the person before it for a key; a script's fetch must not make it do so.
      const challenge = wantsPage(request)
        ? 'Basic realm="Ephemera", charset="UTF-8"'
        : 'Bearer realm="Ephemera"';
      context.switchToHttp().getResponse<Response>().set('WWW-Authenticate', challenge);
      throw new UnauthorizedException(
        'A key is needed: send it as `Authorization: Bearer KEY`, or as the password of HTTP Basic.',
      );
    }
    context.switchToHttp().getResponse<CallersResponse>().locals.caller = caller;
    if (!caller.mayWrite && !READS.has(request.method))
      throw new ForbiddenException(`The key "${caller.key}" may only read.`);
    return true;
  }

  private isOpen(context: ExecutionContext): boolean {
    const targets = [context.getHandler(), context.getClass()];
    return this.reflector.getAllAndOverride<Where | undefined>(OPEN, targets)?.(this.environment) ?? false;
  }
}
