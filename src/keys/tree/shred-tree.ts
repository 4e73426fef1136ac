/**
 * The shred tree: millions of keys whose sealed bulk may leak anywhere, and one 32-byte root that
 * must be forgotten. Destroying keys seals their paths again under a new root and wipes the old.
 *
 *   destroy:  prepare root e+1 │ COMMIT nodes and head e+1, durable │ wipe root e
 *   open:     read head e, take the sequence over │ wipe every root but e
 *
 * The commit is the only point of decision. A crash before it leaves head e and its root; a crash
 * after it leaves head e+1 and its root, and opening wipes what was left to wipe. No living key is
 * ever without a root, and no destroyed key is reachable from any root but the wiped one
 * (Reardon, Ritzdorf, Basin, Čapkun, "Secure Data Deletion from Persistent Media", CCS 2013).
 */
import { createHash } from "node:crypto";

import { assert, present } from "../../base/assert.ts";
import type { Random } from "../../base/clock.ts";
import { JikimError } from "../../base/errors.ts";
import { copyOfKey, freshKey } from "../secret.ts";
import { createSerial } from "../serial.ts";
import { createBatching } from "./batching.ts";
import { createDraft, type Draft, type DraftSource } from "./draft.ts";
import { above, depthFor, leafOf, nodeId, topOf } from "./geometry.ts";
import {
  copyKey,
  FANOUT,
  isAbsent,
  keyAt,
  NODE_BYTES,
  NONCE_BYTES,
  openNode,
  sealNode,
  type NodePlace,
} from "./node.ts";
import { createNodeCache, type NodeCache } from "./node-cache.ts";
import { openHead } from "./open-head.ts";
import { destroySlots, growLeaves, type ResealContext } from "./reseal.ts";
import type { NodeStore, RootStore, TreeHead, TreeTap } from "./stores.ts";

export interface TreeReceipt {
  /** The epoch that forgot the keys. */
  readonly epoch: number;
  /** Keys of the batch that were there and are gone; not those that had gone before. */
  readonly destroyed: number;
  /** Their slots. */
  readonly slots: readonly number[];
  /** SHA-256 over all slots the batch named, ascending, each as u64: lower-case hex. */
  readonly slotsHash: string;
  readonly custodians: readonly string[];
}

export interface ShredTree {
  readonly head: TreeHead;
  /** Slots given out so far, as the slot map counts them; kept in the root's mark. */
  setAssigned(assigned: number): Promise<void>;
  /** A copy of a slot's key, which the caller zeroes. Throws ERR_KEY_GONE. */
  key(slot: number): Promise<Buffer>;
  /** Adds leaves of 256 fresh slots. Returns the first slot; durable. */
  mint(leaves: number): Promise<number>;
  /**
   * Destroys slots for ever; returns when the old root is wiped. Calls that wait together share
   * one commit. Throws ERR_KEY_STORE_UNCERTAIN when only opening again can tell what happened.
   */
  destroy(slots: readonly number[]): Promise<TreeReceipt>;
  close(): Promise<void>;
}

export interface TreeOptions {
  readonly nodes: NodeStore;
  readonly roots: RootStore;
  readonly random: Random;
  readonly tap?: TreeTap;
  /** Opened nodes kept in memory, 8 KiB each; 4,096 when not said. */
  readonly cacheNodes?: number;
  /** Slots the slot map knows to be given out; below the root's mark it is an old copy. */
  readonly assigned?: number;
}

/** Keys were read while a commit changed the tree: read again. */
const MOVED = new Error("the tree changed during a read");

interface State {
  head: TreeHead;
  root: Buffer;
  assigned: number;
  broken: JikimError | null;
  /** The commit under way; settles without a word when it ends. */
  writing: Promise<void> | null;
  readonly cache: NodeCache;
}

/**
 * Opens the tree, or makes it when both stores are empty. The caller holds what keeps a second
 * keeper out. Throws ERR_KEY_TREE_STALE, ERR_KEY_ROOT_STALE, ERR_KEY_ROOT_LOST,
 * ERR_KEY_MAP_STALE (open-head.ts).
 * @example
 * const tree = await openShredTree({ nodes, roots, random });
 * const slot = await tree.mint(1);
 * await tree.destroy([slot]);
 */
