import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onExit } from './on-exit.js';

/** The project's root, seen from bench/dist/bench/. */
export const ROOT = join(import.meta.dirname, '..', '..', '..');

/** Everything that the bench stores; gone when it ends. */
export const SCRATCH = mkdtempSync(join(tmpdir(), 'ephemera-bench-'));
onExit(() => rmSync(SCRATCH, { recursive: true, force: true }));

/** Bytes that a folder takes on the disk, which for a sparse file is less than its length. */
export function diskUsage(folder: string): number {
  const BLOCK = 512;
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + BLOCK * statSync(join(parentPath, name)).blocks, 0);
}
