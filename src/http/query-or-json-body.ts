import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { InvalidInputError } from './invalid-input.error.js';

/**
 * A DTO out of the query string or out of a JSON body, never out of both. In JSON types are strict; in a query
 * string everything is text, so a field of decimal digits named in `numbers` becomes a number.
 * @throws InvalidInputError if both are given, or the body is of another type (415) or no object
 */
export const QueryOrJsonBody = createParamDecorator(
  (numbers: string[], context: ExecutionContext): unknown => {
    const request = context.switchToHttp().getRequest<Request>();
    const inQuery = Object.keys(request.query).length > 0;
    const inBody =
      'transfer-encoding' in request.headers || Number(request.headers['content-length'] ?? 0) > 0;
    if (inQuery && inBody) {
      throw new InvalidInputError([
        { field: 'body', detail: 'must be absent where the query string gives the fields' },
      ]);
    }
    if (inQuery) return fromText(request.query, numbers);
    if (!inBody) return {};
    if (!request.is('json'))
      throw new InvalidInputError([{ field: 'body', detail: 'must be application/json' }], 415);
    const body: unknown = request.body;
    if (typeof body !== 'object' || body === null || Array.isArray(body)) {
      throw new InvalidInputError([{ field: 'body', detail: 'must be a JSON object' }]);
    }
    return body;
  },
);

/** Fields as a query string or a form gives them, with those of `names` that are decimal digits as numbers. */
export function fromText(fields: object, names: string[]): Record<string, unknown> {
  const typed: Record<string, unknown> = { ...fields };
  for (const name of names) {
    const value = typed[name];
    if (typeof value === 'string' && /^\d{1,15}$/.test(value)) typed[name] = Number(value);
  }
  return typed;
}
