import { STATUS_CODES } from 'node:http';
import { Catch, HttpException, Logger } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import { SessionConflictError } from './sessions/session-conflict.error.js';
import { StoreError } from './sessions/session-store.js';
import { InvalidInputError } from './http/invalid-input.error.js';
import type { ProblemDto } from './http/problem.dto.js';

/** Seconds after which a client may ask again once the store has failed. */
const RETRY_AFTER_SECONDS = 5;

/** Turns whatever was thrown into one problem+json answer; a browser that asks for a page gets it as one. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemFilter.name);

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<Response>();
    const problem = toProblem(error);
    if (problem.status >= 500) this.logger.error(describe(error));
    if (response.headersSent) {
      response.destroy();
      return;
    }
    response.status(problem.status);
    if (problem.status === 503) response.set('Retry-After', String(RETRY_AFTER_SECONDS));
    if (request.accepts(['application/problem+json', 'application/json', 'text/html']) === 'text/html') {
      response.render('pages/error', { title: problem.title, problem });
    } else {
      response.type('application/problem+json').send(JSON.stringify(problem));
    }
  }
}

function toProblem(error: unknown): ProblemDto {
  if (error instanceof InvalidInputError)
    return Object.assign(problem(error.status, error.message), { errors: error.errors });
  if (error instanceof SessionConflictError) return problem(409, error.message);
  if (error instanceof StoreError) return problem(503, 'The store cannot be reached; try again soon.');
  if (error instanceof HttpException) return problem(error.getStatus(), error.message);
  // What Express and its body parser throw: an error with a 4xx `status`, and a message meant for the client.
  const { status, message } = error as { status?: unknown; message?: unknown };
  if (typeof status === 'number' && status >= 400 && status < 500) return problem(status, String(message));
  return problem(500, 'Something unexpected went wrong on our side.');
}

function problem(status: number, detail: string): ProblemDto {
  return { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, detail };
}

/** A store that fails does so for every request: its reason is enough. What nobody expected comes with its stack. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : '';
  const expected = error instanceof StoreError || error instanceof HttpException;
  return expected ? `${error.message}${cause}` : (error.stack ?? error.message);
}
