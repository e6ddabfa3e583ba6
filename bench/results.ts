import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import type { Measured } from './comparison.js';
import { ROOT } from './folders.js';
import type { Growth } from './growth.js';
import type { Scale } from './scale.js';

/** All that a run measured; what was left out of it is empty. */
export interface Results {
  machine: { cpu: string; cores: number; node: string };
  comparison: Measured[];
  /** Milliseconds of each start. */
  starts: number[];
  growth: Growth[];
  scale: Scale[];
}

/** Where `make bench` keeps them, for the page on performance to be drawn from. */
export const RESULTS_FILE = join(ROOT, 'bench', 'results.json');

export function emptyResults(): Results {
  const cpu = cpus()[0]?.model.trim() ?? 'unknown';
  return {
    machine: { cpu, cores: cpus().length, node: process.version },
    comparison: [],
    starts: [],
    growth: [],
    scale: [],
  };
}

export function readResults(file: string): Results {
  return JSON.parse(readFileSync(file, 'utf8')) as Results;
}
