import { isUtf8 } from 'node:buffer';
import express from 'express';
import type { NextFunction, Request, Response } from 'express';
import { InvalidInputError } from './invalid-input.error.js';
import { isDecodable } from './broken-head.js';

const LIMIT_KB = 64;

const parseJson = express.json({ limit: LIMIT_KB * 1024, verify: refuseBrokenUtf8 });
const parseForm = express.urlencoded({ limit: LIMIT_KB * 1024, verify: refuseBrokenForm, extended: false });

/** The middleware: a body of JSON or of a form, if there is one, becomes `request.body`. */
export function readBody(request: Request, response: Response, next: NextFunction): void {
  if (!hasBody(request)) {
    next();
    return;
  }
  const then = (parse: () => void) => (error?: HttpError) => (error ? next(nameBodyFault(error)) : parse());
  parseJson(
    request,
    response,
    then(() => parseForm(request, response, then(next))),
  );
}

export function hasBody({ headers }: Request): boolean {
  return 'transfer-encoding' in headers || Number(headers['content-length'] ?? 0) > 0;
}

/** What is wrong with a body that its parser refused, in our words. */
function nameBodyFault(error: HttpError): Error {
  const fault = BODY_FAULTS[error.type ?? ''];
  const status = error.status === 413 || error.status === 415 ? error.status : 400;
  return fault ? new InvalidInputError([{ field: 'body', detail: fault }], status) : error;
}

interface HttpError extends Error {
  status: number;
  type?: string;
}

/** By body-parser's own error types. */
const BODY_FAULTS: Record<string, string | undefined> = {
  'entity.parse.failed': 'must be well-formed JSON, an object',
  'entity.too.large': `must be at most ${LIMIT_KB} kB`,
  'entity.verify.failed': 'must be UTF-8',
  'charset.unsupported': 'must be UTF-8',
  'encoding.unsupported': 'must be sent as it is, or compressed by gzip, deflate or br',
  'request.size.invalid': 'must be as long as Content-Length says',
  'parameters.too.many': 'must have at most 1000 fields',
};

function refuseBrokenUtf8(_request: unknown, _response: unknown, body: Buffer, charset: string): void {
  if (charset !== 'utf-8' || !isUtf8(body)) throw new Error('not UTF-8');
}

function refuseBrokenForm(_request: unknown, _response: unknown, body: Buffer, charset: string): void {
  if (charset !== 'utf-8' || !isUtf8(body) || !isDecodable(body.toString())) throw new Error('not UTF-8');
}
