#!/usr/bin/env node
// Makes a key: node tools/new-key.mjs [name] [read|write]. The key goes to whoever calls the service, the entry into
// API_KEYS; the service never sees the key itself, only this digest of it. It has 256 random bits, so a plain SHA-256
// without a salt is as good as any slow hash.
import { createHash, randomBytes } from 'node:crypto';

const [name = 'app', scope = 'write'] = process.argv.slice(2);
if (!/^[\w-]{1,32}$/.test(name) || !['read', 'write'].includes(scope)) {
  console.error('Usage: node tools/new-key.mjs [name of 1 to 32 letters, digits, _ and -] [read|write]');
  process.exit(2);
}
const key = randomBytes(32).toString('base64url');
console.log(`Key, shown only here:  ${key}`);
console.log(`Entry of API_KEYS:     ${name}:${scope}:${createHash('sha256').update(key).digest('hex')}`);
