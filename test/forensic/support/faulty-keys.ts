/** A keeper put together from the product's parts, with one of them spoilt when a fault is asked. */
import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";

import pg from "pg";

import type { Clock, Random } from "../../../src/base/clock.ts";
import { diskFiles } from "../../../src/keys/files.ts";
import { shareSession } from "../../../src/keys/nodes/key-database.ts";
import { openFileLog } from "../../../src/keys/nodes/file-log.ts";
import { openPgNodes } from "../../../src/keys/nodes/pg-nodes.ts";
import type { KeyReceipt } from "../../../src/keys/keeper.ts";
import { openKeeper, type TreeKeeper } from "../../../src/keys/open-keeper.ts";
import { openRootFile } from "../../../src/keys/root/root-file.ts";
import { openFileSlots } from "../../../src/keys/slots/file-slots.ts";
import { openPgSlots } from "../../../src/keys/slots/pg-slots.ts";
import type { SlotMap } from "../../../src/keys/slots/slot-map.ts";
import { FANOUT } from "../../../src/keys/tree/node.ts";
import { openShredTree, type ShredTree } from "../../../src/keys/tree/shred-tree.ts";
import type { NodeStore, RootStore, TreeTap } from "../../../src/keys/tree/stores.ts";
import { systemRandom } from "../../keys/support/random.ts";
import { session } from "../../keys/support/temp-postgres.ts";
import { FIRST_ENDS } from "./forensic-policy.ts";
import type { WorldConfig } from "./plan.ts";
import { recordNode } from "./truth.ts";

/** A single key is drawn as this many bytes (src/keys/secret.ts). */
const KEY_DRAW = 128;

export async function openFaultyKeys(config: WorldConfig, clock: Clock): Promise<TreeKeeper> {
  const folder = join(config.folder, "keys");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { nodes, slots } = await openBulk(config, folder);
  const root = { files: diskFiles, random: systemRandom, allowWeak: "a test's folder" };
  const roots = await openRootFile(join(folder, "root"), root);
  const stuck = stuckInsideCommits(nodes);
  const random = config.fault === "nodekeys" ? stuck.random : systemRandom;
  const tree = await openShredTree({
    nodes: stuck.nodes,
    roots: config.fault === "nowipe" ? unwiped(roots) : roots,
    random,
    assigned: slots.assigned,
    tap: tapOf(config),
  });
  const keeper = openKeeper({
    tree: config.fault === "noleafzero" ? sparing(tree) : tree,
    slots,
    clock,
    random,
    custodians: roots.custodians,
  });
  if (config.fault === "rowsonly") return harmless(keeper);
  if (config.fault === "archivekey") return keepingOrders(keeper);
  return config.fault === "noindex" ? keepingIndex(keeper) : keeper;
}

/** Says that keys were destroyed, and destroys none. */
function harmless(keeper: TreeKeeper): TreeKeeper {
  const nothing = async (): Promise<KeyReceipt> => ({ keys: 0, irrecoverable: true });
  return {
    ...keeper,
    destroyDay: nothing,
    destroySubject: nothing,
    destroySlots: nothing,
    endIndexEpoch: nothing,
  };
}

/** Destroys everything but the lock of the orders that end first. */
function keepingOrders(keeper: TreeKeeper): TreeKeeper {
  const without = async (slots: readonly number[]): Promise<readonly number[]> => {
    const [kept] = await keeper.daySlots([{ recordClass: "order", day: FIRST_ENDS }]);
    return slots.filter((slot) => slot !== kept);
  };
  return {
    ...keeper,
    destroySlots: async (slots) => keeper.destroySlots(await without(slots)),
    endIndexEpoch: async (epoch, slots = []) => keeper.endIndexEpoch(epoch, await without(slots)),
  };
}

/** Destroys everything but the keys of the index. */
function keepingIndex(keeper: TreeKeeper): TreeKeeper {
  return { ...keeper, endIndexEpoch: async (_, slots = []) => keeper.destroySlots(slots) };
}

async function openBulk(
  config: WorldConfig,
  folder: string,
): Promise<{ nodes: NodeStore; slots: SlotMap }> {
  if (config.stand === "files") {
    const nodes = await openFileLog(join(folder, "tree.log"), { files: diskFiles });
    return { nodes, slots: await openFileSlots(join(folder, "slots"), { files: diskFiles }) };
  }
  const client = new pg.Client({ host: config.socket, user: "keys", database: "keys" });
  client.on("error", () => undefined);
  await client.connect();
  const shared = shareSession(session(client));
  return { nodes: await openPgNodes(shared, {}), slots: await openPgSlots(shared) };
}

/** Copies of keys that no code knows of: what E1 must find. */
const variables: Uint8Array[] = [];

function tapOf(config: WorldConfig): TreeTap {
  const sealed: TreeTap["sealed"] = (id, blob) => recordNode(config.truth, id, blob);
  if (config.fault === "copiedkey") {
    return { sealed, minted: (key) => void variables.push(Uint8Array.from(key)) };
  }
  if (config.fault !== "keylog") return { sealed };
  const log = join(config.folder, "debug.log");
  return {
    sealed,
    minted: (key) => appendFileSync(log, `key=${Buffer.from(key).toString("hex")}\n`),
  };
}

function unwiped(roots: RootStore): RootStore {
  return { ...roots, wipe: async () => undefined };
}

/** Node keys are minted inside a commit, roots before it: only the former repeat. */
function stuckInsideCommits(nodes: NodeStore): { nodes: NodeStore; random: Random } {
  const always = systemRandom.bytes(KEY_DRAW);
  let inside = false;
  return {
    nodes: {
      ...nodes,
      async commit(expected, next, blobs) {
        inside = true;
        try {
          await nodes.commit(expected, next, blobs);
        } finally {
          inside = false;
        }
      },
    },
    random: {
      bytes: (size) =>
        inside && size === KEY_DRAW ? Uint8Array.from(always) : systemRandom.bytes(size),
    },
  };
}

/** The path is sealed anew, but a slot nobody uses dies in the place of the ones named. */
function sparing(tree: ShredTree): ShredTree {
  return {
    ...tree,
    get head() {
      return tree.head;
    },
    async destroy(slots) {
      const leaves = [...new Set(slots.map((slot) => Math.floor(slot / FANOUT)))];
      const receipt = await tree.destroy(leaves.map((leaf) => leaf * FANOUT + FANOUT - 1));
      return { ...receipt, slots, destroyed: slots.length };
    },
  };
}
