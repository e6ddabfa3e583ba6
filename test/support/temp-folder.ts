import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTeardown } from './teardown.js';

/** A new empty folder, gone when the tests of this file are over. */
export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ephemera-'));
  onTeardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
