import { Injectable } from '@nestjs/common';
import type { ArgumentMetadata, PipeTransform, Type } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, validateSync } from 'class-validator';
import type { ValidationError } from 'class-validator';
import { Environment } from '../config/environment.js';
import { InvalidInputError } from './invalid-input.error.js';
import type { FieldError } from './invalid-input.error.js';

/** What a handler may ask for that is no DTO. */
const PLAIN = new Set<unknown>([undefined, Object, String, Boolean, Number, Array]);

/**
 * Makes a DTO of the fields that were sent: nothing unknown passes, and all faults are told at once, by field. In place
 * of Nest's ValidationPipe, which cost a create twice as much (docs/performance.md).
 */
@Injectable()
export class DtoValidationPipe implements PipeTransform<unknown, unknown> {
  constructor(private readonly environment: Environment) {}

  /** @throws InvalidInputError */
  transform(value: unknown, { type, metatype }: ArgumentMetadata): unknown {
    if (PLAIN.has(metatype)) {
      if (isObject(value)) refuseUnsafe(value, Object);
      return value;
    }
    return this.toDto(value ?? {}, metatype as Type<object>, type === 'query');
  }

  /**
   * @param fromQuery whether the fields are text, for the DTO's own `@Transform`s to make something of
   * @throws InvalidInputError
   */
  toDto<T extends object>(fields: object, dto: Type<T>, fromQuery = false): T {
    refuseUnsafe(fields, dto);
    const made = fromQuery ? plainToInstance(dto, fields) : Object.assign(new dto(), fields);
    const errors = validateSync(made, { whitelist: true, forbidNonWhitelisted: true });
    if (errors.length > 0) {
      const { MAX_TTL_SECONDS } = this.environment;
      throw new InvalidInputError(errors.map((error) => toFieldError(error, MAX_TTL_SECONDS)));
    }
    return made;
  }
}

/** What neither a DTO's prototype nor class-transformer must meet. */
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
