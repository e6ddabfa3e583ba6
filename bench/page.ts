import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { ROOT } from './folders.js';
import { plotScale } from './plot.js';
import { sections } from './report.js';
import type { Results } from './results.js';

const PAGE = join(ROOT, 'docs', 'performance.md');
const PLOT = join(ROOT, 'docs', 'performance.svg');

/** Draws the tables of docs/performance.md, between their markers, and its plot; the words around them stay. */
export async function drawPage(results: Results): Promise<void> {
  let page = readFileSync(PAGE, 'utf8');
  const parts = sections(results);
  if (parts.scale) parts.scale += '\n\n![The same as curves over the number of sessions](performance.svg)';
  for (const [name, text] of Object.entries(parts)) {
    const [from, to] = [`<!-- bench:${name} -->`, '<!-- bench:end -->'];
    const start = page.indexOf(from);
    const end = page.indexOf(to, start);
    if (start < 0 || end < 0) throw new Error(`docs/performance.md has no ${from} ... ${to}`);
    page = `${page.slice(0, start + from.length)}\n\n${text}\n\n${page.slice(end)}`;
  }
  await writeFormatted(PAGE, page);
  if (results.scale.length > 0) writeFileSync(PLOT, plotScale(results.scale));
}

/** As `npm run format` would leave it. */
export async function writeFormatted(file: string, text: string): Promise<void> {
  writeFileSync(file, await format(text, { ...(await resolveConfig(file)), filepath: file }));
}
