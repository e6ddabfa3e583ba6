import { deflateRawSync, gzipSync } from 'node:zlib';

/** What goes over the wire, by what is wrong with it. A string is latin1: a character is a byte. */
type Corpus = Record<string, string | Buffer>;

/** Whose sessions the corpus would create if it were taken: nobody may ever have one. */
export const REFUSED_USER = 'refused';
export const SMUGGLED_USER = 'smuggled';

const TOKEN = '3f2b8c1e-6a1d-4c8e-9b57-0d4f3a9e7c21';
const KIB = 1024;

function message(requestLine: string, headers: string[], body = ''): string {
  return [requestLine, 'Host: localhost', ...headers, '', body].join('\r\n');
}

function get(target: string, ...headers: string[]): string {
  return message(`GET ${target} HTTP/1.1`, headers);
}

/** A POST /sessions whose headers say themselves how long the body is. */
function post(body: string, ...headers: string[]): string {
  return message('POST /sessions HTTP/1.1', ['Content-Type: application/json', ...headers], body);
}

/** A POST /sessions with the right Content-Length. */
function json(body: string, ...headers: string[]): string {
  return post(body, `Content-Length: ${body.length}`, ...headers);
}

function chunked(body: string, ...headers: string[]): string {
  return post(body, 'Transfer-Encoding: chunked', ...headers);
}

function form(path: string, body: string, type = 'application/x-www-form-urlencoded'): string {
  return message(`POST ${path} HTTP/1.1`, [`Content-Type: ${type}`, `Content-Length: ${body.length}`], body);
}

function compressed(body: Buffer, encoding: string): Buffer {
  const headers = post('', `Content-Encoding: ${encoding}`, `Content-Length: ${body.length}`);
  return Buffer.concat([Buffer.from(headers, 'latin1'), body]);
}

const utf8 = (text: string) => Buffer.from(text, 'utf8').toString('latin1');
const utf16 = (text: string) => Buffer.from(text, 'utf16le').toString('latin1');
const create = (user: string) => `{"user_name":"${user}","memory_fragment":"x"}`;

const SESSION = create(REFUSED_USER);
const CHUNK = `${SESSION.length.toString(16)}\r\n${SESSION}\r\n`;
const SIZE = `Content-Length: ${SESSION.length}`;
const HIDDEN = `POST /sessions?user_name=${SMUGGLED_USER}&memory_fragment=x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n`;

/** Not all of a request: the rest may still come, so that the service waits for it; never carried out. */
export const TRUNCATED: Corpus = {
  'a request line cut short': 'GET /hea',
  'HTTP/0.9': 'GET /\r\n',
  'headers cut short in a name': 'GET /health/live HTTP/1.1\r\nHost: localhost\r\nX-He',
  'headers cut short in a value': 'GET /health/live HTTP/1.1\r\nHost: local',
  'headers without the empty line': 'GET /health/live HTTP/1.1\r\nHost: localhost\r\n',
  'a body cut short': post(SESSION.slice(0, -5), SIZE),
  'a body that never comes': post('', SIZE),
  'Content-Length of petabytes': post(SESSION, 'Content-Length: 9007199254740991'),
  'a chunk of petabytes': chunked(`1fffffffffffff\r\n${SESSION}`),
  'no last chunk': chunked(CHUNK),
  'a last chunk without its empty line': chunked(`${CHUNK}0\r\n`),
  'nothing at all': '',
  'one byte': 'G',
  'line ends alone': '\r\n\r\n',
  'Expect: 100-continue without a body': post('', 'Expect: 100-continue', 'Content-Length: 5'),
};

