import type { Session } from '../sessions/session.js';

/** Seconds left under which a card turns amber, and then red. */
export const AMBER_UNDER = 30;
export const RED_UNDER = 5;

/** A session as the page shows it. The page's script takes over the countdown from here. */
interface Card {
  token: string;
  userName: string;
  memoryFragment: string;
  ttlSeconds: number | null;
  /** Null for a row that never expires. */
  expiresIn: number | null;
  state: 'alive' | 'amber' | 'red';
}

export function toCard({ token, userName, memoryFragment, ttlSeconds, expiresIn }: Session): Card {
  const left = expiresIn ?? Infinity;
  return {
    token,
    userName: userName ?? '(no user)',
    memoryFragment: memoryFragment ?? '(no memory)',
    // A row written by hand may carry no ttl_seconds, or a smaller one than its TTL.
    ttlSeconds: expiresIn === null ? null : Math.max(ttlSeconds ?? 0, expiresIn),
    expiresIn,
    state: left < RED_UNDER ? 'red' : left < AMBER_UNDER ? 'amber' : 'alive',
  };
}
