import type { Measured } from './comparison.js';
import type { Results } from './results.js';
import { median } from './statistics.js';
import { ROUTES } from './track.js';
import type { Round, Route } from './track.js';

/** One of the promises of docs/performance.md, judged. */
export interface Verdict {
  name: string;
  measured: number;
  /** What the rounds say on their own: the lowest and the highest. */
  spread?: [number, number];
  target: number;
  /** Whether the target is the least allowed; else it is the most. */
  atLeast?: boolean;
  unit: '×' | 's' | 'MB';
}

const MOST_CPU = 1.25;
const LEAST_TIMES_PEER = 2;
const MOST_GROWTH = 1.3;
const MOST_MB = 20;
const MOST_SECONDS = 1.5;
/** Rows up to which a refresh is promised to cost the same. */
const FLAT_UP_TO = 100_000;

export function isMet({ measured, target, atLeast }: Verdict): boolean {
  return atLeast ? measured >= target : measured <= target;
}

/** Noise alone does not get there. */
export function isFarOff({ measured, target, atLeast }: Verdict): boolean {
  return atLeast ? measured < target / 2 : !(measured <= 2 * target);
}

export function judge({ comparison, starts, growth, scale }: Results): Verdict[] {
  const stores = [...new Set(comparison.map(({ store }) => store))];
  return [
    ...stores.flatMap((store) => judgeComparison(comparison.filter((each) => each.store === store))),
    ...[...new Set(scale.map(({ store }) => store))].flatMap((store) =>
      judgeRefresh(scale.filter((each) => each.store === store)),
    ),
    ...growth.map(({ store, early, late }) => ({
      name: `${store}: RSS after ${late.requests} requests, over that after ${early.requests}`,
      measured: (late.memory.rss - early.memory.rss) / 1e6,
      target: MOST_MB,
      unit: 'MB' as const,
    })),
    ...(starts.length === 0
      ? []
      : [
          {
            name: 'embedded: start to first answer',
            measured: median(starts) / 1000,
            spread: [Math.min(...starts) / 1000, Math.max(...starts) / 1000] as [number, number],
            target: MOST_SECONDS,
            unit: 's' as const,
          },
        ]),
  ];
}

function judgeComparison(measured: Measured[]): Verdict[] {
  const rounds = (route: Route, server: Measured['server']) =>
    measured.find((each) => each.route === route && each.server === server)?.rounds;
  const verdicts: Verdict[] = [];
  for (const route of ROUTES) {
    const [service, floor, peer] = [rounds(route, 'service'), rounds(route, 'floor'), rounds(route, 'peer')];
    const store = measured[0]?.store ?? '';
    if (!service) continue;
    if (floor && route !== 'delete') {
      verdicts.push({
        name: `${store}: ${route}, CPU of a request over the floor's`,
        ...ratio(service, floor, 'cpu'),
        target: MOST_CPU,
        unit: '×',
      });
    }
    if (peer && (route === 'create' || route === 'get')) {
      verdicts.push({
        name: `${store}: ${route}, throughput over the peer's`,
        ...ratio(service, peer, 'perSecond'),
        target: LEAST_TIMES_PEER,
        atLeast: true,
        unit: '×',
      });
    }
  }
  return verdicts;
}

/** The ratio of the medians, and the spread of the ratios of each round alone. */
function ratio(
  ours: Round[],
  theirs: Round[],
  of: 'cpu' | 'perSecond',
): { measured: number; spread: [number, number] } {
  const values = (rounds: Round[]) => rounds.map((round) => round[of] ?? NaN);
  const ratios = values(ours).map((value, i) => value / (theirs[i]?.[of] ?? NaN));
  return {
    measured: median(values(ours)) / median(values(theirs)),
    spread: [Math.min(...ratios), Math.max(...ratios)],
  };
}

function judgeRefresh(scale: Results['scale']): Verdict[] {
  const sizes = scale.filter(({ sessions }) => sessions <= FLAT_UP_TO);
  const [few, many] = [sizes[0], sizes.at(-1)];
  if (!few || !many || few === many) return [];
  return (['p50', 'p99'] as const).map((of) => ({
    name: `${few.store}: dashboard refresh, ${of} with ${many.sessions} sessions over that with ${few.sessions}`,
    measured: many.latency.refresh[of] / few.latency.refresh[of],
    target: MOST_GROWTH,
    unit: '×',
  }));
}