/** Must be answered with 400 or above, or closed without an answer; never carried out. */
export const REFUSED: Corpus = {
  'nothing but line ends and garbage': '\r\n\r\n\r\ngarbage\r\n\r\n',
  'a request line without a version': 'GET /health/live\r\nHost: localhost\r\n\r\n',
  'a request line of three targets': message('GET /health/live /a /b HTTP/1.1', []),
  'no target': message('GET  HTTP/1.1', []),
  'a target that is no path': message('GET health/live HTTP/1.1', []),
  'a header of 64 kB': get('/health/live', `X-Long: ${'a'.repeat(64 * KIB)}`),
  'a header of 1 MB': get('/health/live', `X-Long: ${'a'.repeat(KIB * KIB)}`),
  'a header name of 64 kB': get('/health/live', `${'X'.repeat(64 * KIB)}: a`),
  '3000 headers': get('/health/live', ...Array.from({ length: 3000 }, (_, n) => `X-${n}: ${n}`)),
  'a URL of 64 kB': get(`/sessions?user_name=${'a'.repeat(64 * KIB)}`),
  'a cookie of 32 kB': get('/health/live', `Cookie: ${'a=b; '.repeat(6500)}`),
  'a header without a colon': get('/health/live', 'no colon here'),
  'a header without a name': get('/health/live', ': value'),
  'a blank before the colon': get('/health/live', 'X-Blank : a'),
  'a blank before the first header': 'GET /health/live HTTP/1.1\r\n Host: localhost\r\n\r\n',
  'a header name with a slash': get('/health/live', 'X/Y: a'),

  'Content-Length and then Transfer-Encoding': post(
    `0\r\n\r\n${HIDDEN}`,
    'Content-Length: 5',
    'Transfer-Encoding: chunked',
  ),
  'Transfer-Encoding and then Content-Length': post(
    `0\r\n\r\n${HIDDEN}`,
    'Transfer-Encoding: chunked',
    'Content-Length: 5',
  ),
  'Content-Length on both sides of Transfer-Encoding': post(
    CHUNK,
    SIZE,
    'Transfer-Encoding: chunked',
    'Content-Length: 0',
  ),
  'two Content-Lengths that differ': post(SESSION + HIDDEN, SIZE, `Content-Length: ${SESSION.length + 20}`),
  'two Content-Lengths that agree': post(SESSION, SIZE, SIZE),
  'a list of Content-Lengths': post(SESSION, `${SIZE}, ${SESSION.length}`),
  'Content-Length with a plus': post(SESSION, `Content-Length: +${SESSION.length}`),
  'Content-Length with a minus': post(SESSION, 'Content-Length: -1'),
  'Content-Length with a blank inside': post(SESSION, 'Content-Length: 4 7'),
  'Content-Length in hexadecimal': post(SESSION, `Content-Length: 0x${SESSION.length.toString(16)}`),
  'Content-Length with a fraction': post(SESSION, `Content-Length: ${SESSION.length}.0`),
  'Content-Length that is empty': post(SESSION, 'Content-Length:'),
  'Content-Length over 64 bits': post(SESSION, 'Content-Length: 18446744073709551663'),
  'Content-Length folded': post(SESSION, `Content-Length:\r\n ${SESSION.length}`),
  'a blank before the colon of Content-Length': post(SESSION, `Content-Length : ${SESSION.length}`),
  'Transfer-Encoding: xchunked': post(CHUNK + HIDDEN, 'Transfer-Encoding: xchunked'),
  'Transfer-Encoding: identity': post(SESSION, 'Transfer-Encoding: identity'),
  'Transfer-Encoding: identity with a length': post(SESSION, 'Transfer-Encoding: identity', SIZE),
  'Transfer-Encoding: chunked, identity': post(`${CHUNK}0\r\n\r\n`, 'Transfer-Encoding: chunked, identity'),
  'Transfer-Encoding: chunked, chunked': post(`${CHUNK}0\r\n\r\n`, 'Transfer-Encoding: chunked, chunked'),
  'Transfer-Encoding: gzip': post(CHUNK, 'Transfer-Encoding: gzip'),
  'Transfer-Encoding in quotes': post(`${CHUNK}0\r\n\r\n`, 'Transfer-Encoding: "chunked"'),
  'Transfer-Encoding after a vertical tab': post(`${CHUNK}0\r\n\r\n`, 'Transfer-Encoding: \vchunked'),
  'Transfer-Encoding folded beside a length': post(
    `0\r\n\r\n${HIDDEN}`,
    'Transfer-Encoding:\r\n chunked',
    'Content-Length: 5',
  ),
  'a blank before the colon of Transfer-Encoding': post(
    `0\r\n\r\n${HIDDEN}`,
    'Content-Length: 5',
    'Transfer-Encoding : chunked',
  ),
  'Transfer-Encoding after a bare LF in a value': post(
    `0\r\n\r\n${HIDDEN}`,
    'Content-Length: 5',
    'X-A: b\nTransfer-Encoding: chunked',
  ),
  'Transfer-Encoding in HTTP/1.0 beside a length': message(
    'POST /sessions HTTP/1.0',
    ['Content-Type: application/json', 'Content-Length: 5', 'Transfer-Encoding: chunked'],
    `0\r\n\r\n${HIDDEN}`,
  ),

  'a chunk size that is no number': chunked(`xyz\r\n${SESSION}\r\n0\r\n\r\n`),
  'a chunk size with 0x': chunked(`0x${CHUNK}0\r\n\r\n`),
  'a chunk size with a blank before it': chunked(` ${CHUNK}0\r\n\r\n`),
  'a negative chunk size': chunked(`-1\r\n${SESSION}\r\n0\r\n\r\n`),
  'a chunk size over 64 bits': chunked(`fffffffffffffffff\r\n${SESSION}\r\n0\r\n\r\n`),
  'a chunk size that is empty': chunked(`\r\n${SESSION}\r\n0\r\n\r\n`),
  'a chunk size ended by a bare LF': chunked(`${CHUNK.replace('\r\n', '\n')}0\r\n\r\n`),
  'a chunk ended by a bare LF': chunked(`${CHUNK.slice(0, -2)}\n0\r\n\r\n`),
  'a chunk longer than its size': chunked(`2\r\n${SESSION}\r\n0\r\n\r\n`),
  'a chunk extension with a bare LF': chunked(`${CHUNK.replace('\r\n', ';a\nb\r\n')}0\r\n\r\n`),
  'a chunk extension of 64 kB': chunked(`${CHUNK.replace('\r\n', `;${'a'.repeat(64 * KIB)}\r\n`)}0\r\n\r\n`),
  'a trailer that is no header': chunked(`${CHUNK}0\r\nno colon\r\n\r\n`),
  'trailers of 64 kB': chunked(`${CHUNK}0\r\nX-Long: ${'a'.repeat(64 * KIB)}\r\n\r\n`),
  'a body without a length, read as a request': post(SESSION),
  'a body longer than its length': post(`${SESSION}${HIDDEN}`, `Content-Length: ${SESSION.length - 1}`),

  'a bare CR between headers': get('/health/live', 'X-A: b\rX-C: d'),
  'bare CRs for all line ends': 'GET /health/live HTTP/1.1\rHost: localhost\r\r',
  'NUL in the path': get('/health\0/live'),
  'NUL in a header': get('/health/live', 'X-A: a\0b'),
  'NUL in the method': message('GE\0T /health/live HTTP/1.1', []),
  'NUL in the body': json(`{"user_name":"${REFUSED_USER}\0","memory_fragment":"x"}`),
  'an escaped NUL in the body': json(`{"user_name":"${REFUSED_USER}\\u0000","memory_fragment":"x"}`),
  'a control character in the path': get('/health/live\x01'),
  'a tab in the path': get('/health\t/live'),
  'DEL in the path': get('/health/live\x7f'),
  'invalid UTF-8 in the path': get('/sessions/\xff\xfe'),
  'invalid UTF-8 in the query': get('/sessions?user_name=\xc3\x28'),
  'invalid UTF-8 in the body': json(`{"user_name":"${REFUSED_USER}\xff","memory_fragment":"x"}`),
  'half a surrogate in the body': json(`{"user_name":"${REFUSED_USER}\\ud800","memory_fragment":"x"}`),
  'a percent-encoded NUL in a token': get(`/sessions/${TOKEN}%00`),
  'a percent-encoded NUL in a query': get('/sessions?user_name=a%00b'),
  'a percent-encoded NUL in an asset': get('/assets/vault.css%00.js'),
  'a percent-encoded overlong slash': get('/assets/%c0%af'),
  'a percent-encoded overlong NUL': get('/sessions?user_name=%c0%80'),
  'half a percent-encoded sequence': get('/sessions?user_name=%e2%82'),
  'a percent-encoded surrogate': get('/sessions?user_name=%ed%a0%80'),
  'half a percent sign in the path': get('/sessions/%'),
  'half a percent sign in the query': get('/sessions?user_name=%4'),
  'a percent sign before what is not hexadecimal': get('/sessions?user_name=%zz'),

  'the authority form': message('GET localhost:80 HTTP/1.1', []),
  CONNECT: message('CONNECT localhost:80 HTTP/1.1', []),
  'CONNECT with a path': message('CONNECT /sessions HTTP/1.1', []),
  'an unknown method': message('BREW /sessions HTTP/1.1', []),
  'a method in lower case': message('get /health/live HTTP/1.1', []),
  'a method of 64 kB': message(`${'A'.repeat(64 * KIB)} / HTTP/1.1`, []),
  'a method that HTTP knows and we do not': message('PROPFIND /sessions HTTP/1.1', []),
  TRACE: message('TRACE /sessions HTTP/1.1', ['Cookie: secret=1']),
  'HTTP/2.0 in text': message('GET /health/live HTTP/2.0', []),
  'HTTP/3.7': message('GET /health/live HTTP/3.7', []),
  'HTTP/9.9': message('GET /health/live HTTP/9.9', []),
  'HTTP/1.10': message('GET /health/live HTTP/1.10', []),
  'another protocol': message('GET /health/live HTP/1.1', []),
  'HTTP/0.9 in the request line': message('GET /health/live HTTP/0.9', []),
  'the preface of HTTP/2': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0',
  "a TLS client's hello":
    '\x16\x03\x01\x00\x2f\x01\x00\x00\x2b\x03\x03' +
    '\xa5'.repeat(32) +
    '\x00\x00\x02\x13\x01\x01\x00\x00\x00',
  "an SSH client's hello": 'SSH-2.0-OpenSSH_9.2\r\n',
  'bytes of every value': Buffer.from(Array.from({ length: 256 }, (_, n) => n)),
  '64 kB of NUL': Buffer.alloc(64 * KIB),
  'an unknown Expect': json(SESSION, 'Expect: 200-maybe'),
  'no Host': 'GET /health/live HTTP/1.1\r\n\r\n',
  'two Hosts that differ': get('/health/live', 'Host: example.com'),
  'two Hosts that agree': get('/health/live', 'Host: localhost'),
  'an empty Host': 'GET /health/live HTTP/1.1\r\nHost:\r\n\r\n',
  'a Host with userinfo': 'GET /health/live HTTP/1.1\r\nHost: root@localhost\r\n\r\n',
  'a Host with a path': 'GET /health/live HTTP/1.1\r\nHost: localhost/x\r\n\r\n',

  'broken gzip': compressed(Buffer.from('this is no gzip'), 'gzip'),
  'gzip cut short': compressed(gzipSync(SESSION).subarray(0, -12), 'gzip'),
  'a gzip bomb': compressed(gzipSync(Buffer.alloc(64 * KIB * KIB, ' ')), 'gzip'),
  'gzip within gzip': compressed(gzipSync(gzipSync(SESSION)), 'gzip, gzip'),
  'broken deflate': compressed(deflateRawSync(SESSION).subarray(3), 'deflate'),
  'broken brotli': compressed(Buffer.from('this is no brotli'), 'br'),
  'an unknown encoding': compressed(Buffer.from(SESSION), 'zstd-of-mine'),
  'JSON cut short': json('{"user_name":"refused","memory_fragment":'),
  'JSON of one bracket 60,000 times': json('['.repeat(60_000)),
  'a field of 30,000 arrays in each other': json(
    `{"user_name":${'['.repeat(30_000)}${']'.repeat(30_000)},"memory_fragment":"x"}`,
  ),
  'an unknown field of 10,000 objects in each other': json(
    `${SESSION.slice(0, -1)},"x":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}}`,
  ),
  '__proto__ as a field': json(`${SESSION.slice(0, -1)},"__proto__":{"ttl":1}}`),
  'constructor as a field': json(`${SESSION.slice(0, -1)},"constructor":{"prototype":{"ttl":1}}}`),
  '5000 unknown fields': json(
    `${SESSION.slice(0, -1)}${Array.from({ length: 5000 }, (_, n) => `,"f${n}":0`).join('')}}`,
  ),
  'a number of 60,000 digits': json(`${SESSION.slice(0, -1)},"ttl":${'9'.repeat(60_000)}}`),
  'a body of 65 kB': json(`{"user_name":"${'a'.repeat(65 * KIB)}","memory_fragment":"x"}`),
  'UTF-16 that says so': message(
    'POST /sessions HTTP/1.1',
    ['Content-Type: application/json; charset=utf-16le', `Content-Length: ${2 * SESSION.length}`],
    utf16(SESSION),
  ),
  'UTF-16 that does not say so': json(`\xff\xfe${utf16(SESSION)}`),
  'UTF-7': message(
    'POST /sessions HTTP/1.1',
    ['Content-Type: application/json; charset=utf-7', SIZE],
    SESSION,
  ),
  'an unknown charset': message(
    'POST /sessions HTTP/1.1',
    ['Content-Type: application/json; charset=klingon', SIZE],
    SESSION,
  ),
  'a multipart body without a boundary': form('/sessions', SESSION, 'multipart/form-data'),
  'a query of brackets 2000 deep': get(`/sessions?a${'[b]'.repeat(2000)}=`),
  'brackets in a query': get('/sessions?user_name[$ne]=x'),
  '__proto__ in a query': get('/sessions?__proto__[limit]=1&__proto__=x'),
  '1500 query parameters': get(`/sessions?${Array.from({ length: 1500 }, (_, n) => `p${n}=1`).join('&')}`),
  'one query parameter 1500 times': get(`/sessions?${'limit=1&'.repeat(1500)}`),
  'a query parameter after 1000 others': get(
    `/sessions?${'&'.repeat(1000)}limit=1${'&limit=1'.repeat(1000)}`,
  ),
  'a token of 10 kB': get(`/sessions/${'a'.repeat(10 * KIB)}`),
  'a token with a semicolon': get(`/sessions/${TOKEN};a=b`),
  'semicolons in the path': get('/sessions;a=b'),
  'a form of 1500 fields': form('/ui/sessions', 'user_name=refused&memory_fragment=x' + '&a=1'.repeat(1500)),
  'a form with a percent-encoded NUL': form('/ui/sessions', 'user_name=refused%00&memory_fragment=x'),
  'a form with invalid UTF-8': form('/ui/sessions', 'user_name=refused%ff&memory_fragment=x'),
  'a form in an unknown charset': form(
    '/ui/sessions',
    'user_name=refused&memory_fragment=x',
    'application/x-www-form-urlencoded; charset=klingon',
  ),
  'a range past the end': get('/assets/vault.css', 'Range: bytes=999999999-'),

  'a traversal': get('/assets/../../package.json'),
  'a traversal to what lies beside the assets': get('/assets/../package.json'),
  'a traversal with encoded dots': get('/assets/%2e%2e/%2e%2e/package.json'),
  'a traversal with encoded slashes': get('/assets/..%2f..%2fpackage.json'),
  'a traversal encoded twice': get('/assets/%252e%252e%252fpackage.json'),
  'a traversal with backslashes': get('/assets/..\\..\\package.json'),
  'a traversal with encoded backslashes': get('/assets/..%5c..%5cpackage.json'),
  'a traversal with a NUL': get('/assets/../../package.json%00.css'),
  'a traversal out of htmx': get('/assets/htmx/../../../package.json'),
  'a traversal out of htmx, encoded': get('/assets/htmx/%2e%2e%2fpackage.json'),
  'a traversal out of the docs': get('/docs/..%2f..%2f..%2fpackage.json'),
  'a traversal to the password file': get('/assets/../../../../../../../../etc/passwd'),
  'a traversal in four dots': get('/assets/....//....//package.json'),
  'an absolute path in the assets': get('/assets//etc/passwd'),
  'a hidden file': get('/.env'),
  'a hidden file beside the assets': get('/assets/.env'),
  'a stranger in two slashes': get('//example.com/%2f..'),
};

