/**
 * The tree against three oracles that are not ours: the reference implementation's vectors, the
 * RFC's own recursive definitions written out naively, and sigstore's verification.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { LogCheckpoint } from "@sigstore/verify/dist/tlog/checkpoint.js";
import { verifyMerkleInclusion } from "@sigstore/verify/dist/tlog/merkle.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Range, Subtree } from "../../../src/engine/audit/merkle.ts";
import {
  consistencyRanges,
  EMPTY_LOG,
  grow,
  hashLeaf,
  inclusionRanges,
  isConsistent,
  isSame,
  joinHashes,
  rootOfPath,
  subtreesOf,
} from "../../../src/engine/audit/merkle.ts";

interface Vectors {
  readonly leaves: readonly string[];
  readonly roots: readonly string[];
  readonly inclusion: readonly { leaf: number; size: number; path: readonly string[] }[];
  readonly consistency: readonly { first: number; second: number; path: readonly string[] }[];
}
const VECTORS = JSON.parse(
  readFileSync(new URL("../../vectors/merkle-tree.json", import.meta.url), "utf8"),
) as Vectors;
const LEAVES = VECTORS.leaves.map((leaf) => Buffer.from(leaf, "hex"));

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const unhex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "hex"));
const sha256 = (...parts: readonly Uint8Array[]): Uint8Array =>
  new Uint8Array(createHash("sha256").update(Buffer.concat(parts)).digest());

// RFC 9162 §2.1.1, §2.1.3.1 and §2.1.4.1, word by word.
function naiveRoot(data: readonly Uint8Array[]): Uint8Array {
  const [only] = data;
  if (only === undefined) return sha256();
  if (data.length === 1) return sha256(Uint8Array.of(0), only);
  const k = naiveSplit(data.length);
  return sha256(Uint8Array.of(1), naiveRoot(data.slice(0, k)), naiveRoot(data.slice(k)));
}
function naivePath(m: number, data: readonly Uint8Array[]): Uint8Array[] {
  if (data.length === 1) return [];
  const k = naiveSplit(data.length);
  return m < k
    ? [...naivePath(m, data.slice(0, k)), naiveRoot(data.slice(k))]
    : [...naivePath(m - k, data.slice(k)), naiveRoot(data.slice(0, k))];
}
function naiveProof(m: number, data: readonly Uint8Array[], whole = true): Uint8Array[] {
  if (m === data.length) return whole ? [] : [naiveRoot(data)];
  const k = naiveSplit(data.length);
  return m <= k
    ? [...naiveProof(m, data.slice(0, k), whole), naiveRoot(data.slice(k))]
    : [...naiveProof(m - k, data.slice(k), false), naiveRoot(data.slice(0, k))];
}
function naiveSplit(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

/** Our proof: ranges of ours, hashed over the leaves. */
const hashed = (ranges: readonly Range[], data: readonly Uint8Array[]): Uint8Array[] =>
  ranges.map(({ first, past }) => joinHashes(hashesBelow(data.slice(first, past))));
const hashesBelow = (data: readonly Uint8Array[]): readonly Uint8Array[] =>
  grow(EMPTY_LOG, data.map(hashLeaf)).hashes;
const ourRoot = (data: readonly Uint8Array[]): Uint8Array => joinHashes(hashesBelow(data));

const size = fc.integer({ min: 1, max: 300 });
const leaves = (count: number): Uint8Array[] =>
  Array.from({ length: count }, (_, index) => sha256(Buffer.from(`leaf ${index}`)));

describe("the reference implementation's vectors", () => {
  test("every root is theirs", () => {
    const roots = VECTORS.roots.map((_, count) => hex(ourRoot(LEAVES.slice(0, count))));
    expect(roots).toEqual(VECTORS.roots);
  });

  test.each(VECTORS.inclusion)("the path of leaf $leaf in $size is theirs", (vector) => {
    const { leaf, size: count, path } = vector;
    const ours = hashed(inclusionRanges(leaf, count), LEAVES);
    expect(ours.map(hex)).toEqual(path);
    const from = { position: leaf, hash: hashLeaf(LEAVES[leaf] ?? new Uint8Array()) };
    expect(hex(rootOfPath(from, count, ours) ?? new Uint8Array())).toBe(VECTORS.roots[count]);
  });

  test.each(VECTORS.consistency)("the path from $first to $second is theirs", (vector) => {
    const { first, second, path } = vector;
    expect(hashed(consistencyRanges(first, second), LEAVES).map(hex)).toEqual(path);
    const head = (count: number) => ({ size: count, root: unhex(VECTORS.roots[count] ?? "") });
    expect(isConsistent(head(first), head(second), path.map(unhex))).toBe(true);
  });
});

