/**
 * The drill: the data of before the destruction is restored, the keys are today's. What was
 * destroyed stays destroyed, what lives opens, and a former root is refused.
 */
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import pg from "pg";

import { JikimError } from "../../../src/base/errors.ts";
import type { SealContext } from "../../../src/keys/keeper.ts";
import { openKeys } from "../../../src/keys/open-keys.ts";
import { hex } from "../../../src/store/column-value.ts";
import type { Database } from "../../../src/store/database.ts";
import { openDatabase } from "../../../src/store/open-database.ts";
import { systemRandom as random } from "../../keys/support/random.ts";
import { session } from "../../keys/support/temp-postgres.ts";
import type { WorldConfig } from "./plan.ts";
import type { SealedThing } from "./truth.ts";

export interface Drill {
  /** Rows of destroyed records that came back with the restored data. */
  readonly returned: number;
  /** Those of them that open. */
  readonly deadOpened: number;
  readonly living: number;
  readonly livingOpened: number;
  /** What the keeper answers to a root file of before the destruction. */
  readonly formerRoot: string;
}

const clock = { now: () => Date.now() };

async function withKeys<T>(
  config: WorldConfig,
  work: (keeper: Awaited<ReturnType<typeof openKeys>>) => Promise<T>,
): Promise<T> {
  const keys = { clock, random, allowWeakRoot: "a test's folder" };
  const client = new pg.Client({ host: config.socket, user: "keys", database: "keys" });
  if (config.stand === "postgres") await client.connect();
  const keeper = await openKeys(join(config.folder, "keys"), {
    ...keys,
    ...(config.stand === "postgres" ? { database: session(client) } : {}),
  });
  try {
    return await work(keeper);
  } finally {
    await keeper.close();
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
  const dead = new Map(things.map((thing) => [thing.context.record, thing.dead]));
  const counts = { returned: 0, deadOpened: 0, living: 0, livingOpened: 0 };
  await withKeys(config, async (keeper) => {
    for (const name of ["records", "archive"]) {
      const db = await openDatabase({
        ...(config.stand === "files"
          ? { folder: join(restored.place, name) }
          : {
              url: `postgres://keys@localhost/${name}?host=${encodeURIComponent(restored.place)}`,
            }),
        migrations: "data",
      });
      for (const { context, sealed } of await allRows(db)) {
        const opened = await opens(() => keeper.open([{ context, sealed }]));
        const isDead = dead.get(context.record) === true;
        counts[isDead ? "returned" : "living"] += 1;
        if (opened) counts[isDead ? "deadOpened" : "livingOpened"] += 1;
      }
      await db.close();
    }
  });
  return { ...counts, formerRoot: await tryFormerRoot(config, restored.formerRoot) };
}

async function allRows(db: Database) {
  const rows = await db.query<{
    subject: Uint8Array;
    id: Uint8Array;
    class: string;
    compartment: string;
    expires_on: string | null;
    sealed: Uint8Array;
  }>("select subject, id, class, compartment, expires_on, sealed from record");
  return rows.map((row): { context: SealContext; sealed: Uint8Array } => ({
    context: {
      subject: hex(row.subject),
      record: hex(row.id),
      recordClass: row.class,
      compartment: row.compartment,
      expiresOn: row.expires_on,
    },
    sealed: row.sealed,
  }));
}

async function opens(open: () => Promise<unknown>): Promise<boolean> {
  try {
    await open();
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
    await withKeys(config, async () => undefined);
    return "opened";
  } catch (error) {
    return error instanceof JikimError ? error.code : String(error);
  } finally {
    writeFileSync(path, today);
  }
}
