import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import { onTeardown } from './teardown.js';

const CHROMIUM = [
  process.env.CHROMIUM ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find(existsSync);

/** `describe` where a Chromium is installed. Where none is, the skip is said aloud, and in CI it is a failure. */
export const describeInBrowser = describeOrSkip();

function describeOrSkip() {
  if (CHROMIUM) return describe;
  const message =
    'No Chromium (set CHROMIUM to its path, or install the package "chromium"): the browser tests are skipped.';
  if (process.env.CI) throw new Error(message);
  console.warn(message);
  return describe.skip;
}

export async function launchBrowser(): Promise<Browser> {
  // Names under .test lead here, for what a browser does on plain http elsewhere than on localhost.
  const args = ['--no-sandbox', '--host-resolver-rules=MAP *.test 127.0.0.1'];
  const browser = await chromium.launch({ executablePath: CHROMIUM, args });
  onTeardown(() => browser.close());
  return browser;
}
