import { ForbiddenException } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ValidateBy, ValidateIf } from 'class-validator';
import { IsText } from '../http/is-text.js';
import { USER_NAME, USER_NAME_PATTERN } from './create-session.dto.js';

const MAX_LIMIT = 1000;

/**
 * A cursor of a user's list says where among the tokens to go on: by asking often enough, a key that may only read, and
 * so sees tokens masked, would find them out.
 * @throws ForbiddenException
 */
export function refuseToTellTokens({ user_name, cursor }: ListSessionsDto, mayWrite: boolean): void {
  if (mayWrite || user_name === undefined || cursor === undefined) return;
  throw new ForbiddenException("A key that may only read sees the first page of a user's sessions alone.");
}

/** The query of a list. */
export class ListSessionsDto {
  @ApiProperty({
    type: 'integer',
    description: 'The most sessions to answer with.',
    required: false,
    minimum: 1,
    maximum: MAX_LIMIT,
    default: 100,
    example: 20,
  })
  @Transform(({ value }: { value: unknown }) => (/^\d{1,4}$/.test(String(value)) ? Number(value) : value))
  @ValidateBy({
    name: 'isLimit',
    validator: {
      validate: (limit) => Number.isInteger(limit) && Number(limit) >= 1 && Number(limit) <= MAX_LIMIT,
      defaultMessage: () => `must be a whole number from 1 to ${MAX_LIMIT}`,
    },
  })
  limit = 100;

  @ApiProperty({
    description: 'Where to go on: taken from the `next` link of the page before.',
    required: false,
    pattern: '^([0-9a-f]{16}|[0-9a-f]{32})$',
  })
  @ValidateIf((_, cursor) => cursor !== undefined)
  @ValidateBy({
    name: 'isCursor',
    validator: {
      // A list of all and a user's list go by different orders.
      validate: (cursor, args) => {
        const digits = (args?.object as ListSessionsDto).user_name === undefined ? 16 : 32;
        return typeof cursor === 'string' && cursor.length === digits && /^[0-9a-f]*$/.test(cursor);
      },
      defaultMessage: () => 'must be taken from the next link of a page of the same list',
    },
  })
  cursor?: string;

  @ApiProperty({
    description: "Whose sessions to list; without it everybody's.",
    required: false,
    minLength: 1,
    maxLength: USER_NAME.max,
    pattern: USER_NAME_PATTERN,
  })
  @ValidateIf((_, name) => name !== undefined)
  @IsText(USER_NAME)
  user_name?: string;
}
