/**
 * Opening a tree decides which head and which root are the present ones, and refuses every pair
 * that was not left by the last keeper. A refusal changes nothing on either medium: the missing
 * half may still be brought.
 */
import type { Random } from "../../base/clock.ts";
import { JikimError } from "../../base/errors.ts";
import { freshKey } from "../secret.ts";
import { FIRST_DEPTH, nodeId, topOf } from "./geometry.ts";
import { NODE_BYTES, NONCE_BYTES, openNode, sealNode } from "./node.ts";
import type { NodeBlob, NodeStore, RootMark, RootStore, TreeHead, TreeTap } from "./stores.ts";

const TREE_BYTES = 16;

interface OpenOptions {
  readonly nodes: NodeStore;
  readonly roots: RootStore;
  readonly random: Random;
  readonly tap?: TreeTap;
  readonly assigned?: number;
}

interface OpenHead {
  readonly head: TreeHead;
  readonly root: Buffer;
  readonly assigned: number;
}

/**
 * The present head and root. Fences every elder keeper by taking the sequence over before a root
 * is wiped: an elder's commit that is still under way then finds another sequence and is refused.
 * Throws ERR_KEY_TREE_STALE (the tree is an old copy), ERR_KEY_ROOT_STALE (the root is an old
 * copy), ERR_KEY_ROOT_LOST (no root), ERR_KEY_MAP_STALE (the slot map is an old copy).
 */
export async function openHead(options: OpenOptions): Promise<OpenHead> {
  const held = await options.nodes.head();
  const mark = await options.roots.mark();
  const assigned = options.assigned ?? mark?.assigned ?? 0;
  if (held === null) return { ...(await makeTree(options, mark)), assigned };
  assertNewest(held, mark, await options.roots.epochs());
  if (mark !== null && assigned < mark.assigned) {
    throw new JikimError("ERR_KEY_MAP_STALE", "the slot map is older than the root file", {
      assigned,
      known: mark.assigned,
    });
  }
  const root = await options.roots.load(held.tree, held.epoch);
  if (root === null) {
    throw new JikimError("ERR_KEY_ROOT_LOST", "no root opens the key tree", { epoch: held.epoch });
  }
  const top = topOf(held);
  const [blob] = await options.nodes.get([nodeId(top)]);
  openNode(top, blob ?? new Uint8Array(), root).fill(0); // proves the pair before anything is wiped
  const head = Object.freeze({ ...held, sequence: held.sequence + 1 });
  await options.nodes.commit(held.sequence, head, nothing());
  const { tree, epoch, sequence } = head;
  await options.roots.setMark({ tree, epoch, sequence, assigned });
  await options.roots.wipe(epoch, true);
  return { head, root, assigned };
}

function assertNewest(head: TreeHead, mark: RootMark | null, epochs: readonly number[]): void {
  const facts = { epoch: head.epoch, sequence: head.sequence };
  if (mark !== null && mark.tree !== head.tree) {
    throw new JikimError("ERR_KEY_ROOT_LOST", "the root file belongs to another key tree", facts);
  }
  if (mark !== null && (mark.epoch > head.epoch || mark.sequence > head.sequence)) {
    throw new JikimError(
      "ERR_KEY_TREE_STALE",
      "the key tree is older than its root: an old copy was restored; bring the newest",
      { ...facts, known: mark.epoch, knownSequence: mark.sequence },
    );
  }
  const newest = epochs.at(-1);
  if (newest === undefined) {
    throw new JikimError("ERR_KEY_ROOT_LOST", "the root file holds no root", facts);
  }
  if (newest < head.epoch) {
    throw new JikimError(
      "ERR_KEY_ROOT_STALE",
      "the root file is older than the key tree: an old copy was put in its place",
      { ...facts, held: newest },
    );
  }
}

async function makeTree(options: OpenOptions, mark: RootMark | null) {
  if (mark !== null) {
    throw new JikimError("ERR_KEY_TREE_STALE", "the root file knows a key tree that is not here", {
      known: mark.epoch,
      knownSequence: mark.sequence,
    });
  }
  const tree = Buffer.from(options.random.bytes(TREE_BYTES)).toString("hex");
  const head: TreeHead = Object.freeze({
    tree,
    epoch: 1,
    sequence: 1,
    depth: FIRST_DEPTH,
    leaves: 0,
  });
  const root = freshKey(options.random);
  options.tap?.minted?.(root);
  await options.roots.wipe(0, true); // a first opening that was cut short
  await options.roots.prepare(head, root);
  options.tap?.step?.("prepared");
  const top = topOf(head);
  const nonce = options.random.bytes(NONCE_BYTES);
  const blob = sealNode(top, new Uint8Array(NODE_BYTES), root, nonce);
  options.tap?.sealed?.(nodeId(top), blob);
  await options.nodes.commit(null, head, nothing([nodeId(top), blob]));
  options.tap?.step?.("committed");
  await options.roots.setMark({ tree, epoch: 1, sequence: 1, assigned: 0 });
  return { head, root };
}

async function* nothing(...nodes: NodeBlob[]): AsyncGenerator<readonly NodeBlob[]> {
  if (nodes.length > 0) yield nodes;
}
