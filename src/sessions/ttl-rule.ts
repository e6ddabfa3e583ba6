import { applyDecorators } from '@nestjs/common';
import { ValidateBy, ValidateIf } from 'class-validator';

/** What a TTL must be, in the words every refusal uses. */
export function ttlRule(max: number | string): string {
  return `must be a whole number of seconds from 1 to ${max}`;
}

/** Absent, or a whole number from 1; the service, which knows MAX_TTL_SECONDS, checks the other end. */
export function IsTtl(): PropertyDecorator {
  return applyDecorators(
    ValidateIf((_, ttl) => ttl !== undefined),
    ValidateBy({
      name: 'isTtl',
      validator: {
        validate: (ttl) => Number.isInteger(ttl) && Number(ttl) >= 1,
        defaultMessage: () => ttlRule('$maxTtl'),
      },
    }),
  );
}