export async function openShredTree(options: TreeOptions): Promise<ShredTree> {
  const opened = await openHead(options);
  const state: State = {
    ...opened,
    broken: null,
    writing: null,
    cache: createNodeCache(options.cacheNodes ?? 4096),
  };
  const serial = createSerial();
  const destroy = createBatching((slots) => serial(() => destroyBatch(options, state, slots)));
  return Object.freeze<ShredTree>({
    get head() {
      return state.head;
    },
    setAssigned: (assigned) =>
      serial(async () => {
        assertUsable(state);
        await options.roots.ready?.();
        state.assigned = assigned;
        await breakable(state, () => options.roots.setMark(markOf(state)));
      }),
    key: (slot) => readKey(options, state, slot),
    mint: (leaves) => serial(() => mintLeaves(options, state, leaves)),
    destroy,
    close: () =>
      serial(async () => {
        fail(state, new JikimError("ERR_KEY_STORE_UNCERTAIN", "the key tree is closed"));
        await options.nodes.close();
        await options.roots.close();
      }),
  });
}

async function destroyBatch(
  options: TreeOptions,
  state: State,
  slots: readonly number[],
): Promise<TreeReceipt> {
  assertUsable(state);
  await options.roots.ready?.();
  const known = state.head.leaves * FANOUT;
  for (const slot of slots) assert(leafOf(slot) && slot < known, "only minted slots die");
  const epoch = state.head.epoch + 1;
  const root = mint(options);
  const report: { destroyed: number[] } = { destroyed: [] };
  const draft = createDraft(draftSource(options, state));
  try {
    const next = { ...state.head, epoch, sequence: state.head.sequence + 1 };
    const context = resealContext(options, state, { draft, depth: next.depth, root });
    await breakable(state, async () => {
      await options.roots.prepare(next, root);
      options.tap?.step?.("prepared");
      const blobs = destroySlots(context, slots, report);
      await options.nodes.commit(state.head.sequence, next, blobs);
      options.tap?.step?.("committed");
      // From here on memory must say what the disk says, whatever happens to the wipe.
      for (const slot of slots) state.cache.drop(nodeId(leafOf(slot).place));
      draft.give((id, keys) => state.cache.put(id, keys));
      state.root.fill(0);
      state.root = copyOfKey(root);
      state.head = Object.freeze(next);
      await options.roots.setMark(markOf(state));
      options.tap?.step?.("marked");
      await options.roots.wipe(epoch, false);
      options.tap?.step?.("wiped");
    });
  } finally {
    root.fill(0);
    draft.drop();
  }
  const { custodians } = options.roots;
  const { destroyed } = report;
  const slotsHash = hashSlots(slots);
  return { epoch, destroyed: destroyed.length, slots: destroyed, slotsHash, custodians };
}

async function mintLeaves(options: TreeOptions, state: State, leaves: number): Promise<number> {
  assertUsable(state);
  await options.roots.ready?.();
  assert(Number.isSafeInteger(leaves) && leaves > 0, "at least one leaf is minted");
  const from = state.head.leaves;
  const to = from + leaves;
  const depth = depthFor(to);
  const draft = createDraft(draftSource(options, state));
  try {
    const next = { ...state.head, sequence: state.head.sequence + 1, depth, leaves: to };
    const context = resealContext(options, state, { draft, depth, root: state.root });
    await breakable(state, async () => {
      const blobs = growLeaves(context, { depthBefore: state.head.depth, from, to });
      await options.nodes.commit(state.head.sequence, next, blobs);
      draft.give((id, keys) => state.cache.put(id, keys));
      state.head = Object.freeze(next);
      await options.roots.setMark(markOf(state));
    });
  } finally {
    draft.drop();
  }
  return from * FANOUT;
}

async function readKey(options: TreeOptions, state: State, slot: number): Promise<Buffer> {
  const leaf = leafOf(slot);
  for (;;) {
    assertUsable(state);
    assert(slot < state.head.leaves * FANOUT, "only minted slots are read");
    const at = state.head.sequence;
    try {
      const key = await look(options, state, leaf.place, (keys) => copyKey(keys, leaf.position));
      if (at !== state.head.sequence) {
        key?.fill(0);
        continue;
      }
      if (key === null) throw gone(slot);
      return key;
    } catch (error) {
      // A commit during the read leaves old keys facing new nodes: that is no damage.
      await state.writing;
      const moved = error === MOVED || at !== state.head.sequence;
      if (moved || state.broken !== null) continue;
      throw error;
    }
  }
}

/**
 * What `use` makes of a node's keys; null when the node is absent. `use` runs at once on the
 * cache's buffer, which may be zeroed by the next `await`: it copies what it wants to keep.
 */
async function look<T>(
  options: TreeOptions,
  state: State,
  place: NodePlace,
  use: (keys: Buffer) => T | null,
): Promise<T | null> {
  const cached = state.cache.get(nodeId(place));
  if (cached !== undefined) return use(cached);
  const at = state.head.sequence;
  const key = await nodeKey(options, state, place);
  if (key === null) return null;
  try {
    const [blob] = await options.nodes.get([nodeId(place)]);
    if (at !== state.head.sequence || state.broken !== null) throw MOVED;
    const keys = openNode(place, present(blob, "a store answers every id"), key);
    state.cache.put(nodeId(place), keys);
    return use(keys);
  } finally {
    key.fill(0);
  }
}

