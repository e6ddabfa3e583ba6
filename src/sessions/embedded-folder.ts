import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  statfsSync,
} from 'node:fs';
import { join } from 'node:path';

// lmdb-js 3.5 does not bear much: `open` hangs for ever on a file that is not LMDB's or that it may not write, a
// damaged page ends the process by an assertion, and a full disk overruns the buffer of its own error message. So what
// can be known is found out from outside, before LMDB meets it.

/** What LMDB needs for the files of a new folder. */
const ROOM_TO_START = 1024 * 1024;
/** How often a tree is read again that another process may have changed meanwhile. */
const READINGS = 5;

// The file's format, from the structs in the mdb.c of lmdb-js 3.5.
const MAGIC = 0xbeefc0de;
const VERSION = 2;
const PAGE_HEADER = 24;
const NODE_HEADER = 8;
const BRANCH_PAGE = 1;
const LEAF_PAGE = 2;
const OVERFLOW_PAGE = 4;
const BIG_DATA = 1;
const SUB_DATABASE = 2;
const ROOT_IN_DATABASE = 40;
const DATABASE_SIZE = 48;
const OVERFLOW_SIZE = 24;
const META_SIZE = 144;
const NO_PAGE = 0xffff_ffff_ffff_ffffn;

/** What one commit left: the trees that can be reached from its meta page. */
interface Snapshot {
  transaction: bigint;
  pageSize: number;
  roots: bigint[];
}

