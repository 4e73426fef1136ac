/** The engine under simulation, over a database and a keeper that outlive every crash. */
import { AsyncLocalStorage } from "node:async_hooks";
import type { Clock } from "../../src/base/clock.ts";
import { JikimError } from "../../src/base/errors.ts";
import { adoptArchive } from "../../src/engine/archive/open-archive.ts";
import { declareNames } from "../../src/engine/audit/declare-names.ts";
import type { EngineContext } from "../../src/engine/jikim.ts";
import { ensureIndex } from "../../src/engine/search/index-epoch.ts";
import { openMemoryKeys } from "../../src/keys/open-memory-keys.ts";
import { hex } from "../../src/store/column-value.ts";
import type { Database, Sql } from "../../src/store/database.ts";
import { openDatabase } from "../../src/store/open-database.ts";
import { emptyTables } from "../support/databases.ts";
import { disclosedPolicy } from "../support/processors.ts";
import { testRandom } from "../support/test-engine.ts";
import { line, type Place } from "./oracle.ts";

/** Counts down over statements and then fails, as a process that was killed does. */
export interface Crash {
  /** Statements left; null: it does not crash. */
  left: number | null;
}

export interface World {
  readonly context: EngineContext;
  readonly crash: Crash;
  readonly clock: Clock & { at: number };
  /** Owner's name in the steps → handle, and back. */
  readonly handles: Map<string, string>;
  close(): Promise<void>;
}

export class Killed extends Error {}

interface Stores {
  readonly records: Database;
  readonly archive: Database;
}
/** Opened once: a world is emptied when it ends, which is ten times quicker than a new one. */
let stores: Promise<Stores> | null = null;

async function openStores(): Promise<Stores> {
  const records = await openDatabase({ migrations: "data" });
  return { records, archive: await openDatabase({ migrations: "archive" }) };
}

/** Closes what every world used; nothing is opened again by itself. */
export async function closeStores(): Promise<void> {
  const both = await stores;
  stores = null;
  await both?.archive.close();
  await both?.records.close();
}

/** Opens an empty world at a moment. */
export async function openWorld(at: number, seed: number): Promise<World> {
  const compiled = await disclosedPolicy();
  const crash: Crash = { left: null };
  stores ??= openStores();
  const both = await stores;
  const db = mortal(both.records, crash);
  const archive = mortal(both.archive, crash);
  const clock = {
    at,
    now(): number {
      return this.at;
    },
  };
  const random = testRandom(`simulation ${seed}`);
  const keeper = await openMemoryKeys({ clock, random });
  const records = { plan: compiled.plan, db, keeper, clock, random };
  await adoptArchive(archive, records);
  const context: EngineContext = { ...records, archive: async () => archive };
  await declareNames(db, compiled.policy);
  await ensureIndex(context, null);
  await db.query(
    `insert into policy_version (hash, policy, announced, effective, document, first_run_at)
     values ($1, $2, $3, $4, $5, now())`,
    [
      compiled.hash,
      compiled.policy.id,
      compiled.policy.announced,
      compiled.policy.effective,
      JSON.stringify({ policy: compiled.policy, law: compiled.law }),
    ],
  );
  return {
    context,
    crash,
    clock,
    handles: new Map(),
    async close() {
      crash.left = null;
      await keeper.close();
      await emptyTables(both.archive);
      await emptyTables(both.records);
    },
  };
}

/** A database whose process dies at a statement and answers nothing more until it is started. */
function mortal(db: Database, crash: Crash): Database {
  const count = (): void => {
    if (crash.left === null) return;
    crash.left -= 1;
    if (crash.left <= 0) {
      crash.left = 0;
      throw new Killed("killed here");
    }
  };
  const mortalSql = (sql: Sql): Sql => ({
    async query(text, params) {
      count();
      return sql.query(text, params);
    },
  });
  // The embedded database has one connection: whoever asks it beside their own transaction waits
  // for themselves. That is told at once, not by a run that never ends.
  const inside = new AsyncLocalStorage<true>();
  const refuseWithin = (): void => {
    if (inside.getStore() === true) throw new Error("a statement beside its own transaction");
  };
  const outside = mortalSql(db);
  return {
    ...db,
    async query(text, params) {
      refuseWithin();
      return outside.query(text, params);
    },
    async transaction(work) {
      refuseWithin();
      return db.transaction(async (tx) =>
        inside.run(true, async () => {
          const result = await work(mortalSql(tx));
          count(); // the commit itself can be what no longer happens
          return result;
        }),
      );
    },
  };
}

const TABLES: Readonly<Record<Exclude<Place, "gone">, readonly [Where, string][]>> = {
  live: [["records", "record"]],
  archive: [["archive", "archived_record"]],
  held: [
    ["records", "held_record"],
    ["archive", "held_record"],
  ],
};
type Where = "records" | "archive";

/** What is really there, one line a record, sorted. */
export async function found(world: World, place: Exclude<Place, "gone">): Promise<string[]> {
  const names = new Map([...world.handles].map(([owner, handle]) => [handle, owner]));
  const lines: string[] = [];
  for (const [where, table] of TABLES[place]) {
    const db = where === "records" ? world.context.db : await world.context.archive();
    const rows = await db.query<{
      subject: Uint8Array;
      class: string;
      expires_on: string | null;
      items: readonly string[];
    }>(`select subject, class, expires_on, items from ${table}`);
    for (const row of rows) {
      const owner = names.get(hex(row.subject)) ?? `nobody's ${hex(row.subject)}`;
      const last = place === "held" ? null : row.expires_on;
      lines.push(line(owner, row.class, last, row.items));
    }
  }
  return lines.toSorted();
}

/** Does it end in a refusal with one of these codes? Anything else is thrown on. */
export async function isRefused(
  work: Promise<unknown>,
  codes: readonly string[],
): Promise<boolean> {
  try {
    await work;
    return false;
  } catch (error) {
    if (error instanceof JikimError && codes.includes(error.code)) return true;
    throw error;
  }
}
