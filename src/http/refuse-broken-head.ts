import { HttpException } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { InvalidInputError } from './invalid-input.error.js';

/** As many as Node's parser reads; it leaves out the others in silence. */
const MAX_PARAMETERS = 1000;

const HOST = /^([\w.-]+|\[[\da-f:.]+\])(:\d{1,5})?$/i;

/** What Node's parser lets through, and RFC 9112 does not. HTTP/1.0 may leave the Host out. */
export function refuseBrokenHead(request: Request, _response: Response, next: NextFunction): void {
  const { host } = request.headers;
  if (request.httpVersionMajor !== 1) next(new HttpException('Only HTTP/1.1 and 1.0 are spoken here.', 505));
  else if ((host !== undefined && !HOST.test(host)) || hasTwoHosts(request))
    next(invalid('Host', 'must be given once, as a host with an optional port'));
  else next();
}

/** Node takes the first and is silent about the others. */
function hasTwoHosts({ rawHeaders }: Request): boolean {
  let hosts = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) if (/^host$/i.test(rawHeaders[i] ?? '')) hosts++;
  return hosts > 1;
}

/** Express and Node take half a UTF-8 sequence in a URL for replacement characters, or for nothing. */
export function refuseBrokenUrl({ url }: Request, _response: Response, next: NextFunction): void {
  const [path = '', query = ''] = url.split(/\?(.*)/s);
  const parameters = query.split('&');
  const broken = url.includes('%') ? [path, ...parameters].find((part) => !isDecodable(part)) : undefined;
  if (parameters.length > MAX_PARAMETERS)
    next(invalid('query', `must have at most ${MAX_PARAMETERS} parameters`));
  else if (broken !== undefined)
    next(
      invalid(broken === path ? 'path' : (broken.split('=', 1)[0] ?? ''), 'must be percent-encoded UTF-8'),
    );
  else next();
}

function invalid(field: string, detail: string): InvalidInputError {
  return new InvalidInputError([{ field, detail }]);
}

export function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
