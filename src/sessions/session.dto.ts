import { ApiProperty } from '@nestjs/swagger';
import { maskToken } from './session.js';
import type { Session } from './session.js';

const NULL_COLUMN = 'Null only where somebody wrote the row by hand and left it out.';

/** A session as REST shows it. */
export class SessionDto {
  @ApiProperty({ format: 'uuid', example: '3f2b8c1e-6a1d-4c8e-9b57-0d4f3a9e7c21' })
  token!: string;

  @ApiProperty({ type: String, nullable: true, description: NULL_COLUMN, example: 'Ada Lovelace' })
  user_name!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: NULL_COLUMN,
    example: 'The smell of rain on the day the engine first ran',
  })
  memory_fragment!: string | null;

  @ApiProperty({
    type: 'string',
    format: 'date-time',
    nullable: true,
    description: NULL_COLUMN,
    example: '2026-11-23T10:00:00.250Z',
  })
  created_at!: string | null;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'The TTL last asked for, in seconds.',
    example: 30,
  })
  ttl_seconds!: number | null;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'Whole seconds that are left, as the store counts them; null if it never expires.',
    example: 27,
  })
  expires_in!: number | null;

  @ApiProperty({
    type: 'string',
    format: 'date-time',
    nullable: true,
    description: 'When it will be gone, by the clock of the store; null if it never expires.',
    example: '2026-11-23T10:00:30.000Z',
  })
  expires_at!: string | null;
}

export function toSessionDto(session: Session): SessionDto {
  return {
    token: session.token,
    user_name: session.userName,
    memory_fragment: session.memoryFragment,
    created_at: session.createdAt?.toISOString() ?? null,
    ttl_seconds: session.ttlSeconds,
    expires_in: session.expiresIn,
    expires_at: session.expiresAt?.toISOString() ?? null,
  };
}

/** For a list that somebody sees who may only read. */
export function toMaskedSessionDto(session: Session): SessionDto {
  return toSessionDto({ ...session, token: maskToken(session.token) });
}
