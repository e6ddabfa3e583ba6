import { ApiProperty } from '@nestjs/swagger';
import { IsTtl } from './ttl-rule.js';
import { IsText } from '../http/is-text.js';
import type { NewSession } from './session.js';

export const USER_NAME = { max: 128 };
/** The same rules as IsText, as JSON Schema says them. */
export const USER_NAME_PATTERN =
  '^[^\\u0000-\\u001f\\u007f-\\u009f]*[^\\s\\ufeff\\u0000-\\u001f\\u007f-\\u009f][^\\u0000-\\u001f\\u007f-\\u009f]*$';
export const MEMORY_FRAGMENT_PATTERN = '^[^\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f]*$';
export const MEMORY_FRAGMENT = { max: 4096, multiline: true };

/** The fields of a new session, as JSON, a query string or a form gives them. */
export class CreateSessionDto {
  @ApiProperty({
    description: 'Whose session it is; not blank, no control characters.',
    minLength: 1,
    maxLength: USER_NAME.max,
    pattern: USER_NAME_PATTERN,
    example: 'Ada Lovelace',
  })
  @IsText(USER_NAME)
  user_name!: string;

  @ApiProperty({
    description: 'What the session remembers; no control characters other than newline and tab.',
    minLength: 1,
    maxLength: MEMORY_FRAGMENT.max,
    pattern: MEMORY_FRAGMENT_PATTERN,
    example: 'The smell of rain on the day the engine first ran',
  })
  @IsText(MEMORY_FRAGMENT)
  memory_fragment!: string;

  @ApiProperty({
    type: 'integer',
    description: "Seconds to live. Without it, the table's default applies.",
    required: false,
    minimum: 1,
    example: 30,
  })
  @IsTtl()
  ttl?: number;
}

/** The numbers of this DTO, which arrive as text where it comes from a query string or a form. */
export const CREATE_SESSION_NUMBERS = ['ttl'];

export function toNewSession({ user_name, memory_fragment, ttl }: CreateSessionDto): NewSession {
  return { userName: user_name, memoryFragment: memory_fragment, ttl };
}
