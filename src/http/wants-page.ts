import type { Request } from 'express';

/** Whether a browser asks for a page, rather than a program for data. */
export function wantsPage(request: Request): boolean {
  return request.accepts(['application/problem+json', 'application/json', 'text/html']) === 'text/html';
}
