import { PROBES } from './scale.js';
import type { Probe, Scale } from './scale.js';
import type { Results } from './results.js';
import { median } from './statistics.js';
import { isMet, judge } from './targets.js';
import type { Round } from './track.js';

/** The results as Markdown, a section each; empty ones are left out. */
export function sections(results: Results): Record<string, string> {
  return Object.fromEntries(
    Object.entries({
      machine: `${results.machine.cores} cores, ${results.machine.cpu}; Node ${results.machine.node}.`,
      targets: targets(results),
      comparison: comparison(results),
      memory: memory(results),
      scale: scale(results),
    }).filter(([, text]) => text !== ''),
  );
}

function targets(results: Results): string {
  return table(
    ['what', 'measured', 'target', ''],
    judge(results).map((verdict) => {
      const { name, measured, spread, target, atLeast, unit } = verdict;
      const range = spread ? ` (${number(spread[0])} to ${number(spread[1])})` : '';
      return [
        name,
        `${number(measured)} ${unit}${range}`,
        `${atLeast ? 'at least' : 'at most'} ${number(target)} ${unit}`,
        isMet(verdict) ? 'met' : '**not met**',
      ];
    }),
  );
}

/** Medians of the rounds, with the lowest and the highest in brackets. */
function comparison({ comparison: measured }: Results): string {
  return table(
    ['store', 'route', 'server', 'CPU a request, µs', 'requests a second', 'p50, ms', 'p99, ms', 'rounds'],
    measured.map(({ store, route, server, rounds }) => {
      const spread = (of: keyof Round) => {
        const values = rounds.map((round) => round[of]).filter((value) => value !== undefined);
        if (values.length === 0) return '';
        return `${number(median(values))} (${number(Math.min(...values))} to ${number(Math.max(...values))})`;
      };
      return [
        store,
        route,
        server,
        ...(['cpu', 'perSecond', 'p50', 'p99'] as const).map(spread),
        String(rounds.length),
      ];
    }),
  );
}

function memory({ growth }: Results): string {
  const megabytes = (bytes: number) => number(bytes / 1e6);
  return table(
    ['store', 'after requests', 'RSS, MB', 'of it no mapped file, MB', 'heap and external, MB'],
    growth.flatMap(({ store, early, late }) =>
      [early, late].map(({ requests, memory: { rss, anonymous, heap } }) => [
        store,
        String(requests),
        megabytes(rss),
        megabytes(anonymous),
        megabytes(heap),
      ]),
    ),
  );
}

/** A row a quantity, a column a size: so that flat looks flat. */
function scale({ scale: all }: Results): string {
  if (all.length === 0) return '';
  const rows: [string, (at: Scale) => string][] = [
    ...Object.entries(PROBES).map(([probe, text]): [string, (at: Scale) => string] => [
      `${text}, p50 / p99 ms`,
      ({ latency }) => {
        const { p50, p99 } = latency[probe as Probe];
        return `${number(p50)} / ${number(p99)}`;
      },
    ]),
    ['seed, sessions a second', ({ seedRate }) => number(seedRate)],
    ['sweep of all at once, s', ({ sweep }) => (sweep ? number(sweep.seconds) : '')],
    [
      'get / create while it sweeps, p99 ms',
      ({ sweep }) => (sweep ? `${number(sweep.getP99)} / ${number(sweep.createP99)}` : ''),
    ],
    [
      'disk, bytes a session',
      ({ diskBytes, sessions }) => (diskBytes === undefined ? '' : number(diskBytes / sessions)),
    ],
    ['RSS of the service, MB', ({ memory: { rss } }) => number(rss / 1e6)],
    [
      'RSS, bytes a session more than with the fewest',
      (at) => {
        const fewest = all.find(({ store }) => store === at.store);
        if (!fewest || fewest === at) return '';
        return number((at.memory.rss - fewest.memory.rss) / (at.sessions - fewest.sessions));
      },
    ],
  ];
  const tables = [...new Set(all.map(({ store }) => store))].map((store) => {
    const sizes = all.filter((each) => each.store === store);
    return table(
      [store, ...sizes.map(({ sessions }) => `${sessions} sessions`)],
      rows
        .map(([text, cell]) => [text, ...sizes.map(cell)])
        .filter((cells) => cells.slice(1).some((cell) => cell !== '')),
    );
  });
  return tables.join('\n\n');
}

function table(head: string[], rows: string[][]): string {
  if (rows.length === 0) return '';
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '-')), ...rows.map(line)].join('\n');
}

/** Three digits say all there is to say. */
function number(value: number): string {
  if (Math.abs(value) >= 100) return value.toFixed(0);
  return String(Number(value.toPrecision(3)));
}
