/**
 * Where each node's newest bytes lie in the log: eight bytes a node, because leaves are numbered
 * without gaps. A snapshot of it saves reading the log at the next opening; it is trusted only
 * with its own hash, for the log it was made of, and every node still has to open under its key.
 *
 *   "KIDX1\0\0\0" | generation u64 | end u64 | epoch, sequence, leaves, depth u64 | tree 16 |
 *   levels u64 | per level: count u64, count × f64 | sha256
 */
import { createHash } from "node:crypto";

import type { TreeHead } from "../tree/stores.ts";
import { MAX_DEPTH, nodeId, nodePlace } from "../tree/geometry.ts";

const FIXED_BYTES = 8 + 6 * 8 + 16 + 8;
const HASH_BYTES = 32;

export interface LogIndex {
  /** Nodes known. */
  readonly count: number;
  /** Position of a node's sealed bytes; undefined when it has none. */
  position(id: number): number | undefined;
  set(id: number, position: number): void;
  /** Every node's id, lowest first. */
  ids(): Iterable<number>;
  levels(): readonly Float64Array[];
}

/** @param levels positions by level, 0 where there is no node. */
export function createLogIndex(levels: readonly Float64Array[] = []): LogIndex {
  const tables = Array.from({ length: MAX_DEPTH }, (_, i) => {
    const from = levels[i] ?? new Float64Array(0);
    return { positions: from, used: from.length };
  });
  let count = 0;
  for (const { positions } of tables) for (const at of positions) if (at > 0) count += 1;
  const table = (level: number) => tables[level] ?? { positions: new Float64Array(0), used: 0 };
  return {
    get count() {
      return count;
    },
    position(id) {
      const { level, index } = nodePlace(id);
      const at = table(level).positions[index];
      return at === undefined || at === 0 ? undefined : at;
    },
    set(id, position) {
      const { level, index } = nodePlace(id);
      const held = table(level);
      if (index >= held.positions.length) {
        const larger = new Float64Array(Math.max(256, index + 1, held.positions.length * 2));
        larger.set(held.positions);
        held.positions = larger;
      }
      held.used = Math.max(held.used, index + 1);
      if (held.positions[index] === 0) count += 1;
      held.positions[index] = position;
    },
    *ids() {
      for (const [level, { positions, used }] of tables.entries()) {
        for (let index = 0; index < used; index += 1) {
          if (positions[index] !== 0) yield nodeId({ level, index });
        }
      }
    },
    levels: () => tables.map(({ positions, used }) => positions.subarray(0, used)),
  };
}

export interface Snapshot {
  readonly generation: number;
  /** Where the log ended. */
  readonly end: number;
  readonly head: TreeHead;
  readonly index: LogIndex;
}

export function writeSnapshot({ generation, end, head, index }: Snapshot): Buffer {
  const levels = index.levels();
  const size = levels.reduce((sum, level) => sum + 8 + level.length * 8, FIXED_BYTES);
  const bytes = Buffer.alloc(size + HASH_BYTES);
  let at = bytes.write("KIDX1\0\0\0", 0, "latin1");
  const numbers = [generation, end, head.epoch, head.sequence, head.leaves, head.depth];
  for (const value of numbers) at = bytes.writeBigUInt64BE(BigInt(value), at);
  at += bytes.write(head.tree, at, "hex");
  at = bytes.writeBigUInt64BE(BigInt(levels.length), at);
  for (const level of levels) {
    at = bytes.writeBigUInt64BE(BigInt(level.length), at);
    for (const position of level) at = bytes.writeDoubleLE(position, at);
  }
  bytes.set(createHash("sha256").update(bytes.subarray(0, at)).digest(), at);
  return bytes;
}

/** The snapshot in these bytes; null when they are not a whole one: then the log is read. */
export function readSnapshot(bytes: Buffer): Snapshot | null {
  const body = bytes.length - HASH_BYTES;
  if (body < FIXED_BYTES || bytes.toString("latin1", 0, 8) !== "KIDX1\0\0\0") return null;
  const sum = createHash("sha256").update(bytes.subarray(0, body)).digest();
  if (!sum.equals(bytes.subarray(body))) return null;
  const u64 = (at: number): number => Number(bytes.readBigUInt64BE(at));
  const levels: Float64Array[] = [];
  let at = FIXED_BYTES;
  for (let level = 0; level < u64(FIXED_BYTES - 8); level += 1) {
    const length = u64(at);
    at += 8;
    const positions = new Float64Array(length);
    for (let i = 0; i < length; i += 1) positions[i] = bytes.readDoubleLE(at + i * 8);
    at += length * 8;
    levels.push(positions);
  }
  const head = Object.freeze({
    epoch: u64(24),
    sequence: u64(32),
    leaves: u64(40),
    depth: u64(48),
    tree: bytes.toString("hex", 56, 72),
  });
  return { generation: u64(8), end: u64(16), head, index: createLogIndex(levels) };
}
