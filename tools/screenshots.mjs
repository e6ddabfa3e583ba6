// Takes the README's screenshots from a running dashboard of its own, with sessions in every state.
//   npm run build && npm run screenshots      (CHROMIUM=path to another browser)
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';

const SESSIONS = [
  ['Tobias Quill', 'A chess game abandoned two moves before mate', 5],
  ['Juno Castellan', 'The code to a locker that was torn down years ago', 9],
  ['Ines Okafor', 'A lullaby in a language no one in the family speaks any more', 28],
  ['Priya Sundar', 'Three knocks, a pause, and the relief of a familiar voice', 120],
  ['Mara Venn', 'The first snow over the harbour, and nobody else awake', 300],
  ['Elio Marchetti', 'The taste of the last orange aboard the Dimension-4 shuttle', 3600],
  ['Noor Haddad', 'Salt on the kitchen window, the summer the sea came up', 7200],
  ['Zofia Lind', 'Her own name, said wrongly, every day for a year', 172800],
];
const SHOTS = [
  { path: 'docs/dashboard.png', viewport: { width: 1280, height: 1000 }, colorScheme: 'dark' },
  { path: 'docs/dashboard-light.png', viewport: { width: 1280, height: 1000 }, colorScheme: 'light' },
  { path: 'docs/dashboard-phone.png', viewport: { width: 360, height: 1400 }, colorScheme: 'dark' },
];

const folder = mkdtempSync(join(tmpdir(), 'ephemera-screenshots-'));
const service = spawn(process.execPath, [resolve('dist/main.js')], {
  cwd: folder,
  env: { ...process.env, PORT: '0' },
  stdio: ['ignore', 'pipe', 'inherit'],
});
const output = await new Promise((resolve) => service.stdout.setEncoding('utf8').once('data', resolve));
const url = /http:\/\/[\d.:]+/.exec(output)[0];
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
try {
  for (const [user_name, memory_fragment, ttl] of SESSIONS) {
    const answer = await fetch(`${url}/sessions`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ user_name, memory_fragment, ttl }),
    });
    if (!answer.ok) throw new Error(await answer.text());
  }
  const pages = await Promise.all(
    SHOTS.map(async ({ path, ...options }) => {
      const page = await browser.newPage({ ...options, reducedMotion: 'reduce' });
      // Loaded once and not refreshed, so that the expired card stays for the picture.
      await page.route('**/ui/sessions', (route) => route.fulfill({ status: 204 }));
      await page.goto(url);
      return { page, path };
    }),
  );
  for (const { page, path } of pages) {
    await page.locator('[data-state=expired]').waitFor();
    await page.screenshot({ path });
  }
} finally {
  await browser.close();
  service.kill('SIGTERM');
  rmSync(folder, { recursive: true, force: true });
}
