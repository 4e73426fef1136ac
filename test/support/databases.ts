/** The same suite on the embedded database and on a real PostgreSQL. */
import { randomBytes } from "node:crypto";
import { Client } from "pg";
import { afterAll, beforeAll, describe, inject } from "vitest";
import { present } from "../../src/base/assert.ts";
import type { Database } from "../../src/store/database.ts";
import { openDatabase } from "../../src/store/open-database.ts";
import type { MigrationSet } from "../../src/store/read-migrations.ts";

/** Gives a migrated database without a row in it. One instance serves the whole file. */
export type OpenEmpty = () => Promise<Database>;

/**
 * Runs a suite on both databases. PostgreSQL's half is skipped, and counted so, where it is not
 * installed.
 * @example eachDatabase((name, open) => test("…", async () => { const db = await open(); … }));
 */
export function eachDatabase(suite: (name: Database["kind"], open: OpenEmpty) => void): void {
  describe("on PGlite", () => {
    suite(
      "pglite",
      oneInstance(
        async () => ({ db: await openDatabase({ migrations: "data" }) }),
        async () => ({ db: await openDatabase({ migrations: "archive" }) }),
      ),
    );
  });
  const server = inject("postgres");
  const title = server === null ? "on PostgreSQL (not installed)" : "on PostgreSQL";
  describe.skipIf(server === null)(title, () => {
    suite(
      "postgres",
      oneInstance(
        async () => freshDatabase(present(server, "not skipped")),
        async () => freshDatabase(present(server, "not skipped"), "archive"),
      ),
    );
  });
}

interface Instance {
  readonly db: Database;
  readonly drop?: () => Promise<void>;
}

const ARCHIVES = new WeakMap<Database, () => Promise<Database>>();

/**
 * The separate database beside one that a suite was given: empty, on PostgreSQL with a role of its
 * own, opened when first asked for and closed with the suite. Null beside any other database.
 */
export function archiveBesideTest(db: Database): (() => Promise<Database>) | null {
  return ARCHIVES.get(db) ?? null;
}

function oneInstance(
  start: () => Promise<Instance>,
  startArchive: () => Promise<Instance>,
): OpenEmpty {
  let instance: Instance | null = null;
  let archive: Promise<Instance> | null = null;
  beforeAll(async () => {
    instance = await start();
    ARCHIVES.set(instance.db, async () => {
      archive ??= startArchive();
      return (await archive).db;
    });
  });
  afterAll(async () => {
    for (const each of [await archive, instance]) {
      await each?.db.close();
      await each?.drop?.();
    }
  });
  return async () => {
    const { db } = present(instance, "opened before the tests");
    await emptyTables(db);
    if (archive !== null) await emptyTables((await archive).db);
    return db;
  };
}

/** A database of its own on a running server; dropped by `drop`. */
export async function freshDatabase(
  server: string,
  migrations: MigrationSet = "data",
): Promise<Instance & { readonly url: string }> {
  const { url, drop } = await emptyDatabase(server);
  return { db: await openDatabase({ url, migrations }), url, drop };
}

/** A database of its own without a table in it, and a role that may connect to no other. */
export async function emptyDatabase(
  server: string,
): Promise<{ readonly url: string; drop(): Promise<void> }> {
  const name = `jikim_${randomBytes(6).toString("hex")}`;
  await administer(server, `create role ${name} login`);
  await administer(server, `create database ${name} owner ${name}`);
  await administer(server, `revoke connect on database ${name} from public`);
  const { protocol, host } = new URL(server);
  return {
    url: `${protocol}//${name}@${host}/${name}`,
    async drop() {
      await administer(server, `drop database ${name} with (force)`);
      await administer(server, `drop role ${name}`);
    },
  };
}

/** Names of our tables, without the migrations' own. */
export async function tableNames(db: Database): Promise<readonly string[]> {
  const rows = await db.query<{ name: string }>(
    `select table_name as name from information_schema.tables
      where table_schema = 'public' and table_type = 'BASE TABLE' and table_name <> 'migration'
      order by table_name`,
  );
  return rows.map(({ name }) => name);
}

/** Rows in every table. */
export async function countRows(db: Database): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  for (const name of await tableNames(db)) {
    const [row] = await db.query<{ count: number }>(`select count(*) as count from "${name}"`);
    counts[name] = present(row, "a count is a row").count;
  }
  return counts;
}

/** Takes every row out. */
export async function emptyTables(db: Database): Promise<void> {
  const names = (await tableNames(db)).map((name) => `"${name}"`);
  await db.query(`truncate ${names.join(", ")} restart identity cascade`);
}

async function administer(server: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: `${server}/postgres` });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
