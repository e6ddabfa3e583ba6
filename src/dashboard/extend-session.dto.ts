import { IsIn, ValidateIf } from 'class-validator';
import { IsTtl } from '../sessions/ttl-rule.js';

/** Seconds that a button adds to the time left. */
const STEPS = [30, 300];

/** A longer life for a session: so much more, or a TTL from now on. */
export class ExtendSessionDto {
  @ValidateIf((_, by) => by !== undefined)
  @IsIn(STEPS, { message: `must be one of ${STEPS.join(', ')}` })
  by?: number;

  @IsTtl()
  ttl?: number;
}

export const EXTEND_SESSION_NUMBERS = ['by', 'ttl'];
