import type { Session } from '../sessions/session.js';

/** Seconds left under which a card turns amber, and then red. */
export const AMBER_UNDER = 30;
export const RED_UNDER = 5;

/** A session as the page shows it. The page's script takes over the countdown from here. */
interface Card {
  token: string;
  userName: string;
  memoryFragment: string;
  ttlSeconds: number;
  expiresIn: number;
  state: 'alive' | 'amber' | 'red';
}

export function toCard({ token, userName, memoryFragment, ttlSeconds, expiresIn }: Session): Card {
  const state = expiresIn < RED_UNDER ? 'red' : expiresIn < AMBER_UNDER ? 'amber' : 'alive';
  return { token, userName, memoryFragment, ttlSeconds, expiresIn, state };
}
