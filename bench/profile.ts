import { mkdirSync, readFileSync } from 'node:fs';
import type { Profiler } from 'node:inspector';
import { join } from 'node:path';
import { contestant, startFloor, startService } from './contestants.js';
import { ROOT } from './folders.js';
import { say } from './say.js';
import type { BenchStore } from './stores.js';
import { Track } from './track.js';
import type { Route } from './track.js';

const FOLDER = join(ROOT, 'bench', 'dist', 'profiles');
const MOST_FUNCTIONS = 30;

/** Microseconds of a request, by where they were spent. */
type Costs = Map<string, number>;

/**
 * Prints where service and floor spend their CPU time on each route, warm, and keeps the profiles for a browser's
 * developer tools. A profiled request costs more than another: compare shares, not sums.
 */
export async function profile(store: BenchStore, routes: Route[], requests: number): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  const service = await startService(await store.place('service'));
  const floor = await startFloor(await store.place('floor'));
  const tracks = [
    { server: service, track: new Track(contestant('service', service)) },
    { server: floor, track: new Track(contestant('floor', floor)) },
  ] as const;
  for (const { track } of tracks) await track.run('create', 2 * requests);
  for (const route of routes) {
    const files: string[] = [];
    for (const { server, track } of tracks) {
      const { name } = track.contestant;
      say(`${store.name}: profile of ${route}, ${name}`);
      await track.run(route, requests / 2);
      await server.ask({ ask: 'profile' });
      await track.run(route, requests);
      const file = join(FOLDER, `${store.name}-${route}-${name}.cpuprofile`);
      await server.ask({ ask: 'profile-end', file });
      files.push(file);
    }
    const [ours, theirs] = files.map((file) => selfTimes(file, requests));
    if (!ours || !theirs) continue;
    console.log(`\n## ${store.name}, ${route}: microseconds of a request\n`);
    console.log('service   floor  package');
    for (const [place, cost] of mostFirst(ours.packages)) {
      if (cost >= 0.1) console.log(`${column(cost)} ${column(theirs.packages.get(place) ?? 0)}  ${place}`);
    }
    console.log('\nservice   floor  function');
    for (const [place, cost] of mostFirst(ours.functions).slice(0, MOST_FUNCTIONS)) {
      console.log(`${column(cost)} ${column(theirs.functions.get(place) ?? 0)}  ${place}`);
    }
  }
  console.log(`\nThe profiles are in ${FOLDER}.`);
  await service.stop();
  await floor.stop();
}

function selfTimes(file: string, requests: number): { packages: Costs; functions: Costs } {
  const { nodes, samples = [], timeDeltas = [] } = JSON.parse(readFileSync(file, 'utf8')) as Profiler.Profile;
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const [packages, functions]: [Costs, Costs] = [new Map<string, number>(), new Map<string, number>()];
  samples.forEach((id, i) => {
    const frame = frames.get(id);
    if (!frame || frame.functionName === '(idle)') return;
    const cost = (timeDeltas[i] ?? 0) / requests;
    const { place, source } = placeOf(frame.url);
    const name = frame.functionName || '(anonymous)';
    // V8 puts its own work, like (garbage collector), in brackets.
    const isWork = frame.url === '' && name.startsWith('(') && frame.functionName !== '';
    add(packages, isWork ? name : place, cost);
    add(functions, frame.url === '' ? `${name}  native` : `${name}  ${source}:${frame.lineNumber + 1}`, cost);
  });
  return { packages, functions };
}

/** A package's name; `node` for Node's own modules, `native` for what has no source. */
function placeOf(url: string): { place: string; source: string } {
  if (url === '') return { place: 'native', source: '' };
  if (url.startsWith('node:')) return { place: 'node', source: url };
  const inPackage = /^.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\/(.*)$/.exec(url);
  if (inPackage) return { place: inPackage[1] ?? '', source: `${inPackage[1] ?? ''}/${inPackage[2] ?? ''}` };
  const source = url.replace(`file://${ROOT}/`, '');
  return { place: 'our own', source };
}

function add(costs: Costs, place: string, cost: number): void {
  costs.set(place, (costs.get(place) ?? 0) + cost);
}

function mostFirst(costs: Costs): [string, number][] {
  return [...costs].sort(([, a], [, b]) => b - a);
}

function column(cost: number): string {
  return cost.toFixed(1).padStart(7);
}
