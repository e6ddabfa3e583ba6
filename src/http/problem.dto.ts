import { ApiProperty } from '@nestjs/swagger';
import type { FieldError } from './invalid-input.error.js';

class FieldErrorDto implements FieldError {
  @ApiProperty({ description: 'The field, parameter or part of the request at fault.', example: 'ttl' })
  field!: string;

  @ApiProperty({
    description: 'What is wrong and what is allowed.',
    example: 'must be a whole number of seconds from 1 to 2592000',
  })
  detail!: string;
}

/** Every error's body: `application/problem+json` of RFC 9457. */
export class ProblemDto {
  @ApiProperty({
    description: 'Always about:blank: the status says which kind of problem.',
    example: 'about:blank',
  })
  type!: string;

  @ApiProperty({ description: 'The name of the status.', example: 'Bad Request' })
  title!: string;

  @ApiProperty({ type: 'integer', description: 'The HTTP status.', example: 400 })
  status!: number;

  @ApiProperty({ description: 'What happened, for a person.' })
  detail!: string;

  @ApiProperty({
    description: "The request's id, as the X-Request-Id header and the service's log have it.",
    example: '0b9f0a4e-8d61-4f4c-9a53-2d6f6a1f7f0e',
  })
  request_id!: string;

  @ApiProperty({ type: [FieldErrorDto], required: false, description: 'The fields at fault, if any are.' })
  errors?: FieldError[];
}
