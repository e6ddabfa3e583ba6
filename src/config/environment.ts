import { isIP, isIPv4, isIPv6 } from 'node:net';
import { plainToInstance, Transform } from 'class-transformer';
import { IsIn, IsNotEmpty, IsString, Matches, ValidateBy, ValidateIf, validateSync } from 'class-validator';
import { applyDecorators } from '@nestjs/common';
import { ApiKey } from './api-key.js';
import { StartupError } from './startup-error.js';

/** ScyllaDB accepts up to 630,720,000 s (20 years); Cassandra's shipped settings refuse an expiry past 2038-01-19. */
const TTL_CEILING_SECONDS = 315_360_000;

const CONSISTENCIES = [
  'ONE',
  'TWO',
  'THREE',
  'QUORUM',
  'ALL',
  'LOCAL_QUORUM',
  'EACH_QUORUM',
  'LOCAL_ONE',
] as const;

/** From the least to the most. */
export const LOG_LEVELS = ['fatal', 'error', 'warn', 'log', 'debug'] as const;

type Flag = 'true' | 'false';

/** The environment, parsed once. A field is named as its variable; `.env.example` says what each one does. */
export class Environment {
  /** The address to listen on. */
  @IsNotEmpty({ message: 'must be an address or a host name' })
  @IsString()
  readonly HOST: string = '127.0.0.1';

  /** The port to listen on; 0 takes any free one. */
  @IsWholeNumber(0, 65_535)
  readonly PORT: number = 8000;

  /** Whether nobody but this machine can reach the service. */
  get onLoopback(): boolean {
    return (
      this.HOST === 'localhost' || this.HOST === '::1' || (isIPv4(this.HOST) && this.HOST.startsWith('127.'))
    );
  }

