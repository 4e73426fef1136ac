/**
 * The two commits a tree knows. Both yield sealed nodes from the leaves up, in batches, so that
 * destroying 100,000 keys never holds 400 MB of leaves at once.
 *
 * Destroying mints a new key for every node on the path and a new root, so that all former
 * versions of these nodes, wherever they lie, hang under the old root alone. Growing destroys
 * nothing and seals the path again under the keys it has.
 */
import { assert, present } from "../../base/assert.ts";
import type { Draft } from "./draft.ts";
import { above, nodeId } from "./geometry.ts";
import { FANOUT, isAbsent, KEY_BYTES, keyAt, type NodePlace } from "./node.ts";
import type { NodeBlob } from "./stores.ts";

/** Nodes in one batch: one megabyte. */
const BATCH_NODES = 128;

/** What both commits need of the tree. */
export interface ResealContext {
  readonly draft: Draft;
  readonly depth: number;
  /** The key the top node is sealed under after this commit. */
  readonly root: Uint8Array;
  /** A fresh key, which the caller zeroes. */
  mint(): Buffer;
  /** 256 fresh keys, which the caller zeroes. */
  mintLeaf(): Buffer;
  seal(place: NodePlace, keys: Uint8Array, nodeKey: Uint8Array): Buffer;
  /** Opened leaves, in fresh buffers the caller zeroes; null for one that is gone whole. */
  openLeaves(indexes: readonly number[]): Promise<readonly (Buffer | null)[]>;
}

function* batches<T>(values: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < values.length; from += BATCH_NODES) {
    yield values.slice(from, from + BATCH_NODES);
  }
}

/** Zeroes slots. Reports which of them were there. */
export async function* destroySlots(
  context: ResealContext,
  slots: readonly number[],
  report: { readonly destroyed: number[] },
): AsyncGenerator<readonly NodeBlob[]> {
  const byLeaf = Map.groupBy(slots, (slot) => Math.floor(slot / FANOUT));
  for (const indexes of batches([...byLeaf.keys()])) {
    const blobs: NodeBlob[] = [];
    const leaves = await context.openLeaves(indexes);
    try {
      for (const [i, index] of indexes.entries()) {
        const keys = leaves[i] ?? null;
        if (keys === null) continue;
        const place = { level: 0, index };
        for (const slot of present(byLeaf.get(index), "a leaf was grouped")) {
          if (!isAbsent(keys, slot % FANOUT)) report.destroyed.push(slot);
          keyAt(keys, slot % FANOUT).fill(0);
        }
        blobs.push(await sealUnderNewKey(context, place, keys));
      }
    } finally {
      for (const keys of leaves) keys?.fill(0);
    }
    yield blobs;
  }
  for (let level = 1; level < context.depth; level += 1) {
    for (const places of batches(context.draft.touched(level))) {
      const blobs: NodeBlob[] = [];
      for (const place of places) {
        const keys = context.draft.copy(place);
        blobs.push(
          level === context.depth - 1
            ? [nodeId(place), context.seal(place, keys, context.root)]
            : await sealUnderNewKey(context, place, keys),
        );
      }
      yield blobs;
    }
  }
}

async function sealUnderNewKey(
  context: ResealContext,
  place: NodePlace,
  keys: Buffer,
): Promise<NodeBlob> {
  const parent = above(place);
  const parentKeys = await context.draft.touch(parent.place);
  const key = context.mint();
  try {
    parentKeys.set(key, parent.position * KEY_BYTES);
    return [nodeId(place), context.seal(place, keys, key)];
  } finally {
    key.fill(0);
  }
}

/** Adds leaves `from` … `to` − 1, each full of fresh keys, to a tree of `depthBefore`. */
export async function* growLeaves(
  context: ResealContext,
  range: { readonly depthBefore: number; readonly from: number; readonly to: number },
): AsyncGenerator<readonly NodeBlob[]> {
  const { draft, depth } = context;
  for (let level = range.depthBefore; level < depth; level += 1) {
    // The old top becomes child 0 of a new one: it needs a key of its own, the root moves up.
    const place = { level: level - 1, index: 0 };
    await draft.touch(place);
    const key = context.mint();
    (await draft.touch({ level, index: 0 })).set(key, 0);
    key.fill(0);
  }
  for (let first = range.from; first < range.to; first += BATCH_NODES) {
    const blobs: NodeBlob[] = [];
    for (let index = first; index < Math.min(first + BATCH_NODES, range.to); index += 1) {
      const keys = context.mintLeaf();
      blobs.push(await sealUnderNewKey(context, { level: 0, index }, keys));
      keys.fill(0);
    }
    yield blobs;
  }
  for (let level = 1; level < depth; level += 1) {
    for (const places of batches(draft.touched(level))) {
      const blobs: NodeBlob[] = [];
      for (const place of places) blobs.push(await sealGrown(context, place));
      yield blobs;
    }
  }
}

async function sealGrown(context: ResealContext, place: NodePlace): Promise<NodeBlob> {
  const keys = context.draft.copy(place);
  if (place.level === context.depth - 1) {
    assert(place.index === 0, "one node is the top");
    return [nodeId(place), context.seal(place, keys, context.root)];
  }
  const key = await context.draft.keyOf(place);
  if (key === null) return sealUnderNewKey(context, place, keys);
  try {
    return [nodeId(place), context.seal(place, keys, key)];
  } finally {
    key.fill(0);
  }
}
