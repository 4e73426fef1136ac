/** Opens the keys of a store, never in the store itself: a backup of one must not hold the other. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Clock, Random } from "../base/clock.ts";
import { JikimError } from "../base/errors.ts";
import { openKeys } from "../keys/open-keys.ts";
import type { TreeKeeper } from "../keys/open-keeper.ts";
import { openMemoryKeys } from "../keys/open-memory-keys.ts";
import { openDatabase } from "../store/open-database.ts";
import { openSession } from "../store/open-session.ts";

/**
 * `memory` (gone when closed), a folder, or a key database of its own with a folder for its root.
 * The root is the one file that must never be copied.
 */
export type KeyPlace = string | { readonly url: string; readonly root: string };

export interface KeeperNeeds {
  readonly clock: Clock;
  readonly random: Random;
  /** The store is sealed with a tree already: a new one could open nothing of it. */
  readonly expected: boolean;
  /** The operator's reason for a medium or server that may not forget. */
  readonly weakened: string | undefined;
}

/** The folder of a place: locks and root lie there, and lay the key file of the first releases. */
export function keyFolder(place: KeyPlace): string {
  return typeof place === "string" ? place : place.root;
}

/**
 * Opens the keys of a place. Throws ERR_KEYS_MISSING, ERR_KEY_STORE_UNSAFE (also for a key database
 * that is the data's own), ERR_KEY_ROOT_MEDIUM and the others of `openKeys`.
 */
export async function openKeeperOf(place: KeyPlace, needs: KeeperNeeds): Promise<TreeKeeper> {
  const { clock, random, weakened } = needs;
  if (place === "memory") return openMemoryKeys({ clock, random });
  const folder = keyFolder(place);
  if (needs.expected && !existsSync(join(folder, "root"))) {
    throw new JikimError("ERR_KEYS_MISSING", `the keys of these data are not in ${folder}`);
  }
  const weak = weakened === undefined ? {} : { allowWeakRoot: weakened, allowWeakStore: weakened };
  if (typeof place === "string") return openKeys(folder, { clock, random, ...weak });
  await prepareKeyDatabase(place.url);
  const database = await openSession(place.url);
  try {
    return await openKeys(folder, { clock, random, database, ...weak });
  } catch (error) {
    await database.close().catch(() => undefined);
    throw error;
  }
}

/** Brings a key database up to date. Throws ERR_KEY_STORE_UNSAFE when it is the data's own. */
export async function prepareKeyDatabase(url: string): Promise<void> {
  const session = await openSession(url);
  try {
    const [found] = await session.query("select to_regclass('record') is not null as data");
    if (found?.["data"] === true) {
      throw new JikimError(
        "ERR_KEY_STORE_UNSAFE",
        "the key database holds data: keys need a database that no backup of data holds",
      );
    }
  } finally {
    await session.close();
  }
  await (await openDatabase({ url, migrations: "keys" })).close();
}
