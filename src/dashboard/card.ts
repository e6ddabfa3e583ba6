import { createHash } from 'node:crypto';
import { maskToken } from '../sessions/session.js';
import type { Session } from '../sessions/session.js';
import { duration } from './duration.js';

/** Seconds left under which a card turns amber, and then red. */
export const AMBER_UNDER = 30;
export const RED_UNDER = 5;

/** A session as the page shows it. The page's script takes over the countdown from here. */
export interface Card {
  /** Its name on the page, which gives no token away. */
  id: string;
  /** Masked where the reader may change nothing. */
  token: string;
  /** Whether there are buttons. */
  mayWrite: boolean;
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

export function toCard(
  session: Session,
  { view, showCql, mayWrite }: { view: string; showCql: boolean; mayWrite: boolean },
): Card {
  const { token, userName, memoryFragment, ttlSeconds, expiresIn } = session;
  const left = expiresIn ?? Infinity;
  // A row written by hand may carry no ttl_seconds, or a smaller one than its TTL.
  const full = expiresIn === null ? null : Math.max(ttlSeconds ?? 0, expiresIn);
  return {
    id: mayWrite ? token : hash(token),
    token: mayWrite ? token : maskToken(token),
    mayWrite,
    userName: userName ?? '(no user)',
    memoryFragment: memoryFragment ?? '(no memory)',
    ttlSeconds: full,
    expiresIn,
    countdown: expiresIn === null ? 'never expires' : duration(expiresIn),
    ttlOfUser: showCql && userName !== null ? expiresIn : null,
    state: left < RED_UNDER ? 'red' : left < AMBER_UNDER ? 'amber' : 'alive',
    tag: hash(JSON.stringify([userName, memoryFragment, full, mayWrite])),
    view,
  };
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
}
