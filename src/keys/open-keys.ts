/**
 * A keeper on its media. On one machine everything lies in a folder: `lock`, `root` (the only file
 * that must never be copied or backed up), `tree.log`, `slots`. With a key database only `lock`
 * and `root` do; tree and slot map are rows.
 */
import { join } from "node:path";

import type { Clock, Random } from "../base/clock.ts";
import { diskFiles } from "./files.ts";
import { type KeyDatabase, shareSession } from "./nodes/key-database.ts";
import { openFileLog } from "./nodes/file-log.ts";
import { openPgNodes } from "./nodes/pg-nodes.ts";
import { type KeeperOptions, openKeeper, type TreeKeeper } from "./open-keeper.ts";
import { makeKeyFolder } from "./root/key-folder.ts";
import { takeLock } from "./root/lock-file.ts";
import { openRootFile } from "./root/root-file.ts";
import { openFileSlots } from "./slots/file-slots.ts";
import { openPgSlots } from "./slots/pg-slots.ts";
import type { SlotMap } from "./slots/slot-map.ts";
import { openShredTree } from "./tree/shred-tree.ts";
import type { NodeStore, RootStore, TreeTap } from "./tree/stores.ts";

export interface KeysOptions extends Pick<KeeperOptions, "ttlMs" | "cachedKeys"> {
  readonly clock: Clock;
  readonly random: Random;
  /** A key database with `migrations/keys`: one session, neither pool nor behind a pooler. */
  readonly database?: KeyDatabase;
  /** The operator's reason for a root on a medium that may not forget; weakens every receipt. */
  readonly allowWeakRoot?: string;
  /** The operator's reason for a key database whose commits are no promise. */
  readonly allowWeakStore?: string;
  readonly tap?: TreeTap;
  /** Where the root is, when not in a file of the folder: with custodians. Closed with the keeper. */
  readonly roots?: RootStore;
}

interface Bulk {
  readonly nodes: NodeStore;
  readonly slots: SlotMap;
  readonly weakness: string | null;
}

/**
 * Opens the keeper of a folder, made when it is not there. Throws ERR_KEEPER_RUNNING,
 * ERR_KEY_ROOT_MEDIUM, ERR_KEY_ROOT_COPIED, ERR_KEY_ROOT_STALE, ERR_KEY_ROOT_LOST,
 * ERR_KEY_TREE_STALE, ERR_KEY_MAP_STALE, ERR_KEY_STORE_UNSAFE.
 * @example const keeper = await openKeys("/var/lib/jikim/keys", { clock, random });
 */
export async function openKeys(folder: string, options: KeysOptions): Promise<TreeKeeper> {
  const { clock, random, tap } = options;
  makeKeyFolder(folder);
  const lock = await takeLock(join(folder, "lock"));
  const open: { close(): Promise<void> }[] = [];
  const keep = <T extends { close(): Promise<void> }>(part: T): T => {
    open.push(part);
    return part;
  };
  try {
    const guard = (): void => lock.check();
    const roots = keep(options.roots ?? (await openOwnRoot(folder, options, guard)));
    const { nodes, slots, weakness } = await openBulk(folder, options, { guard, keep });
    const { assigned } = slots;
    const tree = await openShredTree({
      nodes,
      roots,
      random,
      assigned,
      ...(tap === undefined ? {} : { tap }),
    });
    return openKeeper({
      ...options,
      tree,
      slots,
      clock,
      random,
      weaknesses: [roots.weakness, weakness].filter((reason) => reason !== null),
      custodians: roots.custodians,
      release: () => lock.release(),
    });
  } catch (error) {
    for (const part of open) await part.close();
    lock.release();
    throw error;
  }
}

function openOwnRoot(folder: string, options: KeysOptions, guard: () => void): Promise<RootStore> {
  const { allowWeakRoot, random } = options;
  const weak = allowWeakRoot === undefined ? {} : { allowWeak: allowWeakRoot };
  return openRootFile(join(folder, "root"), { files: diskFiles, random, guard, ...weak });
}

async function openBulk(
  folder: string,
  options: KeysOptions,
  part: { guard: () => void; keep: <T extends { close(): Promise<void> }>(part: T) => T },
): Promise<Bulk> {
  const { guard, keep } = part;
  const { database, allowWeakStore } = options;
  if (database === undefined) {
    const own = { files: diskFiles, guard };
    const nodes = keep(await openFileLog(join(folder, "tree.log"), own));
    const slots = keep(await openFileSlots(join(folder, "slots"), own));
    return { nodes, slots, weakness: null };
  }
  const session = shareSession(database);
  const nodes = keep(
    await openPgNodes(session, allowWeakStore === undefined ? {} : { allowWeak: allowWeakStore }),
  );
  return { nodes, slots: keep(await openPgSlots(session)), weakness: nodes.weakness };
}