/** Bytes left to us on the folder's disk. */
export function roomIn(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

/**
 * Makes the folder if it is missing, and sees to it that LMDB can use it.
 * @throws Error if it cannot; its message says why, and what to do where that is not plain
 */
export function prepareFolder(folder: string): void {
  mkdirSync(folder, { recursive: true });
  accessSync(folder, constants.W_OK);
  const lock = join(folder, 'lock.mdb');
  if (existsSync(lock)) closeSync(openSync(lock, 'r+'));
  else if (roomIn(folder) < ROOM_TO_START) throw new Error('its disk is full: make room and start again');
  const data = join(folder, 'data.mdb');
  if (!existsSync(data)) return;
  const file = openSync(data, 'r+');
  try {
    const damage = findDamage(file);
    if (damage === undefined) return;
    throw new Error(
      `data.mdb is damaged (${damage}): restore it, or move the folder away to start with no sessions`,
    );
  } finally {
    closeSync(file);
  }
}

/** What makes LMDB's file unusable, or undefined. Reads each page in use, but of what is in them only the structure. */
function findDamage(file: number): string | undefined {
  if (fstatSync(file).size === 0) return undefined;
  try {
    for (let reading = 1; reading <= READINGS; reading++) {
      const { latest, flushed } = readSnapshots(file);
      const damage = attempt(() => checkTrees(file, latest));
      // After a power cut LMDB goes back to what was flushed: that this is whole is enough.
      if (damage === undefined || attempt(() => checkTrees(file, flushed)) === undefined) return undefined;
      if (readSnapshots(file).latest.transaction === latest.transaction) return damage;
      // Another process writes, and uses pages again that were in this tree.
    }
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function attempt(check: () => void): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function readSnapshots(file: number): { latest: Snapshot; flushed: Snapshot } {
  const first = read(file, 0, PAGE_HEADER + META_SIZE);
  if (first.readUInt32LE(PAGE_HEADER) !== MAGIC) throw new Error('it is not an LMDB file');
  const version = first.readUInt32LE(PAGE_HEADER + 4);
  if (version !== VERSION) throw new Error(`its format has version ${version}, not ${VERSION}`);
  const pageSize = first.readUInt32LE(PAGE_HEADER + 24);
  if (pageSize < 512 || pageSize > 65_536 || pageSize % 512 !== 0)
    throw new Error('its meta page was overwritten');
  const snapshotAt = (offset: number): Snapshot => {
    const meta = read(file, offset + PAGE_HEADER, META_SIZE);
    return {
      transaction: meta.readBigUInt64LE(128),
      pageSize,
      roots: [24, 24 + DATABASE_SIZE].map((database) => meta.readBigUInt64LE(database + ROOT_IN_DATABASE)),
    };
  };
  const [even, odd] = [snapshotAt(0), snapshotAt(pageSize)];
  if (read(file, pageSize + PAGE_HEADER, 4).readUInt32LE(0) !== MAGIC)
    throw new Error('its meta page was overwritten');
  // lmdb-js keeps a third meta, of what has been flushed, in the middle of the first page; there is none at first.
  const flushed = snapshotAt(pageSize / 2);
  const latest = even.transaction >= odd.transaction ? even : odd;
  return { latest, flushed: flushed.transaction > 0n ? flushed : latest };
}

/** @throws Error that names the first page that is not what it ought to be */
function checkTrees(file: number, { pageSize, roots }: Snapshot): void {
  const pages = Math.floor(fstatSync(file).size / pageSize);
  const page = Buffer.alloc(pageSize);
  const enter = (number: bigint, bytes: number): void => {
    if (number >= pages) throw new Error(`page ${number} is behind its end: it was cut off`);
    readSync(file, page, 0, bytes, Number(number) * pageSize);
    if (page.readBigUInt64LE(0) !== number) throw new Error(`page ${number} was overwritten`);
  };
  const todo = roots.filter((root) => root !== NO_PAGE);
  for (let seen = 0, number = todo.pop(); number !== undefined; seen++, number = todo.pop()) {
    enter(number, pageSize);
    const links = seen <= pages ? linksOf(page) : undefined;
    if (!links) throw new Error(`page ${number} was overwritten`);
    todo.push(...links.pages.filter((linked) => linked !== NO_PAGE));
    for (const { first, count } of links.overflows) {
      enter(first, PAGE_HEADER);
      if (page.readUInt16LE(18) !== OVERFLOW_PAGE) throw new Error(`page ${first} was overwritten`);
      if (first + count > pages)
        throw new Error(`page ${first + count - 1n} is behind its end: it was cut off`);
    }
  }
}

interface Links {
  pages: bigint[];
  /** Runs of pages, each of which holds one long value. */
  overflows: { first: bigint; count: bigint }[];
}

/** Where a page of a tree leads; undefined if it is none. */
function linksOf(page: Buffer): Links | undefined {
  const links: Links = { pages: [], overflows: [] };
  const flags = page.readUInt16LE(18);
  const lower = PAGE_HEADER + page.readUInt16LE(20);
  const upper = PAGE_HEADER + page.readUInt16LE(22);
  if ((flags !== BRANCH_PAGE && flags !== LEAF_PAGE) || lower > upper || upper > page.length)
    return undefined;
  for (let slot = PAGE_HEADER; slot < lower; slot += 2) {
    const node = PAGE_HEADER + page.readUInt16LE(slot);
    if (node < upper || node + NODE_HEADER > page.length) return undefined;
    const low = page.readUInt32LE(node);
    const nodeFlags = page.readUInt16LE(node + 4);
    const data = node + NODE_HEADER + page.readUInt16LE(node + 6);
    const size = flags === BRANCH_PAGE ? 0 : nodeFlags & BIG_DATA ? OVERFLOW_SIZE : low;
    if (data + size > page.length) return undefined;
    if (nodeFlags & SUB_DATABASE && flags === LEAF_PAGE && size < DATABASE_SIZE) return undefined;
    if (flags === BRANCH_PAGE) links.pages.push(BigInt(low) + (BigInt(nodeFlags) << 32n));
    else if (nodeFlags & BIG_DATA)
      links.overflows.push({ first: page.readBigUInt64LE(data), count: page.readBigUInt64LE(data + 16) });
    else if (nodeFlags & SUB_DATABASE) links.pages.push(page.readBigUInt64LE(data + ROOT_IN_DATABASE));
  }
  return links;
}

function read(file: number, offset: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  if (readSync(file, buffer, 0, bytes, offset) < bytes) throw new Error('it was cut off');
  return buffer;
}
