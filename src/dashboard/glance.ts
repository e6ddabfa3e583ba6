import type { Session } from '../sessions/session.js';

/** The sessions in view, counted. */
export interface Glance {
  /** "7", or "more than 100" where the list goes on: to count those would scan the table. */
  alive: string;
  within30Seconds: number;
  within5Minutes: number;
}

export function toGlance(sessions: Session[], more: boolean): Glance {
  const within = (seconds: number) =>
    sessions.filter(({ expiresIn }) => expiresIn !== null && expiresIn <= seconds).length;
  return {
    alive: `${more ? 'more than ' : ''}${sessions.length}`,
    within30Seconds: within(30),
    within5Minutes: within(300),
  };
}

/** When the sessions in view expire: a bar for each span of time, in the units of the drawing. */
export interface Chart {
  width: number;
  height: number;
  base: number;
  summary: string;
  bars: Bar[];
}

interface Bar {
  label: string;
  count: number;
  x: number;
  y: number;
  width: number;
  height: number;
  middle: number;
  above: number;
  state: 'alive' | 'amber' | 'red';
}

/** The spans by their last second; the first two in the colours of the cards that are in them. */
const SPANS = [
  { label: '<5 s', upTo: 4, state: 'red' },
  { label: '<30 s', upTo: 29, state: 'amber' },
  { label: '≤5 m', upTo: 300, state: 'alive' },
  { label: '≤1 h', upTo: 3600, state: 'alive' },
  { label: '≤1 d', upTo: 86_400, state: 'alive' },
  { label: 'later', upTo: Infinity, state: 'alive' },
] as const;

const WIDTH = 360;
const HEIGHT = 112;
const BASE = 90;
const TOP = 20;
const GAP = 10;

export function toChart(sessions: Session[]): Chart {
  const counts = SPANS.map(() => 0);
  for (const { expiresIn } of sessions) {
    const span = SPANS.findIndex(({ upTo }) => (expiresIn ?? Infinity) <= upTo);
    counts[span] = (counts[span] ?? 0) + 1;
  }
  const [most, step] = [Math.max(1, ...counts), WIDTH / SPANS.length];
  const bars = SPANS.map(({ label, state }, i) => {
    const count = counts[i] ?? 0;
    // An empty span keeps a line, so that the axis can be seen.
    const height = count === 0 ? 2 : Math.max(4, Math.round(((BASE - TOP) * count) / most));
    const x = Math.round(i * step + GAP / 2);
    const width = Math.round(step - GAP);
    const y = BASE - height;
    return { label, state, count, x, y, width, height, middle: x + width / 2, above: y - 5 };
  });
  const summary = bars.map(({ label, count }) => `${label}: ${count}`).join(', ');
  return { width: WIDTH, height: HEIGHT, base: HEIGHT - 5, summary, bars };
}