describe("the RFC's definitions", () => {
  test("roots, paths and proofs of any size are those of the recursive definition", () => {
    fc.assert(
      fc.property(size, fc.nat(), fc.nat(), (count, a, b) => {
        const data = leaves(count);
        const leaf = a % count;
        const smaller = 1 + (b % count);
        expect(hex(ourRoot(data))).toBe(hex(naiveRoot(data)));
        expect(hashed(inclusionRanges(leaf, count), data).map(hex)).toEqual(
          naivePath(leaf, data).map(hex),
        );
        expect(hashed(consistencyRanges(smaller, count), data).map(hex)).toEqual(
          naiveProof(smaller, data).map(hex),
        );
      }),
    );
  });

  test("a tree grown in pieces is the tree grown at once, and hears of each subtree once", () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 40 }), { maxLength: 8 }), (pieces) => {
        const all = leaves(pieces.reduce((sum, piece) => sum + piece, 0));
        const heard: string[] = [];
        const hear = ({ level, number }: Subtree): void => void heard.push(`${level}/${number}`);
        let frontier = EMPTY_LOG;
        for (const piece of pieces) {
          const next = all.slice(frontier.size, frontier.size + piece).map(hashLeaf);
          frontier = grow(frontier, next, hear);
        }
        expect(hex(joinHashes(frontier.hashes))).toBe(hex(naiveRoot(all)));
        expect(frontier.hashes).toHaveLength(subtreesOf({ first: 0, past: all.length }).length);
        const complete = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((level) =>
          Array.from({ length: Math.floor(all.length / 2 ** level) }, (_, n) => `${level}/${n}`),
        );
        expect(heard.toSorted()).toEqual(complete.toSorted());
      }),
    );
  });
});

describe("what verification accepts", () => {
  test("is what sigstore accepts: the right path, and no other", () => {
    fc.assert(
      fc.property(size, fc.nat(), fc.nat(), fc.nat(), (count, a, b, bit) => {
        const data = leaves(count);
        const leaf = a % count;
        const root = naiveRoot(data);
        const path = naivePath(leaf, data);
        const wrong = path.map((each) => Uint8Array.from(each));
        const spoiled = wrong[b % Math.max(1, wrong.length)];
        if (spoiled !== undefined) spoiled[bit % 32] = (spoiled[bit % 32] ?? 0) ^ (1 << (bit % 8));
        const candidates = [path, wrong, path.slice(1), [...path, root], path.toReversed()];
        for (const candidate of candidates) {
          const asked = { leaf, body: data[leaf] ?? new Uint8Array(), count, root };
          expect(ourVerdict(asked, candidate)).toBe(sigstoreVerdict(asked, candidate));
        }
        expect(ourVerdict({ leaf, body: data[leaf] ?? root, count, root }, path)).toBe(true);
      }),
    );
  });

  test("is a growth that is one: another root, size or path is refused", () => {
    fc.assert(
      fc.property(size, fc.nat(), fc.nat(), (count, a, b) => {
        const data = leaves(count);
        const smaller = 1 + (a % count);
        const first = { size: smaller, root: naiveRoot(data.slice(0, smaller)) };
        const second = { size: count, root: naiveRoot(data) };
        const path = naiveProof(smaller, data);
        expect(isConsistent(first, second, path)).toBe(true);
        const changed = data.with(b % smaller, sha256(Buffer.from("another")));
        const other = { size: smaller, root: naiveRoot(changed.slice(0, smaller)) };
        expect(isConsistent(other, second, path)).toBe(false);
        const forked = { size: count, root: naiveRoot(changed) };
        expect(isConsistent(first, forked, naiveProof(smaller, changed))).toBe(false);
        expect(isConsistent(first, second, [...path, first.root])).toBe(false);
        if (path.length > 0) expect(isConsistent(first, second, path.slice(1))).toBe(false);
      }),
    );
  });

  test("never a leaf outside the tree", () => {
    const data = leaves(5);
    const hash = hashLeaf(data[4] ?? new Uint8Array());
    expect(rootOfPath({ position: 5, hash }, 5, naivePath(4, data))).toBeNull();
    expect(rootOfPath({ position: -1, hash }, 5, naivePath(4, data))).toBeNull();
  });
});

interface Asked {
  readonly leaf: number;
  readonly body: Uint8Array;
  readonly count: number;
  readonly root: Uint8Array;
}

function ourVerdict({ leaf, body, count, root }: Asked, path: readonly Uint8Array[]): boolean {
  const found = rootOfPath({ position: leaf, hash: hashLeaf(body) }, count, path);
  return found !== null && isSame(found, root);
}

function sigstoreVerdict(asked: Asked, path: readonly Uint8Array[]): boolean {
  const entry = {
    inclusionProof: { logIndex: String(asked.leaf), hashes: path.map((each) => Buffer.from(each)) },
    canonicalizedBody: Buffer.from(asked.body),
  } as Parameters<typeof verifyMerkleInclusion>[0];
  const head = new LogCheckpoint("any", BigInt(asked.count), Buffer.from(asked.root), []);
  try {
    verifyMerkleInclusion(entry, head);
    return true;
  } catch {
    return false;
  }
}
