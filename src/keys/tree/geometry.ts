/**
 * Where things stand in a 256-ary tree. A slot is a number that is given out once and never again;
 * the tree grows at the top, so a slot's leaf and every node's index stay the same for ever.
 */
import { assert } from "../../base/assert.ts";
import { FANOUT, type NodePlace } from "./node.ts";

/** Depth of an empty tree: 65,536 slots, two nodes sealed again for one destruction. */
export const FIRST_DEPTH = 2;
/** 4,294,967,296 slots. A fifth level is a new decision, not an accident. */
export const MAX_DEPTH = 4;
const LEVEL_FACTOR = 2 ** 32;

/** Slots a tree of this depth can hold. */
export function capacity(depth: number): number {
  return FANOUT ** depth;
}

/** The depth that `leaves` leaves need. */
export function depthFor(leaves: number): number {
  let depth = FIRST_DEPTH;
  while (capacity(depth) < leaves * FANOUT) depth += 1;
  assert(depth <= MAX_DEPTH, "a key tree holds at most 2^32 slots");
  return depth;
}

/** One number for a node's place, as stores index it. */
export function nodeId(place: NodePlace): number {
  return place.level * LEVEL_FACTOR + place.index;
}

/** The place behind a node's number. */
export function nodePlace(id: number): NodePlace {
  return { level: Math.floor(id / LEVEL_FACTOR), index: id % LEVEL_FACTOR };
}

/** The node above, and the position of this node's key in it. */
export function above(place: NodePlace): { readonly place: NodePlace; readonly position: number } {
  return {
    place: { level: place.level + 1, index: Math.floor(place.index / FANOUT) },
    position: place.index % FANOUT,
  };
}

/** The leaf of a slot, and the position of its key there. */
export function leafOf(slot: number): { readonly place: NodePlace; readonly position: number } {
  assert(Number.isSafeInteger(slot) && slot >= 0, "a slot is a natural number");
  return { place: { level: 0, index: Math.floor(slot / FANOUT) }, position: slot % FANOUT };
}

/** The one node sealed under the root. */
export function topOf(head: { readonly depth: number }): NodePlace {
  return { level: head.depth - 1, index: 0 };
}
