import { createHash } from 'node:crypto';
import type { Session } from '../sessions/session.js';
import { duration } from './duration.js';

/** Seconds left under which a card turns amber, and then red. */
export const AMBER_UNDER = 30;
export const RED_UNDER = 5;

/** A session as the page shows it. The page's script takes over the countdown from here. */
export interface Card {
  token: string;
  userName: string;
  memoryFragment: string;
  ttlSeconds: number | null;
  /** Null for a row that never expires. */
  expiresIn: number | null;
  countdown: string;
  /** What TTL(user_name) says, where statements are shown and the row has a user. */
  ttlOfUser: number | null;
  state: 'alive' | 'amber' | 'red';
  /** Changes with whatever is rendered, other than the seconds left: the script need not look into an unchanged card. */
  tag: string;
  /** The view that the card's actions lead back to, as a query string. */
  view: string;
}

export function toCard(session: Session, view: string, showCql: boolean): Card {
  const { token, userName, memoryFragment, ttlSeconds, expiresIn } = session;
  const left = expiresIn ?? Infinity;
  // A row written by hand may carry no ttl_seconds, or a smaller one than its TTL.
  const full = expiresIn === null ? null : Math.max(ttlSeconds ?? 0, expiresIn);
  return {
    token,
    userName: userName ?? '(no user)',
    memoryFragment: memoryFragment ?? '(no memory)',
    ttlSeconds: full,
    expiresIn,
    countdown: expiresIn === null ? 'never expires' : duration(expiresIn),
    ttlOfUser: showCql && userName !== null ? expiresIn : null,
    state: left < RED_UNDER ? 'red' : left < AMBER_UNDER ? 'amber' : 'alive',
    tag: createHash('sha256')
      .update(JSON.stringify([userName, memoryFragment, full]))
      .digest('base64url')
      .slice(0, 12),
    view,
  };
}
