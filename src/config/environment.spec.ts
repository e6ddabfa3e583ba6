import { createHash } from 'node:crypto';
import { Environment, parseEnvironment } from './environment.js';

const OF_NOTHING = createHash('sha256').digest('hex');

describe('the environment', () => {
  it('has a default for everything', () => {
    expect(parseEnvironment({})).toEqual(new Environment());
  });

  it('takes an empty or blank variable for an unset one, and does not look at others', () => {
    expect(parseEnvironment({ PORT: '', SCYLLA_GC_GRACE_SECONDS: ' ', PATH: '/bin' })).toEqual(
      new Environment(),
    );
  });

  it('reads numbers, hosts with and without ports, and IPv6 addresses', () => {
    const environment = parseEnvironment({
      PORT: '0',
      SCYLLA_GC_GRACE_SECONDS: '0',
      SCYLLA_HOSTS: '10.0.0.1, db.local:9142,::1,[fe80::2]:9042',
    });
    expect(environment).toMatchObject({
      PORT: 0,
      SCYLLA_GC_GRACE_SECONDS: 0,
      SCYLLA_HOSTS: ['10.0.0.1', 'db.local:9142', '[::1]', '[fe80::2]:9042'],
    });
  });

  it.each([
    ['PORT', '65536', 'PORT must be a whole number from 0 to 65535 (it is "65536")'],
    ['PORT', '8e3', 'PORT must be a whole number'],
    ['SESSION_STORE', 'Scylla', 'SESSION_STORE must be "embedded" or "scylla"'],
    ['SCYLLA_HOSTS', 'a b', 'SCYLLA_HOSTS must be hosts with optional ports'],
    ['SCYLLA_HOSTS', '10.0.0.1,,10.0.0.2', 'SCYLLA_HOSTS must be hosts with optional ports'],
    ['SCYLLA_KEYSPACE', 'a; DROP', 'SCYLLA_KEYSPACE must be 1 to 48 of a-z, 0-9 and _'],
    ['SCYLLA_CONSISTENCY', 'ANY', 'SCYLLA_CONSISTENCY must be one of ONE, TWO'],
    ['SCYLLA_BOOTSTRAP', 'no', 'SCYLLA_BOOTSTRAP must be "on" or "off"'],
    ['MAX_TTL_SECONDS', '299', 'MAX_TTL_SECONDS must not be less than DEFAULT_TTL_SECONDS'],
    ['MAX_TTL_SECONDS', '315360001', 'MAX_TTL_SECONDS must be a whole number from 1 to 315360000'],
    ['TRUST_PROXY', '0.0.0.0/0', 'TRUST_PROXY must be a number of hops'],
    ['API_KEYS', `app:${OF_NOTHING}`, 'not those of an empty key'],
    ['SHOW_CQL', 'yes', 'SHOW_CQL must be "true" or "false"'],
  ])('refuses %s=%s', (name, value, sentence) => {
    expect(() => parseEnvironment({ [name]: value })).toThrow(sentence);
  });

  it('names every wrong variable at once', () => {
    expect(() => parseEnvironment({ PORT: 'x', DEFAULT_TTL_SECONDS: '0' })).toThrow(
      /^The environment is wrong: PORT .*; DEFAULT_TTL_SECONDS .*\.$/,
    );
  });

  it.each([
    ['127.0.0.1', undefined, true],
    ['::1', undefined, true],
    ['localhost', undefined, true],
    ['0.0.0.0', undefined, false],
    ['127.example.com', undefined, false],
    ['0.0.0.0', 'true', true],
    ['127.0.0.1', 'false', false],
  ])('shows the CQL on %s with SHOW_CQL=%s: %s', (HOST, SHOW_CQL, shown) => {
    expect(parseEnvironment({ HOST, SHOW_CQL }).showCql).toBe(shown);
  });
});
