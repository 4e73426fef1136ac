/**
 * The Merkle tree of RFC 9162 §2.1: hashes, the parts a root or a proof is made of, and the two
 * verifications. Arithmetic only; where hashes are kept is another matter (subtree-hashes.ts).
 * Sizes are safe integers, so division stands where the RFC shifts bits.
 */
import { createHash } from "node:crypto";
import { assert, present } from "../../base/assert.ts";

export const HASH_BYTES = 32;
/** No log of ours comes near; up to here logarithms of sizes are exact in floating point. */
export const MOST_LEAVES = 2 ** 40;

const LEAF_PREFIX = Uint8Array.of(0); // §2.1.1: a leaf is hashed behind 0x00, a node behind 0x01
const NODE_PREFIX = Uint8Array.of(1);

/** Hash of a leaf's bytes. */
export function hashLeaf(leaf: Uint8Array): Uint8Array {
  return new Uint8Array(createHash("sha256").update(LEAF_PREFIX).update(leaf).digest());
}

/** Hash of the node over two subtrees. */
export function hashNode(left: Uint8Array, right: Uint8Array): Uint8Array {
  return new Uint8Array(
    createHash("sha256").update(NODE_PREFIX).update(left).update(right).digest(),
  );
}

/** A complete subtree: the leaves from `number · 2^level` on, `2^level` of them. */
export interface Subtree {
  readonly level: number;
  readonly number: number;
}

/** Leaves from `first` up to, not including, `past`. */
export interface Range {
  readonly first: number;
  readonly past: number;
}

/** The complete subtrees a range is made of, widest first. `first` is a multiple of the widest. */
export function subtreesOf({ first, past }: Range): readonly Subtree[] {
  const parts: Subtree[] = [];
  for (let at = first; at < past;) {
    const level = Math.floor(Math.log2(past - at));
    assert(at % 2 ** level === 0, "a range begins where its widest subtree does");
    parts.push({ level, number: at / 2 ** level });
    at += 2 ** level;
  }
  return parts;
}

/** The hash over neighbouring subtrees, widest first; of none: the hash of the empty log. */
export function joinHashes(hashes: readonly Uint8Array[]): Uint8Array {
  const last = hashes.at(-1);
  if (last === undefined) return new Uint8Array(createHash("sha256").digest());
  return hashes.slice(0, -1).reduceRight((right, left) => hashNode(left, right), last);
}

/** A growing tree: its size and the hashes of `subtreesOf({ first: 0, past: size })`. */
export interface Frontier {
  readonly size: number;
  readonly hashes: readonly Uint8Array[];
}

export const EMPTY_LOG: Frontier = Object.freeze({ size: 0, hashes: Object.freeze([]) });

/** The tree with more leaves: one hash a leaf, and at most one a level. `completed` hears of every
 * subtree that is complete now. */
export function grow(
  frontier: Frontier,
  leaves: Iterable<Uint8Array>,
  completed: (subtree: Subtree, hash: Uint8Array) => void = () => undefined,
): Frontier {
  const hashes = [...frontier.hashes];
  let { size } = frontier;
  for (const leaf of leaves) {
    let hash = leaf;
    size += 1;
    let level = 0;
    for (; size % 2 ** (level + 1) === 0; level += 1) {
      completed({ level, number: size / 2 ** level - 1 }, hash);
      hash = hashNode(present(hashes.pop(), "a full subtree has a left half"), hash);
    }
    completed({ level, number: size / 2 ** level - 1 }, hash);
    hashes.push(hash);
  }
  return Object.freeze({ size, hashes: Object.freeze(hashes) });
}

/** Ranges whose hashes prove that a leaf is in a tree, lowest first (§2.1.3.1). */
export function inclusionRanges(leaf: number, size: number): readonly Range[] {
  assert(leaf >= 0 && leaf < size, "only a leaf of the tree is proved to be in it");
  const ranges: Range[] = [];
  let [first, past] = [0, size];
  while (past - first > 1) {
    const middle = first + splitOf(past - first);
    if (leaf < middle) {
      ranges.push({ first: middle, past });
      past = middle;
    } else {
      ranges.push({ first, past: middle });
      first = middle;
    }
  }
  return ranges.toReversed();
}

/** Ranges whose hashes prove that a tree is the beginning of a larger one (§2.1.4.1). */
export function consistencyRanges(smaller: number, size: number): readonly Range[] {
  assert(smaller > 0 && smaller <= size, "a tree with leaves is compared with a larger one");
  const ranges: Range[] = [];
  let [first, past] = [0, size];
  while (past !== smaller) {
    const middle = first + splitOf(past - first);
    if (smaller <= middle) {
      ranges.push({ first: middle, past });
      past = middle;
    } else {
      ranges.push({ first, past: middle });
      first = middle;
    }
  }
  // What is left is the smaller tree's own right edge; the whole of it its reader has already.
  if (first > 0) ranges.push({ first, past });
  return ranges.toReversed();
}

/** The largest power of two below a size. */
function splitOf(size: number): number {
  const power = 2 ** Math.floor(Math.log2(size));
  return power === size ? power / 2 : power;
}

const isOdd = (value: number): boolean => value % 2 === 1;
const half = (value: number): number => Math.floor(value / 2);

/** The root that a leaf and its path lead to (§2.1.3.2); null when the path does not fit. */
export function rootOfPath(
  leaf: { readonly position: number; readonly hash: Uint8Array },
  size: number,
  path: readonly Uint8Array[],
): Uint8Array | null {
  if (leaf.position < 0 || leaf.position >= size) return null;
  let [fn, sn, root] = [leaf.position, size - 1, leaf.hash];
  for (const hash of path) {
    if (sn === 0) return null;
    if (isOdd(fn) || fn === sn) {
      root = hashNode(hash, root);
      while (!isOdd(fn) && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else {
      root = hashNode(root, hash);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 ? root : null;
}

/** A tree by its size and root. */
export interface TreeHead {
  readonly size: number;
  readonly root: Uint8Array;
}

/** Is the first tree the beginning of the second (§2.1.4.2)? */
export function isConsistent(
  first: TreeHead,
  second: TreeHead,
  path: readonly Uint8Array[],
): boolean {
  if (first.size > second.size) return false;
  if (first.size === second.size) return path.length === 0 && isSame(first.root, second.root);
  if (first.size === 0) return path.length === 0;
  const whole = Number.isInteger(Math.log2(first.size)) ? [first.root, ...path] : path;
  const [start, ...rest] = whole;
  if (start === undefined || path.length === 0) return false;
  let [fn, sn] = [first.size - 1, second.size - 1];
  while (isOdd(fn)) [fn, sn] = [half(fn), half(sn)];
  let [older, newer] = [start, start];
  for (const hash of rest) {
    if (sn === 0) return false;
    if (isOdd(fn) || fn === sn) {
      [older, newer] = [hashNode(hash, older), hashNode(hash, newer)];
      while (!isOdd(fn) && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else {
      newer = hashNode(newer, hash);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && isSame(older, first.root) && isSame(newer, second.root);
}

/** Are two hashes the same? They are public: the time this takes tells nothing. */
export function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
