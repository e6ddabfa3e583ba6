// Lists the licences of what is installed with the service, as the lock file has them, and fails on one that is not
// permissive.
import { readFileSync } from 'node:fs';

const PERMISSIVE = [
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'ISC',
  'MIT',
  'Python-2.0',
];

/** Other names for these, and packages that say it in a way of their own. */
const MEANT = { Apache2: 'Apache-2.0', 'BSD-0-Clause': '0BSD' };
const READ_BY_HAND = { busboy: 'MIT', streamsearch: 'MIT' };

const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const byLicence = new Map();
for (const [path, { license, dev, devOptional }] of Object.entries(packages)) {
  if (path === '' || dev || devOptional) continue;
  const name = path.replace(/^.*node_modules\//, '');
  const licence = MEANT[license] ?? license ?? READ_BY_HAND[name] ?? 'none given';
  byLicence.set(licence, [...(byLicence.get(licence) ?? []), name]);
}
let refused = 0;
for (const [licence, names] of [...byLicence].sort()) {
  // "(MIT OR Apache-2.0)" is a choice.
  const allowed = licence
    .replace(/[()]/g, '')
    .split(' OR ')
    .some((each) => PERMISSIVE.includes(each));
  console.log(`${licence}: ${names.length}${allowed ? '' : `, not permissive: ${names.join(', ')}`}`);
  if (!allowed) refused++;
}
process.exit(refused > 0 ? 1 : 0);
