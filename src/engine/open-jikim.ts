/** The one door to the engine: a policy, its law, a store and the keys, put together. */
import { timingSafeEqual } from "node:crypto";
import { join, resolve } from "node:path";
import { present } from "../base/assert.ts";
import type { Clock, Random } from "../base/clock.ts";
import { JikimError } from "../base/errors.ts";
import type { Compiled } from "../compiler/compile.ts";
import type { Keeper } from "../keys/keeper.ts";
import { keeperFromMaster, MASTER_BYTES } from "../keys/keeper-from-master.ts";
import { openKeyFile } from "../keys/open-key-file.ts";
import { moment } from "../store/column-value.ts";
import type { Database } from "../store/database.ts";
import { openDatabase } from "../store/open-database.ts";
import { appendLeaf } from "./audit/append-leaf.ts";
import { collect } from "./collection/collect.ts";
import type { EngineContext, Jikim } from "./jikim.ts";
import { readPolicy } from "./read-policy.ts";
import { keep } from "./retention/sweep.ts";
import { systemClock, systemRandom } from "./system.ts";
import { find } from "./use/find.ts";
import { matches, read } from "./use/read.ts";

/** A folder (embedded database and key file), a PostgreSQL, or `memory` (gone when closed). */
export type DataPlace = string | { readonly url: string; readonly keyFile?: string };

export interface JikimOptions {
  /** Folder with `policy.yaml`, or the file. */
  readonly policy: string;
  /** File of the law; found by its id otherwise. */
  readonly law?: string;
  /** `./data` when not said. A folder named memory is `./memory`. */
  readonly data?: DataPlace;
  readonly clock?: Clock;
  readonly random?: Random;
  /** Keys kept elsewhere; otherwise the local key file stands in. */
  readonly keeper?: Keeper;
}

const DEFAULT_FOLDER = "./data";
const KEY_FILE = "keys/master.key";

/**
 * Opens the engine under a policy.
 *
 * Throws ERR_POLICY_UNREADABLE, ERR_POLICY_INVALID (`facts.issues`), ERR_STORE_LOCKED,
 * ERR_STORE_UNAVAILABLE, ERR_STORE_DRIFT, ERR_STORE_NEWER, and ERR_KEY_FILE when the key file is
 * damaged, readable by others, or not the one this store was sealed with.
 * @example
 * const jikim = await openJikim({ policy: "policies/remotemeeting", data: "./data" });
 */
export async function openJikim(options: JikimOptions): Promise<Jikim> {
  const compiled = await readPolicy(options.policy, options.law);
  return openCompiled(compiled, options);
}

/** The same with a policy already compiled. Throws as {@link openJikim}. */
export async function openCompiled(
  compiled: Compiled,
  options: Omit<JikimOptions, "policy" | "law">,
): Promise<Jikim> {
  const data = options.data ?? DEFAULT_FOLDER;
  const clock = options.clock ?? systemClock;
  const random = options.random ?? systemRandom;
  const db = await openStore(data);
  let keeper: Keeper | null = null;
  try {
    keeper = options.keeper ?? (await openKeeper(data, db, random));
    await refuseOtherKeys(db, keeper);
    const context: EngineContext = Object.freeze({
      plan: compiled.plan,
      db,
      keeper,
      clock,
      random,
    });
    await recordPolicy(compiled, context);
    return jikimOf(compiled, context);
  } catch (error) {
    await keeper?.close();
    await db.close();
    throw error;
  }
}

function jikimOf(compiled: Compiled, context: EngineContext): Jikim {
  return Object.freeze<Jikim>({
    compiled,
    plan: compiled.plan,
    context,
    collect: (occasion, items, options) => collect(context, occasion, items, options),
    read: (subject, items, use) => read(context, subject, items, use),
    find: (items, use) => find(context, items, use),
    matches: (subject, item, value) => matches(context, subject, item, value),
    keep: (options) => keep(context, options),
    async close() {
      await context.keeper.close();
      await context.db.close();
    },
  });
}

async function openStore(data: DataPlace): Promise<Database> {
  if (data === "memory") return openDatabase({ migrations: "data" });
  if (typeof data !== "string") return openDatabase({ url: data.url, migrations: "data" });
  return openDatabase({ folder: join(resolve(data), "records"), migrations: "data" });
}

/** A new key is made only for a store that holds nothing: it could open nothing of what is there. */
async function openKeeper(data: DataPlace, db: Database, random: Random): Promise<Keeper> {
  if (data === "memory") return keeperFromMaster(random.bytes(MASTER_BYTES), { random });
  const path =
    typeof data === "string"
      ? join(resolve(data), KEY_FILE)
      : resolve(data.keyFile ?? join(DEFAULT_FOLDER, KEY_FILE));
  return openKeyFile(path, { random, create: (await keyCheckOf(db)) === null });
}

/**
 * The store remembers a tag that only its own keys make. Another key file would not open a single
 * value, and would add new ones beside them: refused before anything is read or written.
 */
async function refuseOtherKeys(db: Database, keeper: Keeper): Promise<void> {
  const tags = await keeper.tags([{ item: "jikim/key-check", normalised: "v1" }]);
  const mine = present(tags[0], "one tag was asked for");
  await db.query(
    `insert into setting (name, value) values ('key_check', $1) on conflict (name) do nothing`,
    [mine],
  );
  const known = present(await keyCheckOf(db), "it was just written");
  if (known.length !== mine.length || !timingSafeEqual(known, mine)) {
    throw new JikimError("ERR_KEY_FILE", "the keys are not those this store was sealed with", {
      reason: "other",
    });
  }
}

async function keyCheckOf(db: Database): Promise<Uint8Array | null> {
  const [row] = await db.query<{ value: Uint8Array }>(
    "select value from setting where name = 'key_check'",
  );
  return row?.value ?? null;
}

/** The first time a store runs under a text is told once. */
async function recordPolicy(compiled: Compiled, context: EngineContext): Promise<void> {
  const { db, clock } = context;
  const { policy, law } = compiled;
  const at = clock.now();
  await db.transaction(async (tx) => {
    const added = await tx.query(
      `insert into policy_version (hash, policy, announced, effective, document, first_run_at)
       values ($1, $2, $3, $4, $5, $6)
       on conflict (hash) do nothing
       returning hash`,
      [
        compiled.hash,
        policy.id,
        policy.announced,
        policy.effective,
        JSON.stringify({ policy, law }),
        moment(at),
      ],
    );
    if (added.length === 0) return;
    await appendLeaf(tx, at, "policy_in_force", {
      policy: policy.id,
      hash: compiled.hash,
      effective: policy.effective,
    });
  });
}
