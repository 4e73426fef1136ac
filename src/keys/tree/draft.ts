/**
 * The inner nodes that one commit changes, as copies. Until the commit is durable the tree in
 * memory stays as it was; afterwards the copies take its place.
 */
import { present } from "../../base/assert.ts";
import { above, nodeId, nodePlace } from "./geometry.ts";
import { copyKey, NODE_BYTES, type NodePlace } from "./node.ts";

/** What a draft needs of the tree as it stands. */
export interface DraftSource {
  /** A copy of an inner node's keys; null when there is no such node. */
  copyOf(place: NodePlace): Promise<Buffer | null>;
  /** A copy of the key a node is sealed under; null when absent. */
  keyOf(place: NodePlace): Promise<Buffer | null>;
}

export interface Draft {
  /** The copy of an inner node, made at first touch; a new node is all zeros. */
  touch(place: NodePlace): Promise<Buffer>;
  /** Touched nodes of a level, by ascending index. */
  touched(level: number): readonly NodePlace[];
  copy(place: NodePlace): Buffer;
  /** A copy of the key a node is sealed under, as its parent holds it; null when absent. */
  keyOf(place: NodePlace): Promise<Buffer | null>;
  /** Hands every copy to `take`, which owns it from then on. */
  give(take: (id: number, keys: Buffer) => void): void;
  /** Zeroes what was not given. */
  drop(): void;
}

/** @example (await createDraft(source).touch(parent)).set(key, 32 * position); */
export function createDraft(source: DraftSource): Draft {
  const copies = new Map<number, Buffer>();
  async function touch(place: NodePlace): Promise<Buffer> {
    const id = nodeId(place);
    const held = copies.get(id);
    if (held !== undefined) return held;
    const copy = (await source.copyOf(place)) ?? Buffer.alloc(NODE_BYTES);
    copies.set(id, copy);
    return copy;
  }
  return {
    touch,
    touched: (level) =>
      [...copies.keys()]
        .toSorted((a, b) => a - b)
        .map(nodePlace)
        .filter((place) => place.level === level),
    copy: (place) => present(copies.get(nodeId(place)), "the node was touched"),
    async keyOf(place) {
      const parent = above(place);
      const held = copies.get(nodeId(parent.place));
      return held === undefined ? source.keyOf(place) : copyKey(held, parent.position);
    },
    give(take) {
      for (const [id, keys] of copies) take(id, keys);
      copies.clear();
    },
    drop() {
      for (const keys of copies.values()) keys.fill(0);
      copies.clear();
    },
  };
}
