import { STATUS_CODES } from 'node:http';
import { Catch, HttpException, Logger, NotFoundException, ServiceUnavailableException } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Clock } from './config/clock.js';
import { allowedMethods } from './http/allowed-methods.js';
import { InvalidInputError } from './http/invalid-input.error.js';
import { OverloadError } from './http/overload.error.js';
import type { ProblemDto } from './http/problem.dto.js';
import { wantsPage } from './http/wants-page.js';
import { requestIdOf, routeOf } from './http/watch-requests.js';
import { SessionConflictError } from './sessions/session-conflict.error.js';
import { reasonOf, StoreError } from './sessions/session-store.js';

/** Seconds after which a client may ask again once the store has failed, or the service has had too much to do. */
const RETRY_AFTER_SECONDS = { store: 5, overload: 1 };
/** An outage fails every request: one line in so much time says so, and how many it stands for. */
const LOG_OUTAGE_EVERY_MS = 10_000;

/** Turns whatever was thrown into one problem+json answer; a browser that asks for a page gets it as one. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemFilter.name);
  /** By kind of failure, since one must not hide the other: when it was logged last, and how many went unsaid since. */
  private readonly outages = new Map<unknown, { logged: number; unlogged: number }>();

  constructor(private readonly clock: Clock) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<Response>();
    const allowed = error instanceof NotFoundException && !request.route ? allowedMethods(request) : [];
    const problem = { ...toProblem(error, request, allowed), request_id: requestIdOf(response) };
    // A 505 is the client's fault.
    if (problem.status >= 500 && problem.status !== 505) this.log(error, request, problem);
    if (response.headersSent) {
      response.destroy();
      return;
    }
    if (allowed.length > 0) response.set('Allow', allowed.join(', '));
    if (problem.status === 503) {
      const { store, overload } = RETRY_AFTER_SECONDS;
      response.set('Retry-After', String(error instanceof OverloadError ? overload : store));
    }
    response.status(problem.status);
    const sendJson = () => response.type('application/problem+json').send(JSON.stringify(problem));
    if (!wantsPage(request)) sendJson();
    else {
      response.render('pages/error', { title: problem.title, problem }, (failure: unknown, html?: string) =>
        failure ? sendJson() : response.send(html),
      );
    }
  }

  private log(error: unknown, request: Request, { status, request_id }: ProblemDto): void {
    const about = { request_id, route: `${request.method} ${routeOf(request)}` };
    if (status !== 503) {
      const stack = error instanceof Error ? error.stack : undefined;
      this.logger.error(error instanceof Error ? error.message : String(error), about, stack);
      return;
    }
    // A process about to stop says it is not ready, without a cause: nothing is wrong.
    if (error instanceof ServiceUnavailableException && error.cause === undefined) return;
    const kind = (error as Error).constructor;
    const { logged, unlogged } = this.outages.get(kind) ?? { logged: -Infinity, unlogged: 0 };
    if (this.clock.now() - logged < LOG_OUTAGE_EVERY_MS) {
      this.outages.set(kind, { logged, unlogged: unlogged + 1 });
    } else {
      this.logger.error(reasonOf(error as Error), { ...about, answers_503: unlogged + 1 });
      this.outages.set(kind, { logged: this.clock.now(), unlogged: 0 });
    }
  }
}

function toProblem(error: unknown, { method }: Request, allowed: string[]): Omit<ProblemDto, 'request_id'> {
  if (allowed.length > 0) return problem(405, `${method} is not for this: allowed are ${allowed.join(', ')}`);
  if (error instanceof InvalidInputError)
    return Object.assign(problem(error.status, error.message), { errors: error.errors });
  if (error instanceof SessionConflictError) return problem(409, error.message);
  if (error instanceof StoreError) return problem(503, 'The store cannot be reached; try again soon.');
  if (error instanceof OverloadError) return problem(503, error.message);
  if (error instanceof HttpException) return problem(error.getStatus(), error.message);
  // What Express and its body parser throw: an error with a 4xx `status`, and a message meant for the client.
  const { status, message } = error as { status?: unknown; message?: unknown };
  if (typeof status === 'number' && status >= 400 && status < 500) return problem(status, String(message));
  return problem(500, 'Something unexpected went wrong on our side.');
}

function problem(status: number, detail: string): Omit<ProblemDto, 'request_id'> {
  return { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, detail };
}
