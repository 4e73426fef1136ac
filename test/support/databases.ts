/** The same suite on the embedded database and on a real PostgreSQL. */
import { randomBytes } from "node:crypto";
import { Client } from "pg";
import { afterAll, beforeAll, describe, inject } from "vitest";
import { present } from "../../src/base/assert.ts";
import type { Database } from "../../src/store/database.ts";
import { openDatabase } from "../../src/store/open-database.ts";

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
      oneInstance(async () => ({ db: await openDatabase({ migrations: "data" }) })),
    );
  });
  const server = inject("postgres");
  const title = server === null ? "on PostgreSQL (not installed)" : "on PostgreSQL";
  describe.skipIf(server === null)(title, () => {
    suite(
      "postgres",
      oneInstance(async () => freshDatabase(present(server, "not skipped"))),
    );
  });
}

interface Instance {
  readonly db: Database;
  readonly drop?: () => Promise<void>;
}

function oneInstance(start: () => Promise<Instance>): OpenEmpty {
  let instance: Instance | null = null;
  beforeAll(async () => {
    instance = await start();
  });
  afterAll(async () => {
    await instance?.db.close();
    await instance?.drop?.();
  });
  return async () => {
    const { db } = present(instance, "opened before the tests");
    await emptyTables(db);
    return db;
  };
}

/** A database of its own on a running server; dropped by `drop`. */
export async function freshDatabase(server: string): Promise<Instance & { readonly url: string }> {
  const { url, drop } = await emptyDatabase(server);
  return { db: await openDatabase({ url, migrations: "data" }), url, drop };
}

/** A database of its own without a table in it. */
export async function emptyDatabase(
  server: string,
): Promise<{ readonly url: string; drop(): Promise<void> }> {
  const name = `jikim_${randomBytes(6).toString("hex")}`;
  await administer(server, `create database ${name}`);
  return {
    url: `${server}/${name}`,
    drop: async () => administer(server, `drop database ${name} with (force)`),
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

async function emptyTables(db: Database): Promise<void> {
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
