import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tempFolder } from './temp-folder.js';
import { onTeardown } from './teardown.js';

/** A file system of its own in memory, gone after the file's tests. */
export class SmallDisk {
  readonly folder = tempFolder();

  constructor(size: string) {
    mount('-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', this.folder);
    onTeardown(() => spawnSync('umount', ['--lazy', this.folder]));
  }

  /** @param options those of mount: `size=32m`, `ro` */
  remount(options: string): void {
    mount('-o', `remount,${options}`, this.folder);
  }
}

function mount(...parameters: string[]): void {
  const { status, stderr, error } = spawnSync('mount', parameters, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`mount failed: ${error?.message ?? stderr}`);
}

/** `describe` where a file system can be mounted. Elsewhere the skip is said aloud, and in CI it is a failure. */
export const describeOnSmallDisk = describeOrSkip();

function describeOrSkip() {
  // Undone at once: of a file whose tests are all skipped, Jest runs no teardown either.
  const folder = mkdtempSync(join(tmpdir(), 'ephemera-'));
  try {
    mount('-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder);
    spawnSync('umount', [folder]);
    return describe;
  } catch (error) {
    const message = `${(error as Error).message.trim()}: the tests on a full disk are skipped (they want root).`;
    if (process.env.CI) throw new Error(message, { cause: error });
    console.warn(message);
    return describe.skip;
  } finally {
    rmdirSync(folder);
  }
}
