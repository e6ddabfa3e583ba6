import { ApiProperty } from '@nestjs/swagger';
import { IsText } from '../http/is-text.js';
import { USER_NAME, USER_NAME_PATTERN } from './create-session.dto.js';

/** Whose sessions to revoke. */
export class RevokeSessionsDto {
  @ApiProperty({
    minLength: 1,
    maxLength: USER_NAME.max,
    pattern: USER_NAME_PATTERN,
    example: 'Ada Lovelace',
  })
  @IsText(USER_NAME)
  user_name!: string;
}

export class RevokedDto {
  @ApiProperty({
    type: 'integer',
    description: 'How many sessions were alive, and are not any more.',
    example: 3,
  })
  revoked!: number;
}
