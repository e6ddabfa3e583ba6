import { plainToInstance, Transform } from 'class-transformer';
import { IsIn, IsNotEmpty, IsString, validateSync, ValidateBy } from 'class-validator';
import { applyDecorators } from '@nestjs/common';
import { StartupError } from './startup-error.js';

/** ScyllaDB accepts up to 630,720,000 s (20 years); Cassandra's shipped settings refuse an expiry past 2038-01-19. */
const TTL_CEILING_SECONDS = 315_360_000;

/** The environment, parsed once. A field is named as its variable; `.env.example` says what each one does. */
export class Environment {
  /** The address to listen on. */
  @IsNotEmpty({ message: 'must be an address or a host name' })
  @IsString()
  readonly HOST: string = '127.0.0.1';

  /** The port to listen on; 0 takes any free one. */
  @IsWholeNumber(0, 65_535)
  readonly PORT: number = 8000;

  /** Where sessions live: in a local LMDB folder, on this one machine. */
  @IsIn(['embedded'], { message: 'must be "embedded"' })
  readonly SESSION_STORE: 'embedded' = 'embedded' as const;

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
    Object.fromEntries(set.map((name) => [name, variables[name]?.trim()])),
    { exposeDefaultValues: true },
  );
  const wrong = validateSync(environment).map(
    ({ property, constraints }) =>
      `${property} ${Object.values(constraints ?? {}).join(' and ')} (it is ${JSON.stringify(variables[property])})`,
  );
  if (wrong.length > 0) throw new StartupError(`The environment is wrong: ${wrong.join('; ')}.`);
  return environment;
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
