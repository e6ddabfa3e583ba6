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
    // class-transformer and the whitelist pass over names that every object has.
    const hidden = Object.keys(value ?? {}).filter(
      (name) => name in Object.prototype || name === 'prototype',
    );
    if (metadata.metatype && hidden.length > 0) {
      const detail = notKnown(metadata.metatype);
      throw new InvalidInputError(hidden.map((field) => ({ field, detail })));
    }
    // No DTO of ours nests, and class-transformer recurses: a few thousand levels would be its stack's end.
    const nested = Object.entries(value ?? {}).filter(([, field]) =>
      Object.values((field ?? {}) as object).some(isObject),
    );
    if (metadata.metatype && nested.length > 0) {
      throw new InvalidInputError(nested.map(([field]) => ({ field, detail: 'must not be nested' })));
    }
    return super.transform(value, metadata) as Promise<unknown>;
  }
}

function isObject(value: unknown): boolean {
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
