import { parseArgs } from 'node:util';
import type { Amount } from './comparison.js';
import type { StoreName } from './stores.js';
import { ROUTES } from './track.js';
import type { Route } from './track.js';

export const HELP = `npm run bench -- [options]
  --short              under a minute, on the embedded store
  --stores NAMES       embedded,cassandra
  --parts NAMES        compare,start,memory,scale
  --rounds NUMBER      interleaved rounds of the comparison (10)
  --requests NUMBER    requests of a round (4000)
  --sizes NUMBERS      sessions to scale to (1000,10000,100000,1000000; Cassandra's end at 100000)
  --results FILE       where the results go (bench/results.json, from which docs/performance.md is drawn)
  --draw               draw docs/performance.md from bench/results.json, and measure nothing
  --profile [--routes create,get,list,delete]
                       where the CPU time goes, of service and floor
  PEER_URL=http://...  another server to compare with; PEER_PID its process, if that runs here
  SCYLLA_HOSTS=...     a CQL cluster that runs already, in place of a node of the bench's own`;

const PARTS = ['compare', 'start', 'memory', 'scale'] as const;
const STORES = ['embedded', 'cassandra'] as const;

export interface Options {
  mode: 'measure' | 'profile' | 'draw' | 'help';
  stores: StoreName[];
  parts: (typeof PARTS)[number][];
  routes: Route[];
  amount: Amount;
  sizes: number[];
  scaleRounds: number;
  starts: number;
  /** After how many requests the memory is looked at. */
  growth: [early: number, late: number];
  /** None: they are only printed. */
  results?: string;
}

/** @throws Error that says what is wrong */
export function parseOptions(parameters: string[], defaultResults: string): Options {
  const { values } = parseArgs({
    args: parameters,
    options: {
      help: { type: 'boolean', default: false },
      short: { type: 'boolean', default: false },
      draw: { type: 'boolean', default: false },
      profile: { type: 'boolean', default: false },
      stores: { type: 'string' },
      parts: { type: 'string' },
      routes: { type: 'string' },
      rounds: { type: 'string' },
      requests: { type: 'string' },
      sizes: { type: 'string' },
      results: { type: 'string' },
    },
  });
  const { help, draw, profile, short } = values;
  const defaults = short ? SHORT : FULL;
  return {
    mode: help ? 'help' : draw ? 'draw' : profile ? 'profile' : 'measure',
    stores: names('--stores', values.stores, STORES) ?? defaults.stores,
    parts: names('--parts', values.parts, PARTS) ?? [...PARTS],
    routes: names('--routes', values.routes, ROUTES) ?? [...ROUTES],
    amount: {
      rounds: numbers('--rounds', values.rounds)?.[0] ?? defaults.rounds,
      requests: numbers('--requests', values.requests)?.[0] ?? defaults.requests,
      warmUp: defaults.warmUp,
    },
    sizes: (numbers('--sizes', values.sizes) ?? defaults.sizes).sort((a, b) => a - b),
    scaleRounds: defaults.scaleRounds,
    starts: defaults.starts,
    growth: defaults.growth,
    results: values.results ?? (short ? undefined : defaultResults),
  };
}

const FULL = {
  stores: [...STORES] as StoreName[],
  rounds: 10,
  requests: 4000,
  warmUp: 4000,
  sizes: [1000, 10_000, 100_000, 1_000_000],
  scaleRounds: 10,
  starts: 9,
  growth: [10_000, 300_000] as [number, number],
};

const SHORT: typeof FULL = {
  stores: ['embedded'],
  rounds: 5,
  requests: 1200,
  warmUp: 1200,
  sizes: [1000, 10_000],
  scaleRounds: 3,
  starts: 3,
  growth: [10_000, 20_000],
};

function names<T extends string>(
  option: string,
  text: string | undefined,
  known: readonly T[],
): T[] | undefined {
  return text?.split(',').map((name) => {
    const found = known.find((each) => each === name);
    if (found === undefined) throw new Error(`${option} knows ${known.join(', ')}, not "${name}".`);
    return found;
  });
}

function numbers(option: string, text: string | undefined): number[] | undefined {
  return text?.split(',').map((digits) => {
    if (!/^[1-9]\d{0,6}$/.test(digits))
      throw new Error(`${option} takes whole numbers from 1 to 9999999, not "${digits}".`);
    return Number(digits);
  });
}
