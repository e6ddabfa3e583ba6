import { ApiProperty } from '@nestjs/swagger';
import type { Session } from './session.js';

/** A session as REST shows it. */
export class SessionDto {
  @ApiProperty({ format: 'uuid', example: '3f2b8c1e-6a1d-4c8e-9b57-0d4f3a9e7c21' })
  token!: string;

  @ApiProperty({ example: 'Ada Lovelace' })
  user_name!: string;

  @ApiProperty({ example: 'The smell of rain on the day the engine first ran' })
  memory_fragment!: string;

  @ApiProperty({ type: 'string', format: 'date-time', example: '2026-11-23T10:00:00.250Z' })
  created_at!: string;

  @ApiProperty({ type: 'integer', description: 'The TTL last asked for, in seconds.', example: 30 })
  ttl_seconds!: number;

  @ApiProperty({
    type: 'integer',
    description: 'Whole seconds that are left, as the store counts them.',
    example: 27,
  })
  expires_in!: number;

  @ApiProperty({
    type: 'string',
    format: 'date-time',
    description: 'When it will be gone, by the clock of the store.',
    example: '2026-11-23T10:00:30.000Z',
  })
  expires_at!: string;
}

export function toSessionDto(session: Session): SessionDto {
  return {
    token: session.token,
    user_name: session.userName,
    memory_fragment: session.memoryFragment,
    created_at: session.createdAt.toISOString(),
    ttl_seconds: session.ttlSeconds,
    expires_in: session.expiresIn,
    expires_at: session.expiresAt.toISOString(),
  };
}
