import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { InvalidInputError } from './invalid-input.error.js';
import { hasBody } from './read-body.js';

/**
 * A DTO out of the query string or out of a JSON body, never out of both. In JSON types are strict; in a query
 * string everything is text, so a field of decimal digits named in `numbers` becomes a number.
 * @throws InvalidInputError if both are given, or the body is of another type (415) or no object
 */
export const QueryOrJsonBody = createParamDecorator(
  (numbers: string[], context: ExecutionContext): unknown => {
    const request = context.switchToHttp().getRequest<Request>();
    const body = jsonBody(request);
    if (Object.keys(request.query).length === 0) return body ?? {};
    if (body) {
      throw new InvalidInputError([
        { field: 'body', detail: 'must be absent where the query string gives the fields' },
      ]);
    }
    return fromText(request.query, numbers);
  },
);

/**
 * A DTO out of a JSON body alone.
 * @throws InvalidInputError if the query string has anything, or the body is of another type (415) or no object
 */
export const JsonBody = createParamDecorator((_: undefined, context: ExecutionContext): unknown => {
  const request = context.switchToHttp().getRequest<Request>();
  const inQuery = Object.keys(request.query);
  if (inQuery.length > 0) {
    throw new InvalidInputError(inQuery.map((field) => ({ field, detail: 'belongs into the JSON body' })));
  }
  return jsonBody(request) ?? {};
});

function jsonBody(request: Request): object | undefined {
  if (!hasBody(request)) return undefined;
  if (!request.is('json'))
    throw new InvalidInputError([{ field: 'body', detail: 'must be application/json' }], 415);
  const body: unknown = request.body;
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new InvalidInputError([{ field: 'body', detail: 'must be a JSON object' }]);
  }
  return body;
}

/** Fields as a query string or a form gives them, with those of `names` that are decimal digits as numbers. */
export function fromText(fields: object, names: string[]): Record<string, unknown> {
  const typed: Record<string, unknown> = { ...fields };
  for (const name of names) {
    const value = typed[name];
    if (typeof value === 'string' && /^\d{1,15}$/.test(value)) typed[name] = Number(value);
  }
  return typed;
}