/** A copy of the key a node is sealed under, which the caller zeroes; null when absent. */
async function nodeKey(
  options: TreeOptions,
  state: State,
  place: NodePlace,
): Promise<Buffer | null> {
  if (place.level >= state.head.depth - 1) {
    return nodeId(place) === nodeId(topOf(state.head)) ? copyKey(state.root, 0) : null;
  }
  const parent = above(place);
  return look(options, state, parent.place, (keys) => copyKey(keys, parent.position));
}

function copyNode(keys: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(NODE_BYTES);
  copy.set(keys);
  return copy;
}

function draftSource(options: TreeOptions, state: State): DraftSource {
  return {
    copyOf: (place) => look(options, state, place, copyNode),
    keyOf: (place) => nodeKey(options, state, place),
  };
}

function resealContext(
  options: TreeOptions,
  state: State,
  part: { readonly draft: Draft; readonly depth: number; readonly root: Uint8Array },
): ResealContext {
  return {
    ...part,
    mint: () => mint(options),
    mintLeaf: () => mintLeaf(options),
    seal(place, keys, nodeKey) {
      const blob = sealNode(place, keys, nodeKey, options.random.bytes(NONCE_BYTES));
      options.tap?.sealed?.(nodeId(place), blob);
      return blob;
    },
    async openLeaves(indexes) {
      // Keys from the tree as it stands, not from the draft: the draft's are for the new leaves.
      const found: { at: number; place: NodePlace; key: Buffer }[] = [];
      try {
        for (const [at, index] of indexes.entries()) {
          const place = { level: 0, index };
          const key = await nodeKey(options, state, place);
          if (key !== null) found.push({ at, place, key });
        }
        const blobs = await options.nodes.get(found.map(({ place }) => nodeId(place)));
        const leaves: (Buffer | null)[] = indexes.map(() => null);
        for (const [i, { at, place, key }] of found.entries()) {
          leaves[at] = openNode(place, present(blobs[i], "a store answers every id"), key);
        }
        return leaves;
      } finally {
        for (const { key } of found) key.fill(0);
      }
    },
  };
}

function mint(options: TreeOptions): Buffer {
  const key = freshKey(options.random);
  assert(!isAbsent(key, 0), "random bytes are not all zero");
  options.tap?.minted?.(key);
  return key;
}

/** A leaf's keys are drawn in one go: 256 draws of 32 bytes would cost five times as much. */
function mintLeaf(options: TreeOptions): Buffer {
  const bytes = options.random.bytes(NODE_BYTES);
  const keys = Buffer.allocUnsafeSlow(NODE_BYTES);
  keys.set(bytes);
  bytes.fill(0);
  for (let position = 0; position < FANOUT; position += 1) {
    assert(!isAbsent(keys, position), "random bytes are not all zero");
    options.tap?.minted?.(keyAt(keys, position));
  }
  return keys;
}

/** Anything thrown inside a commit leaves disk and memory apart: the keeper must open again. */
async function breakable(state: State, work: () => Promise<void>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  state.writing = promise;
  try {
    await work();
  } catch (error) {
    const fenced = error instanceof JikimError && error.code === "ERR_KEEPER_FENCED";
    const broken = fenced
      ? error
      : new JikimError(
          "ERR_KEY_STORE_UNCERTAIN",
          "a change of the key tree may or may not have happened: open it again",
          { cause: error instanceof JikimError ? error.code : String(error) },
        );
    fail(state, broken);
    throw broken;
  } finally {
    state.writing = null;
    resolve();
  }
}

function fail(state: State, error: JikimError): void {
  state.broken ??= error;
  state.cache.clear();
  state.root.fill(0);
}

function assertUsable(state: State): void {
  if (state.broken !== null) throw state.broken;
}

function markOf(state: State) {
  const { tree, epoch, sequence } = state.head;
  return { tree, epoch, sequence, assigned: state.assigned };
}

function gone(slot: number): JikimError {
  return new JikimError("ERR_KEY_GONE", "the key was destroyed", { slot });
}

/** SHA-256 over slots, each as u64 big-endian. Anyone who holds the list can check a receipt. */
export function hashSlots(slots: readonly number[]): string {
  const bytes = Buffer.alloc(slots.length * 8);
  for (const [i, slot] of slots.entries()) bytes.writeBigUInt64BE(BigInt(slot), i * 8);
  return createHash("sha256").update(bytes).digest("hex");
}
