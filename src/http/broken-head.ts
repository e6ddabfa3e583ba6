import { HttpException } from '@nestjs/common';
import type { Request } from 'express';
import { InvalidInputError } from './invalid-input.error.js';

/** As many as Node's parser reads; it leaves out the others in silence. */
const MAX_PARAMETERS = 1000;

const HOST = /^([\w.-]+|\[[\da-f:.]+\])(:\d{1,5})?$/i;

/** What Node's parser lets through, and RFC 9112 does not; undefined if nothing. HTTP/1.0 may leave the Host out. */
export function faultInHead(request: Request): Error | undefined {
  const { host } = request.headers;
  if (request.httpVersionMajor !== 1) return new HttpException('Only HTTP/1.1 and 1.0 are spoken here.', 505);
  if ((host !== undefined && !HOST.test(host)) || hasTwoHosts(request))
    return invalid('Host', 'must be given once, as a host with an optional port');
  return undefined;
}

/** Node takes the first and is silent about the others. */
function hasTwoHosts({ rawHeaders }: Request): boolean {
  let hosts = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? '';
    if (name.length === 4 && name.toLowerCase() === 'host') hosts++;
  }
  return hosts > 1;
}

/** Express and Node take half a UTF-8 sequence in a URL for replacement characters, or for nothing. */
export function faultInUrl({ url }: Request): Error | undefined {
  if (!url.includes('%') && !url.includes('&')) return undefined;
  const [path = '', query = ''] = url.split(/\?(.*)/s);
  const parameters = query.split('&');
  if (parameters.length > MAX_PARAMETERS)
    return invalid('query', `must have at most ${MAX_PARAMETERS} parameters`);
  const broken = [path, ...parameters].find((part) => !isDecodable(part));
  if (broken === undefined) return undefined;
  return invalid(broken === path ? 'path' : (broken.split('=', 1)[0] ?? ''), 'must be percent-encoded UTF-8');
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
