/**
 * The append-only log of sealed nodes. Nothing in it is secret.
 *
 *   header  "KLOG1\0\0\0" | generation u64 | 16 zero bytes                                 32 bytes
 *   node    "N\0\0\0" | length u32 | id u64 | sealed node
 *   commit  "C\0\0\0" | length u32 | epoch u64 | sequence u64 | leaves u64 | depth u64 | tree 16 |
 *           sha256 of everything since the commit before, this one's fields included
 *
 * What follows the last whole commit never happened.
 */
import { createHash, type Hash } from "node:crypto";

import { JikimError } from "../../base/errors.ts";
import type { KeyFile } from "../files.ts";
import { BLOB_BYTES } from "../tree/node.ts";
import type { NodeBlob, TreeHead } from "../tree/stores.ts";

export const LOG_HEADER_BYTES = 32;
const PREFIX_BYTES = 16;
/** Bytes of a node in the log. */
export const NODE_RECORD_BYTES = PREFIX_BYTES + BLOB_BYTES;
const COMMIT_BODY = 8 + 32 + 16;
const HASH_BYTES = 32;
export const COMMIT_RECORD_BYTES = COMMIT_BODY + HASH_BYTES;
const READ_BYTES = 4_194_304;

export function logHeader(generation: number): Buffer {
  const bytes = Buffer.alloc(LOG_HEADER_BYTES);
  bytes.write("KLOG1", 0, "latin1");
  bytes.writeBigUInt64BE(BigInt(generation), 8);
  return bytes;
}

/** The generation in a log's header; null when it has none yet. */
export function readLogHeader(file: KeyFile): number | null {
  const bytes = Buffer.alloc(LOG_HEADER_BYTES);
  if (file.read(bytes, 0) < LOG_HEADER_BYTES) return null;
  if (bytes.toString("latin1", 0, 8) !== "KLOG1\0\0\0") {
    throw new JikimError("ERR_KEY_NODE_DAMAGED", "this is no log of a key tree");
  }
  return Number(bytes.readBigUInt64BE(8));
}

export function nodeRecord([id, blob]: NodeBlob): readonly Uint8Array[] {
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.write("N", 0, "latin1");
  prefix.writeUInt32BE(blob.length, 4);
  prefix.writeBigUInt64BE(BigInt(id), 8);
  return [prefix, blob];
}

/** The commit record; `hash` has seen every record since the commit before. */
export function commitRecord(head: TreeHead, hash: Hash): Buffer {
  const bytes = Buffer.alloc(COMMIT_RECORD_BYTES);
  bytes.write("C", 0, "latin1");
  bytes.writeUInt32BE(COMMIT_BODY - 8 + HASH_BYTES, 4);
  bytes.writeBigUInt64BE(BigInt(head.epoch), 8);
  bytes.writeBigUInt64BE(BigInt(head.sequence), 16);
  bytes.writeBigUInt64BE(BigInt(head.leaves), 24);
  bytes.writeBigUInt64BE(BigInt(head.depth), 32);
  bytes.write(head.tree, 40, "hex");
  bytes.set(hash.update(bytes.subarray(0, COMMIT_BODY)).digest(), COMMIT_BODY);
  return bytes;
}

function headOf(bytes: Buffer): TreeHead {
  return Object.freeze({
    epoch: Number(bytes.readBigUInt64BE(8)),
    sequence: Number(bytes.readBigUInt64BE(16)),
    leaves: Number(bytes.readBigUInt64BE(24)),
    depth: Number(bytes.readBigUInt64BE(32)),
    tree: bytes.toString("hex", 40, 56),
  });
}

/** The head in the commit that ends at a position; null when none ends there. */
export function readHeadBefore(file: KeyFile, end: number): TreeHead | null {
  const bytes = Buffer.alloc(COMMIT_RECORD_BYTES);
  const got = file.read(bytes, Math.max(0, end - COMMIT_RECORD_BYTES));
  return got === COMMIT_RECORD_BYTES && bytes[0] === 0x43 /* C */ ? headOf(bytes) : null;
}

export interface LogCommit {
  readonly head: TreeHead;
  /** Ids of the commit's nodes with the position of their sealed bytes. */
  readonly nodes: readonly (readonly [id: number, position: number])[];
  /** Where the next record begins. */
  readonly end: number;
}

/** Whole commits from a position on. Stops at the first that is torn. */
export function* readCommits(file: KeyFile, from: number): Generator<LogCommit> {
  const read = bufferedReader(file);
  let nodes: [number, number][] = [];
  let hash = createHash("sha256");
  for (let at = from; ;) {
    const kind = read(at, PREFIX_BYTES);
    if (kind === null) return;
    if (kind[0] === 0x4e /* N */) {
      const record = read(at, NODE_RECORD_BYTES);
      if (record === null || record.readUInt32BE(4) !== BLOB_BYTES) return;
      nodes.push([Number(record.readBigUInt64BE(8)), at + PREFIX_BYTES]);
      hash.update(record);
      at += NODE_RECORD_BYTES;
    } else if (kind[0] === 0x43 /* C */) {
      const record = read(at, COMMIT_RECORD_BYTES);
      if (record === null) return;
      const sum = hash.update(record.subarray(0, COMMIT_BODY)).digest();
      if (!sum.equals(record.subarray(COMMIT_BODY))) return;
      at += COMMIT_RECORD_BYTES;
      yield { head: headOf(record), nodes, end: at };
      nodes = [];
      hash = createHash("sha256");
    } else {
      return;
    }
  }
}

/** Views into a large read-ahead buffer, valid until the next call; null past the end. */
function bufferedReader(file: KeyFile): (position: number, length: number) => Buffer | null {
  const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
  let start = 0;
  let filled = 0;
  return (position, length) => {
    if (position < start || position + length > start + filled) {
      start = position;
      filled = file.read(buffer, position);
    }
    if (position + length > start + filled) return null;
    return buffer.subarray(position - start, position - start + length);
  };
}
