/**
 * The root in a file of six blocks, overwritten in place: four for roots (epoch e in block e mod
 * 4), two for the mark. A record is whole or it does not count.
 *
 *   "KROOT1\0\0" | tree 16 | epoch u64 | sha256 of the file's identity 32 | root 32 | sha256 32
 *   "KMARK1\0\0" | tree 16 | epoch u64 | sequence u64 | assigned u64 | sha256 32
 *
 * A root names the file it was written to (inode and birth time): a copied or restored file does
 * not open, because then another copy exists that no wipe reaches.
 *
 * Reading back shows what the kernel holds, not what the platter or the flash holds.
 */
import { createHash } from "node:crypto";
import { dirname } from "node:path";

import { assert } from "../../base/assert.ts";
import type { Random } from "../../base/clock.ts";
import { JikimError } from "../../base/errors.ts";
import type { Files, KeyFile } from "../files.ts";
import { copyOfKey } from "../secret.ts";
import { KEY_BYTES } from "../tree/node.ts";
import type { NextRoot, RootMark, RootStore } from "../tree/stores.ts";
import { checkMedium } from "./medium.ts";

const BLOCK_BYTES = 4096;
const ROOT_BLOCKS = 4;
const MARK_BLOCKS = 2;
const FILE_BYTES = (ROOT_BLOCKS + MARK_BLOCKS) * BLOCK_BYTES;
const HASH_BYTES = 32;
const ROOT_AT = 8 + 16 + 8 + HASH_BYTES;
const MARK_RECORD = 8 + 16 + 24 + HASH_BYTES;

export interface RootFileOptions {
  readonly files: Files;
  readonly random: Random;
  /** The operator's reason for using a medium that may not forget; recorded in every receipt. */
  readonly allowWeak?: string;
  /** Throws when this keeper no longer owns the file; asked before every write. */
  readonly guard?: () => void;
  /** Length of what is held in a root's place: a key, or a custodian's share of one. */
  readonly secretBytes?: number;
}

interface RootFile {
  readonly file: KeyFile;
  readonly random: Random;
  readonly identity: Buffer;
  readonly guard: () => void;
  readonly secretBytes: number;
}

/**
 * Opens the root file, or makes it. Throws ERR_KEY_ROOT_MEDIUM, ERR_KEY_ROOT_COPIED.
 * @example const roots = await openRootFile("/var/lib/jikim/keys/root", { files, random });
 */
export async function openRootFile(path: string, options: RootFileOptions): Promise<RootStore> {
  const { files } = options;
  const weakness = await checkMedium(files, dirname(path), options.allowWeak ?? null);
  const fresh = !files.exists(path);
  const file = await files.open(path, fresh ? "create" : "existing");
  try {
    const { id, links } = file.identity();
    if (links !== 1) throw copied("the root file has a second name");
    // On a weak medium the identity is not stable; there the copy is not refused, only stated.
    const identity = createHash("sha256")
      .update(weakness === null ? id : "weak")
      .digest();
    const root: RootFile = {
      file,
      random: options.random,
      identity,
      guard: options.guard ?? (() => undefined),
      secretBytes: options.secretBytes ?? KEY_BYTES,
    };
    if (file.size() !== FILE_BYTES) await makeBlocks(root, file.size());
    await files.syncFolderOf(path);
    for (let block = 0; block < ROOT_BLOCKS; block += 1) assertOwn(root, block);
    return rootStore(root, weakness);
  } catch (error) {
    await file.close();
    throw error;
  }
}

function rootStore(root: RootFile, weakness: string | null): RootStore {
  return Object.freeze<RootStore>({
    custodians: Object.freeze(["root file"]),
    weakness,
    epochs: async () => epochs(root),
    mark: async () => newestMark(root)?.mark ?? null,
    setMark: (mark) => writeMark(root, mark),
    prepare: (next, key) => prepare(root, next, key),
    load: async (tree, epoch) => load(root, tree, epoch),
    wipe: (epoch, above) => wipe(root, epoch, above),
    close: () => root.file.close(),
  });
}

/** A file cut short by a crash while it was made holds nothing yet. */
async function makeBlocks(root: RootFile, size: number): Promise<void> {
  assert(size < FILE_BYTES, "the root file has the size it was made with");
  await root.file.write([new Uint8Array(FILE_BYTES)], 0);
  await root.file.datasync();
}

function readBlock(root: RootFile, block: number): Buffer {
  const bytes = Buffer.alloc(BLOCK_BYTES);
  const got = root.file.read(bytes, block * BLOCK_BYTES);
  assert(got === BLOCK_BYTES, "the root file has six blocks");
  return bytes;
}

function isWhole(block: Buffer, magic: string, length: number): boolean {
  const body = length - HASH_BYTES;
  if (block.toString("latin1", 0, 8) !== magic.padEnd(8, "\0")) return false;
  const hash = createHash("sha256").update(block.subarray(0, body)).digest();
  return hash.equals(block.subarray(body, length));
}

function recordBytes(root: RootFile): number {
  return ROOT_AT + root.secretBytes + HASH_BYTES;
}

/** What a root block says, its key left where it is. */
function rootRecord(root: RootFile, block: Buffer): { tree: string; epoch: number } | null {
  if (!isWhole(block, "KROOT1", recordBytes(root))) return null;
  return { tree: block.toString("hex", 8, 24), epoch: Number(block.readBigUInt64BE(24)) };
}

/** Reads a block for as long as `look` runs, and zeroes the copy. */
function lookAt<T>(root: RootFile, block: number, look: (bytes: Buffer) => T): T {
  const bytes = readBlock(root, block);
  try {
    return look(bytes);
  } finally {
    bytes.fill(0);
  }
}

