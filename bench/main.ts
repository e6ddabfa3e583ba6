import { compare } from './comparison.js';
import { contestant, findPeer, startFloor, startService } from './contestants.js';
import { measureGrowth } from './growth.js';
import { HELP, parseOptions } from './options.js';
import type { Options } from './options.js';
import { drawPage, writeFormatted } from './page.js';
import { profile } from './profile.js';
import { sections } from './report.js';
import { emptyResults, readResults, RESULTS_FILE } from './results.js';
import type { Results } from './results.js';
import { say } from './say.js';
import { measureScale } from './scale.js';
import { measureStarts } from './start-time.js';
import { openCassandra, openEmbedded } from './stores.js';
import type { BenchStore } from './stores.js';
import { isFarOff, judge } from './targets.js';

/** Cassandra on a laptop takes its time; a million rows show nothing that 100,000 do not. */
const MOST_ON_CASSANDRA = 100_000;

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2), RESULTS_FILE);
  if (options.mode === 'help') console.log(HELP);
  else if (options.mode === 'draw') await drawPage(readResults(RESULTS_FILE));
  else if (options.mode === 'profile') {
    for (const name of options.stores) {
      await onStore(name, (store) => profile(store, options.routes, options.amount.requests));
    }
  } else await measure(options);
}

async function measure(options: Options): Promise<void> {
  const results = emptyResults();
  for (const name of options.stores) await onStore(name, (store) => measureOn(store, options, results));
  for (const [name, text] of Object.entries(sections(results))) console.log(`\n## ${name}\n\n${text}`);
  if (options.results !== undefined) await writeFormatted(options.results, JSON.stringify(results));
  if (options.results === RESULTS_FILE) await drawPage(results);
  const farOff = judge(results).filter(isFarOff);
  if (farOff.length > 0) {
    console.error(`\nBeyond twice the target: ${farOff.map((each) => each.name).join('; ')}.`);
    process.exitCode = 1;
  }
}

async function onStore(
  name: BenchStore['name'],
  action: (store: BenchStore) => Promise<void>,
): Promise<void> {
  say(`${name}: opening`);
  const store = name === 'embedded' ? openEmbedded() : await openCassandra();
  await action(store);
  await store.close();
}

async function measureOn(store: BenchStore, options: Options, results: Results): Promise<void> {
  const { parts, amount, sizes, scaleRounds, starts, growth } = options;
  if (parts.includes('start') && store.name === 'embedded') {
    results.starts = await measureStarts(store, starts);
  }
  if (parts.includes('compare')) {
    const service = await startService(await store.place('service'));
    const floor = await startFloor(await store.place('floor'));
    const peer = await findPeer(process.env);
    const contestants = [contestant('service', service), contestant('floor', floor), ...(peer ? [peer] : [])];
    results.comparison.push(...(await compare(store.name, contestants, amount)));
    await service.stop();
    await floor.stop();
  }
  if (parts.includes('memory')) results.growth.push(await measureGrowth(store, ...growth));
  if (parts.includes('scale')) {
    const fitting = sizes.filter((size) => store.name === 'embedded' || size <= MOST_ON_CASSANDRA);
    results.scale.push(...(await measureScale(store, fitting, scaleRounds)));
  }
}

main()
  .catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  })
  // What is still running is ended on the way out.
  .finally(() => process.exit());