/** May be taken or refused: it does no harm either way. */
export const HARMLESS: Corpus = {
  'bare LFs for all line ends': 'GET /health/live HTTP/1.1\nHost: localhost\n\n',
  'a folded header': get('/health/live', 'X-Folded: a\r\n b'),
  'invalid UTF-8 in a header': get('/health/live', 'X-A: \xff\xfe', 'Accept: \xff', 'Accept-Language: \xc3'),
  'OPTIONS *': message('OPTIONS * HTTP/1.1', []),
  'GET *': message('GET * HTTP/1.1', []),
  'the absolute form of a stranger': message('GET http://example.com/health/live HTTP/1.1', []),
  'the absolute form with userinfo': message('GET http://a:b@localhost/health/live HTTP/1.1', []),
  'the absolute form of another scheme': message('GET ftp://localhost/health/live HTTP/1.1', []),
  'the absolute form without a host': message('GET http:///health/live HTTP/1.1', []),
  'HTTP/1.0 without a Host': 'GET /health/live HTTP/1.0\r\n\r\n',
  'Upgrade: websocket': get(
    '/health/live',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  ),
  'Upgrade: h2c': get(
    '/health/live',
    'Connection: Upgrade, HTTP2-Settings',
    'Upgrade: h2c',
    'HTTP2-Settings: AAMAAABkAAQAAP__',
  ),
  'a GET with a body': message('GET /health/live HTTP/1.1', ['Content-Length: 5'], 'hello'),
  'a GET with a request as its body': message(
    'GET /health/live HTTP/1.1',
    [`Content-Length: ${HIDDEN.length}`],
    HIDDEN,
  ),
  'a request hidden in a JSON body': json(HIDDEN),
  'a request hidden in a header': get('/health/live', `X-A: ${HIDDEN.replaceAll('\r\n', ' ')}`),
  'a request hidden in the path': get(`/health/live%20HTTP/1.1%0d%0a%0d%0a${encodeURIComponent(HIDDEN)}`),
  'garbage after a request': `${get('/health/live')}garbage\r\n\r\n`,
  'half a request after another': `${get('/health/live')}GET /hea`,
  'a second request after Connection: close': `${get('/health/live', 'Connection: close')}${HIDDEN}`,
  '200 ranges': get(
    '/assets/vault.css',
    `Range: bytes=${Array.from({ length: 200 }, (_, n) => `${n}-`).join()}`,
  ),
  'a range that is none': get('/assets/vault.css', 'Range: bytes=b-a,-,9-1'),
  'ranges of no unit': get('/assets/vault.css', 'Range: =0-1', 'If-Range: "'),
  'conditions that are none': get('/assets/vault.css', 'If-Modified-Since: yesterday', 'If-None-Match: "'),
  'an Accept that is none': get('/nowhere', 'Accept: ;;;q=,/,*/;q=1e999'),
  'an Accept of 1000 types': get('/nowhere', `Accept: ${'a/b;q=0.1,'.repeat(1000)}`),
  'an Accept-Encoding that is none': get('/', 'Accept-Encoding: ;q=,,gzip;q=-1;q=2'),
  'an empty cursor, filter and sort': get('/?cursor=&user_name=&sort=&order='),
  'a dashboard of unknown order': get('/?sort=__proto__&sort=constructor&user_name[]=x'),
  'a fragment in the target': get('/sessions/#x'),
  'a form with half a percent sign': form('/ui/sessions', 'user_name=harmless%&memory_fragment=x%'),
  'a BOM before JSON': json(utf8(`\ufeff${create('harmless')}`)),
  'a Content-Type without an end': message(
    'POST /sessions HTTP/1.1',
    ['Content-Type: application/json; charset="', `Content-Length: ${create('harmless').length}`],
    create('harmless'),
  ),
  'a JSON key twice': json(`{"user_name":"a",${create('harmless').slice(1)}`),
  'an empty body of JSON': json(''),
  'two slashes': get('//'),
  'two slashes and a stranger': get('//example.com'),
  'two slashes between': get('/health//live'),
  'a dot in the path': get('/./health/live'),
  'dots in the path': get('/x/../health/live'),
  'a slash at the end': get('/health/live/'),
  'a folder of assets': get('/assets'),
  'a stranger after the assets': get('/assets//example.com/%2e%2e'),
};

/** Unusual, and right: the statuses of the answers, in order. */
export const SERVED: Record<string, [bytes: string, ...statuses: number[]]> = {
  'line ends before a request': [`\r\n\r\n${get('/health/live')}`, 200],
  'two requests at once': [`${json(create('pipelined'))}${get('/health/live')}`, 201, 200],
  'a body in chunks, with an extension and a trailer': [
    chunked(
      `5;a=b\r\n${create('chunked').slice(0, 5)}\r\n${(create('chunked').length - 5).toString(16)}\r\n${create('chunked').slice(5)}\r\n0\r\nX-Trailer: a\r\n\r\n`,
    ),
    201,
  ],
  'Expect: 100-continue': [json(create('continued'), 'Expect: 100-continue'), 100, 201],
  'the absolute form': [message('GET http://localhost/health/live HTTP/1.1', []), 200],
  'HTTP/1.0': [message('GET /health/live HTTP/1.0', []), 200],
  'a header name in capitals and a value between tabs': [get('/health/live', 'X-A:\t a \t'), 200],
};