function assertOwn(root: RootFile, block: number): void {
  lookAt(root, block, (bytes) => {
    if (rootRecord(root, bytes) === null) return;
    if (!root.identity.equals(bytes.subarray(32, 32 + HASH_BYTES))) {
      throw copied("the root file is a copy of another file");
    }
  });
}

function epochs(root: RootFile): readonly number[] {
  const found: number[] = [];
  for (let block = 0; block < ROOT_BLOCKS; block += 1) {
    const record = lookAt(root, block, (bytes) => rootRecord(root, bytes));
    if (record !== null) found.push(record.epoch);
  }
  return found.toSorted((a, b) => a - b);
}

async function prepare(root: RootFile, next: NextRoot, key: Uint8Array): Promise<void> {
  root.guard();
  assert(key.length === root.secretBytes, "a root file holds secrets of one length");
  const block = next.epoch % ROOT_BLOCKS;
  // A keeper that lost its place unawares would overwrite its successor's only root here.
  if ((newestMark(root)?.mark.sequence ?? 0) >= next.sequence) throw fenced(next.epoch);
  if (epochs(root).some((epoch) => epoch >= next.epoch)) throw fenced(next.epoch);
  const bytes = Buffer.alloc(BLOCK_BYTES);
  try {
    bytes.write("KROOT1", 0, "latin1");
    bytes.write(next.tree, 8, "hex");
    bytes.writeBigUInt64BE(BigInt(next.epoch), 24);
    bytes.set(root.identity, 32);
    bytes.set(key, ROOT_AT);
    const body = recordBytes(root) - HASH_BYTES;
    bytes.set(createHash("sha256").update(bytes.subarray(0, body)).digest(), body);
    await root.file.write([bytes], block * BLOCK_BYTES);
    await root.file.datasync();
    const same = lookAt(root, block, (held) => held.equals(bytes));
    assert(same, "a root is read back as it was written");
  } finally {
    bytes.fill(0);
  }
}

function load(root: RootFile, tree: string, epoch: number): Buffer | null {
  return lookAt(root, epoch % ROOT_BLOCKS, (bytes) => {
    const record = rootRecord(root, bytes);
    if (record === null || record.tree !== tree || record.epoch !== epoch) return null;
    return copyOfKey(bytes.subarray(ROOT_AT, ROOT_AT + root.secretBytes));
  });
}

async function wipe(root: RootFile, epoch: number, above: boolean): Promise<void> {
  root.guard();
  const blocks: number[] = [];
  for (let block = 0; block < ROOT_BLOCKS; block += 1) {
    const wiped = lookAt(root, block, (bytes) => {
      const held = rootRecord(root, bytes);
      // A torn record may hold most of a root: it is wiped like a whole one.
      if (held === null) return bytes.some((byte) => byte !== 0);
      return held.epoch < epoch || (above && held.epoch > epoch);
    });
    if (wiped) blocks.push(block);
  }
  if (blocks.length === 0) return;
  for (const fill of [() => root.random.bytes(BLOCK_BYTES), () => new Uint8Array(BLOCK_BYTES)]) {
    for (const block of blocks) await root.file.write([fill()], block * BLOCK_BYTES);
    await root.file.datasync();
  }
  for (const block of blocks) {
    const empty = lookAt(root, block, (bytes) => bytes.every((byte) => byte === 0));
    assert(empty, "a wiped root is read back as zeros");
  }
}

function newestMark(root: RootFile): { mark: RootMark; block: number } | null {
  let newest: { mark: RootMark; block: number } | null = null;
  for (let block = ROOT_BLOCKS; block < ROOT_BLOCKS + MARK_BLOCKS; block += 1) {
    const bytes = readBlock(root, block);
    if (!isWhole(bytes, "KMARK1", MARK_RECORD)) continue;
    const mark: RootMark = {
      tree: bytes.toString("hex", 8, 24),
      epoch: Number(bytes.readBigUInt64BE(24)),
      sequence: Number(bytes.readBigUInt64BE(32)),
      assigned: Number(bytes.readBigUInt64BE(40)),
    };
    if (newest === null || isLater(mark, newest.mark)) newest = { mark, block };
  }
  return newest;
}

function isLater(a: RootMark, b: RootMark): boolean {
  return a.sequence > b.sequence || (a.sequence === b.sequence && a.assigned > b.assigned);
}

/** Marks alternate between two blocks: a torn one leaves the one before. */
async function writeMark(root: RootFile, mark: RootMark): Promise<void> {
  root.guard();
  const held = newestMark(root);
  if (held !== null && held.mark.sequence > mark.sequence) throw fenced(mark.epoch);
  const bytes = Buffer.alloc(BLOCK_BYTES);
  bytes.write("KMARK1", 0, "latin1");
  bytes.write(mark.tree, 8, "hex");
  bytes.writeBigUInt64BE(BigInt(mark.epoch), 24);
  bytes.writeBigUInt64BE(BigInt(mark.sequence), 32);
  bytes.writeBigUInt64BE(BigInt(mark.assigned), 40);
  const body = MARK_RECORD - HASH_BYTES;
  bytes.set(createHash("sha256").update(bytes.subarray(0, body)).digest(), body);
  const first = held === null || held.block !== ROOT_BLOCKS;
  await root.file.write([bytes], (first ? ROOT_BLOCKS : ROOT_BLOCKS + 1) * BLOCK_BYTES);
  await root.file.datasync();
}

function copied(why: string): JikimError {
  return new JikimError("ERR_KEY_ROOT_COPIED", `${why}: a wipe would not reach every copy`);
}

function fenced(epoch: number): JikimError {
  return new JikimError("ERR_KEEPER_FENCED", "another keeper has taken the root over", { epoch });
}
