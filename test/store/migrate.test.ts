/** Migrations: forward only, once, and never another text than the one that was shipped. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { migrate } from "../../src/store/migrate.ts";
import { openPglite } from "../../src/store/pglite.ts";
import { openPostgres } from "../../src/store/postgres.ts";
import { readMigrations } from "../../src/store/read-migrations.ts";
import { freshDatabase } from "../support/databases.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "jikim-migrations-"));
  cpSync(new URL("../../migrations", import.meta.url), folder, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("the shipped files are those of the manifest", async () => {
  const files = await readMigrations("data");
  expect(files.map(({ number }) => number)).toEqual(files.map((_, index) => index + 1));
  expect(files.length).toBeGreaterThan(0);
});

const TAMPERING: readonly (readonly [string, () => void])[] = [
  ["a changed file", () => writeFileSync(join(folder, "data/000001.sql"), "select 1;\n")],
  [
    "a file the manifest does not name",
    () => writeFileSync(join(folder, "data/000003_new.sql"), ""),
  ],
  ["a file that is missing", () => rmSync(join(folder, "data/000001.sql"))],
  ["a hole in the numbers", () => writeFileSync(join(folder, "data/000009_new.sql"), "")],
];
test.each(TAMPERING)("%s is drift", async (_says, tamper) => {
  tamper();
  await expect(readMigrations("data", folder)).rejects.toMatchObject({ code: "ERR_STORE_DRIFT" });
});

test("each migration runs once; another text and a newer store are refused", async () => {
  const files = await readMigrations("data");
  const db = await openPglite(null);
  try {
    expect(await migrate(db, files)).toBe(files.length);
    expect(await migrate(db, files)).toBe(0);
    const altered = files.map((file) => ({ ...file, sha256: "0".repeat(64) }));
    await expect(migrate(db, altered)).rejects.toMatchObject({ code: "ERR_STORE_DRIFT" });
    await expect(migrate(db, files.slice(0, -1))).rejects.toMatchObject({
      code: "ERR_STORE_NEWER",
      facts: { applied: files.length, known: files.length - 1 },
    });
    const number = files.length + 1;
    const wrong = { number, name: "wrong.sql", sha256: "", text: "create table a (); oops;" };
    await expect(migrate(db, [...files, wrong])).rejects.toMatchObject({
      code: "ERR_STORE_STATEMENT",
    });
    expect(await db.query("select to_regclass('a') as a")).toEqual([{ a: null }]);
  } finally {
    await db.close();
  }
}, 60_000);

const server = inject("postgres");
test.skipIf(server === null)("two processes that migrate at once do it once", async () => {
  if (server === null) return;
  const fresh = await freshDatabase(server);
  const [one, two] = [await openPostgres(fresh.url), await openPostgres(fresh.url)];
  try {
    const number = (await readMigrations("data")).length + 1;
    const next = {
      number,
      name: "next.sql",
      sha256: "1",
      text: "create table probe (); select 1;",
    };
    const files = [...(await readMigrations("data")), next];
    const ran = await Promise.all([migrate(one, files), migrate(two, files)]);
    expect(ran.toSorted((a, b) => a - b)).toEqual([0, 1]);
  } finally {
    await Promise.all([one.close(), two.close(), fresh.db.close()]);
    await fresh.drop?.();
  }
});

test("a migration file is SQL in lower case with its reasons", () => {
  const text = readFileSync(join(folder, "data/000001.sql"), "utf8");
  const code = text.replaceAll(/--[^\n]*/g, "");
  expect(code.length).toBeGreaterThan(1_000);
  expect(code).not.toMatch(/\b(?:CREATE|TABLE|SELECT|NOT NULL)\b/);
});
