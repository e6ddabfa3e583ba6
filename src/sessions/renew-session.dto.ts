import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean, ValidateIf } from 'class-validator';
import { InvalidInputError } from '../http/invalid-input.error.js';
import { IsText } from '../http/is-text.js';
import { MEMORY_FRAGMENT, MEMORY_FRAGMENT_PATTERN } from './create-session.dto.js';
import type { SessionChange } from './session.js';
import { IsTtl } from './ttl-rule.js';

/** How a live session is to change; at least a ttl or a memory_fragment. */
export class RenewSessionDto {
  @ApiProperty({
    type: 'integer',
    description: 'Seconds to live from now on. Without it, the time that is left stays.',
    required: false,
    minimum: 1,
    example: 600,
  })
  @IsTtl()
  ttl?: number;

  @ApiProperty({
    description: 'Whether to pass over a `ttl` that would end the session sooner than it ends anyway.',
    required: false,
    default: false,
  })
  @ValidateIf((_, value) => value !== undefined)
  @IsBoolean({ message: 'must be true or false' })
  only_extend?: boolean;

  @ApiProperty({
    description: 'What the session remembers from now on.',
    required: false,
    minLength: 1,
    maxLength: MEMORY_FRAGMENT.max,
    pattern: MEMORY_FRAGMENT_PATTERN,
  })
  @ValidateIf((_, value) => value !== undefined)
  @IsText(MEMORY_FRAGMENT)
  memory_fragment?: string;
}

/** @throws InvalidInputError if nothing is to change */
export function toSessionChange({ ttl, only_extend, memory_fragment }: RenewSessionDto): SessionChange {
  if (ttl === undefined && memory_fragment === undefined) {
    throw new InvalidInputError([{ field: 'body', detail: 'must have a ttl, a memory_fragment or both' }]);
  }
  return { ttl, onlyExtend: only_extend, memoryFragment: memory_fragment };
}
