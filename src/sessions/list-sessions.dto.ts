import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { Matches, ValidateBy, ValidateIf } from 'class-validator';

const MAX_LIMIT = 1000;

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
    pattern: '^[0-9a-f]{16}$',
  })
  @ValidateIf((_, cursor) => cursor !== undefined)
  @Matches(/^[0-9a-f]{16}$/, { message: 'must be taken from the next link of a page' })
  cursor?: string;
}
