import { Injectable, ValidationPipe } from '@nestjs/common';
import type { ArgumentMetadata } from '@nestjs/common';
import { getMetadataStorage } from 'class-validator';
import type { ValidationError } from 'class-validator';
import { Environment } from '../config/environment.js';
import { InvalidInputError } from './invalid-input.error.js';
import type { FieldError } from './invalid-input.error.js';

/** Nest's ValidationPipe for every DTO: nothing unknown passes, and all faults are told at once, by field. */
@Injectable()
export class DtoValidationPipe extends ValidationPipe {
  constructor(environment: Environment) {
    super({
      transform: true,
      whitelist: true,
      forbidNonWhitelisted: true,
      validateCustomDecorators: true,
      validationError: { target: true, value: false },
      exceptionFactory: (errors) =>
        new InvalidInputError(errors.map((error) => toFieldError(error, environment.MAX_TTL_SECONDS))),
    });
  }

  override transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    // A token out of a path, say: its own pipe looks at it.
    if (typeof value === 'string' || typeof value === 'boolean') return Promise.resolve(value);
    if (metadata.metatype) refuseUnsafe(value ?? {}, metadata.metatype);
    return super.transform(value, metadata) as Promise<unknown>;
  }
}

/** What class-transformer must not meet. */
function refuseUnsafe(fields: object, dto: object): void {
  const errors: FieldError[] = [];
  for (const [field, value] of Object.entries(fields)) {
    // Names that every object has are passed over, by the whitelist as well.
    if (field in Object.prototype || field === 'prototype') errors.push({ field, detail: notKnown(dto) });
    // No DTO of ours nests, and class-transformer recurses: a few thousand levels would be its stack's end.
    else if (isObject(value) && Object.values(value).some(isObject))
      errors.push({ field, detail: 'must not be nested' });
  }
  if (errors.length > 0) throw new InvalidInputError(errors);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** A message's `$maxTtl` is filled in here: a DTO is written before the environment is read. */
function toFieldError(
  { property, constraints = {}, target = {} }: ValidationError,
  maxTtl: number,
): FieldError {
  const detail =
    'whitelistValidation' in constraints
      ? notKnown(target.constructor)
      : Object.values(constraints).join(' and ').replace('$maxTtl', String(maxTtl));
  return { field: property, detail };
}

function notKnown(dto: object): string {
  const metadata = getMetadataStorage().getTargetValidationMetadatas(dto as never, '', false, false);
  const known = new Set(metadata.map(({ propertyName }) => propertyName));
  return `is not known here: allowed are ${[...known].join(', ')}`;
}
