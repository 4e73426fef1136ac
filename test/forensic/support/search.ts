/**
 * Byte strings looked for at every offset of files and of a process's memory. To look for the keys
 * that were really there is to try every 32 bytes as a key, at a fraction of the cost.
 */
import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from "node:fs";
import { join } from "node:path";

/** What is being looked at. */
const CHUNK = Buffer.alloc(8_388_608);
const BITS = 20;

export interface Needles {
  readonly list: readonly Buffer[];
  readonly longest: number;
  /** Which starts of four bytes may begin a needle; a hash of them, one bit each. */
  readonly filter: Uint8Array;
  readonly byStart: ReadonlyMap<number, readonly number[]>;
}

const SPREAD = 0x9e3779b1;

/** @param list each of at least 8 bytes. */
export function needlesOf(list: readonly Buffer[]): Needles {
  const filter = new Uint8Array(2 ** (BITS - 3));
  const byStart = new Map<number, number[]>();
  for (const [i, needle] of list.entries()) {
    const start = needle.readInt32LE(0);
    byStart.set(start, [...(byStart.get(start) ?? []), i]);
    const bit = Math.imul(start, SPREAD) >>> (32 - BITS);
    filter[bit >>> 3] = (filter[bit >>> 3] ?? 0) | (1 << (bit & 7));
  }
  return { list, longest: Math.max(8, ...list.map(({ length }) => length)), filter, byStart };
}

const PAGE = 4096;
const NOTHING = Buffer.alloc(PAGE);

/** Which needles stand in these bytes; adds their numbers to `found`. */
function searchBytes(hay: Buffer, needles: Needles, found: Map<number, number>): void {
  for (let page = 0; page < hay.length; page += PAGE) {
    const end = Math.min(hay.length, page + PAGE);
    // Memory and WAL are mostly pages never written; no needle begins with four zeros.
    if (hay.compare(NOTHING, 0, end - page, page, end) === 0) continue;
    searchPage(hay, page, needles, found);
  }
}

/** Needles that begin in a page, or in the last three bytes of the page before. */
function searchPage(hay: Buffer, page: number, needles: Needles, found: Map<number, number>): void {
  const { filter } = needles;
  const first = Math.max(0, page - 3);
  const end = Math.min(hay.length, page + PAGE);
  if (end - first < 4) return;
  let start = hay.readInt32LE(first);
  for (let at = first; ;) {
    const bit = Math.imul(start, SPREAD) >>> (32 - BITS);
    if (((filter[bit >>> 3] ?? 0) & (1 << (bit & 7))) !== 0) hit(hay, at, needles, found);
    if (at + 4 >= end) return;
    start = (start >>> 8) | ((hay[at + 4] ?? 0) << 24);
    at += 1;
  }
}

function hit(hay: Buffer, at: number, needles: Needles, found: Map<number, number>): void {
  for (const i of needles.byStart.get(hay.readInt32LE(at)) ?? []) {
    const needle = needles.list[i];
    if (needle === undefined || at + needle.length > hay.length) continue;
    if (hay.compare(needle, 0, needle.length, at, at + needle.length) !== 0) continue;
    found.set(i, (found.get(i) ?? 0) + 1);
  }
}

export interface Searched {
  /** Needle → how often it was found. */
  readonly found: ReadonlyMap<number, number>;
  readonly files: number;
  readonly bytes: number;
  /** Every file that was read, with the needles found in it. */
  readonly read: readonly FileSearched[];
}

export interface FileSearched {
  readonly path: string;
  readonly found: ReadonlySet<number>;
}

/** Searches every file under folders, but for those left out. */
export function searchFiles(
  folders: readonly string[],
  needles: Needles,
  leaveOut: (path: string) => boolean,
): Searched {
  const found = new Map<number, number>();
  const read: FileSearched[] = [];
  let bytes = 0;
  const paths = folders.flatMap(filesUnder).filter((path) => !leaveOut(path));
  for (const path of paths) {
    const own = new Map<number, number>();
    bytes += searchFile(path, needles, own);
    read.push({ path, found: new Set(own.keys()) });
    for (const [i, count] of own) found.set(i, (found.get(i) ?? 0) + count);
  }
  return { found, files: paths.length, bytes, read };
}

function filesUnder(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true);
}

function searchFile(path: string, needles: Needles, found: Map<number, number>): number {
  const file = openSync(path, "r");
  try {
    return searchRange((into, at) => readSync(file, into, 0, into.length, at), needles, found);
  } finally {
    closeSync(file);
  }
}

/** Reads from 0 on until nothing more comes. Chunks overlap, so that no needle is cut in two. */
function searchRange(
  read: (into: Buffer, at: number) => number,
  needles: Needles,
  found: Map<number, number>,
): number {
  const overlap = needles.longest - 1;
  let at = 0;
  for (;;) {
    const got = read(CHUNK, at);
    if (got <= 0) return at;
    searchBytes(CHUNK.subarray(0, got), needles, found);
    if (got < CHUNK.length) return at + got;
    at += got - overlap;
  }
}

/** Searches the writable memory of a process (Linux); null where there is none to read. */
export function searchMemory(pid: number, needles: Needles): Searched | null {
  if (process.platform !== "linux") return null;
  const found = new Map<number, number>();
  const memory = openSync(`/proc/${pid}/mem`, "r");
  const ranges = readFileSync(`/proc/${pid}/maps`, "utf8")
    .split("\n")
    .filter((line) => line.split(" ")[1]?.startsWith("rw") === true)
    .map((line) => (line.split(" ")[0] ?? "").split("-").map((text) => parseInt(text, 16)));
  let bytes = 0;
  try {
    for (const [from = 0, to = 0] of ranges) {
      bytes += searchRange(
        (into, at) => {
          const want = Math.min(into.length, to - from - at);
          if (want <= 0) return 0;
          try {
            return readSync(memory, into, 0, want, from + at);
          } catch {
            return 0; // guard pages and the like
          }
        },
        needles,
        found,
      );
    }
  } finally {
    closeSync(memory);
  }
  return { found, files: ranges.length, bytes, read: [] };
}