  /** Who may enter: `name:sha256` or `name:scope:sha256`, the scope `read` or `write`. With none, everybody may. */
  @Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' ? value.split(',').map((entry) => ApiKey.parse(entry.trim()) ?? entry) : value,
  )
  @ValidateBy({
    name: 'areApiKeys',
    validator: {
      validate: (keys) =>
        Array.isArray(keys) &&
        keys.every((key) => key instanceof ApiKey) &&
        new Set(keys.map(({ name }) => name)).size === keys.length,
      defaultMessage: () =>
        'must be entries name:sha256 or name:scope:sha256, comma-separated: names of 1 to 32 letters, digits, _ and -, ' +
        'no two the same, the scope read or write, and 64 hex digits, not those of an empty key',
    },
  })
  readonly API_KEYS: ApiKey[] = [];

  /** Whether the service may listen beyond loopback without keys. */
  @IsFlag()
  readonly ALLOW_UNAUTHENTICATED: Flag = 'false';

  /** Names by which browsers may call the service; addresses, localhost and HOST may always be used. */
  @Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' ? value.split(',').map((name) => name.trim().toLowerCase()) : value,
  )
  @Matches(/^[a-z\d]([a-z\d.-]*[a-z\d])?$/, {
    each: true,
    message: 'must be host names without ports, like sessions.example.com,sessions',
  })
  readonly ALLOWED_HOSTS: string[] = [];

  /** Proxies whose X-Forwarded-* headers are believed: how many hops, or their addresses and networks. */
  @Transform(({ value }: { value: unknown }) =>
    typeof value !== 'string' || value === ''
      ? value
      : /^\d+$/.test(value)
        ? Number(value)
        : value.split(',').map((proxy) => proxy.trim()),
  )
  @ValidateBy({
    name: 'areProxies',
    validator: {
      validate: (proxies) =>
        proxies === '' || isHops(proxies) || (Array.isArray(proxies) && proxies.every(isProxy)),
      defaultMessage: () =>
        'must be a number of hops from 1 to 9, or addresses and networks, like 10.0.0.1,10.1.0.0/16,loopback',
    },
  })
  readonly TRUST_PROXY: number | string[] | '' = '';

  /** Requests a minute that one key, or one address without a key, may make of one process; 0 for no limit. */
  @ValidateIf((_, value) => value !== undefined)
  @IsWholeNumber(0, 1_000_000_000)
  readonly RATE_LIMIT: number | undefined = undefined;

  get rateLimit(): number {
    return this.RATE_LIMIT ?? (this.onLoopback ? 0 : 6000);
  }

  /** Requests that may be under way at a time; one more is answered 503. */
  @IsWholeNumber(1, 100_000)
  readonly MAX_REQUESTS_IN_FLIGHT: number = 500;

  /** Whether /metrics needs no key. Unset: on a loopback address. */
  @ValidateIf((_, value) => value !== undefined)
  @IsFlag()
  readonly METRICS_PUBLIC: Flag | undefined = undefined;

  get metricsPublic(): boolean {
    return this.METRICS_PUBLIC === undefined ? this.onLoopback : this.METRICS_PUBLIC === 'true';
  }

  /** Whether the dashboard shows the statements behind it. Unset: where only this machine can see it. */
  @ValidateIf((_, value) => value !== undefined)
  @IsFlag()
  readonly SHOW_CQL: Flag | undefined = undefined;

  get showCql(): boolean {
    return this.SHOW_CQL === undefined ? this.onLoopback : this.SHOW_CQL === 'true';
  }

  /** Node's own variable. */
  @IsString()
  readonly NODE_ENV: string = '';

  /** How a log line looks. Unset: JSON where NODE_ENV is production. */
  @ValidateIf((_, value) => value !== undefined)
  @IsIn(['text', 'json'], { message: 'must be "text" or "json"' })
  readonly LOG_FORMAT: 'text' | 'json' | undefined = undefined;

  get logsAreJson(): boolean {
    return this.LOG_FORMAT === undefined ? this.NODE_ENV === 'production' : this.LOG_FORMAT === 'json';
  }

  /** The least that is logged; at `debug` a line for every request. */
  @IsIn(LOG_LEVELS, { message: `must be one of ${LOG_LEVELS.join(', ')}` })
  readonly LOG_LEVEL: (typeof LOG_LEVELS)[number] = 'log';

  /**
   * Seconds that the service goes on answering after SIGTERM, with /health/ready at 503, so that balancers look
   * elsewhere before it stops listening. Unset: 0 on a loopback address, else 5.
   */
  @ValidateIf((_, value) => value !== undefined)
  @IsWholeNumber(0, 8)
  readonly SHUTDOWN_DELAY_SECONDS: number | undefined = undefined;

  get shutdownDelaySeconds(): number {
    return this.SHUTDOWN_DELAY_SECONDS ?? (this.onLoopback ? 0 : 5);
  }

  /** Where sessions live: in an LMDB folder on this machine, or on a ScyllaDB or Cassandra cluster. */
  @IsIn(['embedded', 'scylla'], { message: 'must be "embedded" or "scylla"' })
  readonly SESSION_STORE: 'embedded' | 'scylla' = 'embedded';

  /** The embedded store's folder; made if it is missing. */
  @IsString()
  readonly DATA_DIR: string = './data';

  /** The table's default TTL in seconds, for a session that asks for none. */
  @IsWholeNumber(1, TTL_CEILING_SECONDS)
  readonly DEFAULT_TTL_SECONDS: number = 300;

  /** The longest TTL in seconds that a session may ask for. */
  @IsWholeNumber(1, TTL_CEILING_SECONDS)
  @ValidateBy({
    name: 'coversDefaultTtl',
    validator: {
      validate: (max, args) => !(Number(max) < (args?.object as Environment).DEFAULT_TTL_SECONDS),
      defaultMessage: () => 'must not be less than DEFAULT_TTL_SECONDS',
    },
  })
  readonly MAX_TTL_SECONDS: number = 2_592_000;

  /** How many seconds after its creation a session ends at the latest, however often it is renewed; 0 for never. */
  @IsWholeNumber(0, TTL_CEILING_SECONDS)
  readonly MAX_LIFETIME_SECONDS: number = 0;

  /** Some nodes of the cluster, by which the others are found: `host`, `host:port`, `::1` or `[::1]:port`. */
  @Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' ? value.split(',').map(toContactPoint) : value,
  )
  @Matches(/^([\w.-]+|\[[\da-f:.]+\])(:\d{1,5})?$/i, {
    each: true,
    message: 'must be hosts with optional ports, like 10.0.0.1,db.local:9042,[::1]:9042',
  })
  readonly SCYLLA_HOSTS: string[] = ['127.0.0.1'];

  /** The keyspace of the tables; made if it is missing. */
  @Matches(/^[a-z][a-z0-9_]{0,47}$/, { message: 'must be 1 to 48 of a-z, 0-9 and _, the first a letter' })
  readonly SCYLLA_KEYSPACE: string = 'ephemera';

  /** The data centre to talk to, by the cluster's name for it. */
  @IsString()
  readonly SCYLLA_LOCAL_DC: string = 'datacenter1';

  /** Copies of each row in the local data centre, where the keyspace is made by us. */
  @IsWholeNumber(1, 9)
  readonly SCYLLA_REPLICATION_FACTOR: number = 1;

  /** How many of those copies must answer. */
  @IsIn(CONSISTENCIES, { message: `must be one of ${CONSISTENCIES.join(', ')}` })
  readonly SCYLLA_CONSISTENCY: (typeof CONSISTENCIES)[number] = 'LOCAL_QUORUM';

  /** Seconds that a tombstone is kept at least. Unset: 60 for one copy, else 10,800, as long as hints are kept. */
  @ValidateIf((_, value) => value !== undefined)
  @IsWholeNumber(0, 864_000)
  readonly SCYLLA_GC_GRACE_SECONDS: number | undefined = undefined;

  /** Whether to make and alter keyspace and tables; `off` for an account without the right to. */
  @IsIn(['on', 'off'], { message: 'must be "on" or "off"' })
  readonly SCYLLA_BOOTSTRAP: 'on' | 'off' = 'on';

  /** Seconds to wait for the cluster at start before giving up. */
  @IsWholeNumber(1, 3600)
  readonly SCYLLA_STARTUP_TIMEOUT_SECONDS: number = 60;

  @IsString()
  readonly SCYLLA_USERNAME: string = '';

  @IsString()
  readonly SCYLLA_PASSWORD: string = '';

  /** A file with the certificate authorities that the cluster's certificates come from; set, it turns TLS on. */
  @IsString()
  readonly SCYLLA_TLS_CA: string = '';
}

