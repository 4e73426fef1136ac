/**
 * The drill: the data of before the destruction is restored, the keys are today's. What was
 * destroyed stays destroyed, and is removed before the service opens; what lives opens; a former
 * root is refused.
 */
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import pg from "pg";

import { JikimError } from "../../../src/base/errors.ts";
import { openCompiled } from "../../../src/engine/open-jikim.ts";
import { openKeys } from "../../../src/keys/open-keys.ts";
import type { TreeKeeper } from "../../../src/keys/open-keeper.ts";
import { systemRandom as random } from "../../keys/support/random.ts";
import { session } from "../../keys/support/temp-postgres.ts";
import { forensicPolicy } from "./forensic-policy.ts";
import type { WorldConfig } from "./plan.ts";
import { dataAt, openStoreAt, storedRecords, STORES, storedValues } from "./stores.ts";
import type { SealedThing } from "./truth.ts";

export interface Drill {
  /** Rows of destroyed records that came back with the restored data. */
  readonly returned: number;
  /** Those of them that open. */
  readonly deadOpened: number;
  readonly living: number;
  readonly livingOpened: number;
  /** Records that are there once the service has opened over the restored data. */
  readonly left: number;
  readonly leftOpened: number;
  /** Those of them that must be dead. */
  readonly deadLeft: number;
  /** What the keeper answers to a root file of before the destruction. */
  readonly formerRoot: string;
}

const clock = { now: () => Date.now() };

async function openToday(config: WorldConfig): Promise<TreeKeeper> {
  const keys = { clock, random, allowWeakRoot: "a test's folder" };
  const folder = join(config.folder, "keys");
  if (config.stand === "files") return openKeys(folder, keys);
  const client = new pg.Client({ host: config.socket, user: "keys", database: "keys" });
  await client.connect();
  try {
    return await openKeys(folder, { ...keys, database: session(client) });
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
}

/**
 * @param restored where the restored databases are: a folder, or a server's socket
 * @param formerRoot a root file of before the destruction
 */
export async function runDrill(
  config: WorldConfig,
  things: readonly SealedThing[],
  restored: { readonly place: string; readonly formerRoot: Buffer },
): Promise<Drill> {
  const known = new Map(things.map((thing) => [thing.sealed, thing]));
  const counts = { returned: 0, deadOpened: 0, living: 0, livingOpened: 0 };
  const keeper = await openToday(config);
  for (const store of STORES) {
    const db = await openStoreAt({ stand: config.stand, place: restored.place }, store);
    for (const value of await storedValues(db)) {
      const thing = known.get(value);
      // What was sealed again since is neither: its copy from before is of no use to anyone.
      if (thing === undefined || thing.fate === "left") continue;
      const isDead = thing.fate === "dead";
      const opened = await opens(keeper, thing);
      counts[isDead ? "returned" : "living"] += 1;
      if (opened) counts[isDead ? "deadOpened" : "livingOpened"] += 1;
    }
    await db.close();
  }
  const left = await openService(config, restored.place, keeper);
  const records = left.map((value) => {
    const thing = known.get(value);
    if (thing === undefined) throw new Error("a record the keeper never sealed");
    return thing;
  });
  const today = await openToday(config);
  let leftOpened = 0;
  for (const thing of records) if (await opens(today, thing)) leftOpened += 1;
  await today.close();
  return {
    ...counts,
    left: records.length,
    leftOpened,
    deadLeft: records.filter(({ fate }) => fate === "dead").length,
    formerRoot: await tryFormerRoot(config, restored.formerRoot),
  };
}

/** Opens the service over the restored databases; returns the records it lets live. */
async function openService(
  config: WorldConfig,
  place: string,
  keeper: TreeKeeper,
): Promise<readonly string[]> {
  const data = dataAt({ stand: config.stand, place }, config);
  const jikim = await openCompiled(forensicPolicy(), { data, keeper, clock });
  const { context } = jikim;
  const left = [
    ...(await storedRecords(context.db)),
    ...(await storedRecords(await context.archive())),
  ];
  await jikim.close();
  return left;
}

async function opens(keeper: TreeKeeper, { context, sealed }: SealedThing): Promise<boolean> {
  try {
    const { ownLock: _, ...place } = context;
    await keeper.open([{ context: place, sealed: Buffer.from(sealed, "base64") }]);
    return true;
  } catch (error) {
    if (error instanceof JikimError && error.code === "ERR_KEY_GONE") return false;
    throw error;
  }
}

/** Puts a former root file in the place of today's, asks the keeper, and puts today's back. */
async function tryFormerRoot(config: WorldConfig, former: Buffer): Promise<string> {
  const path = join(config.folder, "keys", "root");
  const today = readFileSync(path);
  copyFileSync(path, `${path}.today`);
  try {
    writeFileSync(path, former);
    await (await openToday(config)).close();
    return "opened";
  } catch (error) {
    return error instanceof JikimError ? error.code : String(error);
  } finally {
    writeFileSync(path, today);
  }
}