/**
 * Reads the variables of `Environment` out of `variables`; an empty one counts as unset.
 * @throws StartupError one message that names every wrong variable, what it must be and what it is
 */
export function parseEnvironment(variables: NodeJS.ProcessEnv): Environment {
  const defaults = new Environment();
  const set = Object.keys(defaults).filter((name) => variables[name]?.trim());
  const environment = plainToInstance(
    Environment,
    // A password may begin or end with a blank.
    Object.fromEntries(
      set.map((name) => [name, name.includes('PASSWORD') ? variables[name] : variables[name]?.trim()]),
    ),
    { exposeDefaultValues: true },
  );
  const wrong = validateSync(environment).map(
    ({ property, constraints }) =>
      `${property} ${Object.values(constraints ?? {}).join(' and ')} (it is ${property === 'API_KEYS' ? 'not shown' : JSON.stringify(variables[property] ?? environment[property as keyof Environment])})`,
  );
  if (wrong.length > 0) throw new StartupError(`The environment is wrong: ${wrong.join('; ')}.`);
  return environment;
}

/** @throws StartupError if strangers could reach the service and nothing would stop them */
export function refuseToBeOpen({ onLoopback, HOST, API_KEYS, ALLOW_UNAUTHENTICATED }: Environment): void {
  if (onLoopback || API_KEYS.length > 0 || ALLOW_UNAUTHENTICATED === 'true') return;
  throw new StartupError(
    `Whoever reaches HOST ${HOST} could read and revoke every session: set API_KEYS (\`node tools/new-key.mjs\` makes ` +
      'one), or ALLOW_UNAUTHENTICATED=true if something else keeps strangers out.',
  );
}

/** The driver tells a bare IPv6 address from a port by its brackets. */
function toContactPoint(text: string): string {
  const host = text.trim();
  return isIPv6(host) ? `[${host}]` : host;
}

/** Express believes what so many proxies in a row say of a client. */
function isHops(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 9;
}

/** As Express's `trust proxy` takes it: an address, a network, or one of its names for networks. */
function isProxy(value: unknown): boolean {
  const [address = '', bits = '1', ...rest] = String(value).split('/');
  if (['loopback', 'linklocal', 'uniquelocal'].includes(String(value))) return true;
  return (
    isIP(address) > 0 &&
    /^[1-9]\d{0,2}$/.test(bits) &&
    Number(bits) <= (isIPv6(address) ? 128 : 32) &&
    !rest.length
  );
}

function IsFlag(): PropertyDecorator {
  return IsIn(['true', 'false'], { message: 'must be "true" or "false"' });
}

/** Decimal digits become a number before they are checked; anything else stays as it is, to be refused. */
function IsWholeNumber(min: number, max: number): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value,
    ),
    ValidateBy({
      name: 'isWholeNumber',
      validator: {
        validate: (value) => Number.isInteger(value) && Number(value) >= min && Number(value) <= max,
        defaultMessage: () => `must be a whole number from ${min} to ${max}`,
      },
    }),
  );
}
