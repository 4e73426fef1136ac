/** The separate database is separate: its own address, its own role, its own name, its own keys. */
import { existsSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterEach, beforeEach, describe, expect, inject, test } from "vitest";
import { present } from "../../../src/base/assert.ts";
import type { ArchiveAddress } from "../../../src/engine/archive/open-archive.ts";
import { moveToArchive } from "../../../src/engine/archive/move-to-archive.ts";
import type { Jikim } from "../../../src/engine/jikim.ts";
import { type DataPlace, openJikim } from "../../../src/engine/open-jikim.ts";
import { openDatabase } from "../../../src/store/open-database.ts";
import { emptyDatabase } from "../../support/databases.ts";
import { leaver, RUN } from "../../support/leavers.ts";
import { NOON, REMOTEMEETING, testClock, testRandom } from "../../support/test-engine.ts";

const TIMEOUT = 60_000;
let folder = "";
let seeds = 0;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "jikim-archive-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function opened<T>(data: DataPlace, work: (jikim: Jikim) => Promise<T>): Promise<T> {
  seeds += 1;
  const random = testRandom(`${folder}${seeds}`);
  const jikim = await openJikim({
    policy: REMOTEMEETING,
    data,
    clock: testClock(NOON),
    random,
    weakened: "wherever tests run",
  });
  try {
    return await work(jikim);
  } finally {
    await jikim.close();
  }
}

const move = async ({ context }: Jikim): Promise<string> => {
  const subject = await leaver(context);
  await moveToArchive(context, subject, RUN);
  return subject;
};

/** Changes a fact the archive of a folder keeps about itself. */
async function change(archive: string, name: string, value: string): Promise<void> {
  const db = await openDatabase({ folder: archive, migrations: "archive" });
  await db.query("update setting set value = convert_to($2, 'UTF8') where name = $1", [
    name,
    value,
  ]);
  await db.close();
}

test(
  "beside a data folder it is made when it is first needed, and not taken for another",
  async () => {
    const [data, aside] = [join(folder, "data"), join(folder, "aside")];
    const archive = join(data, "archive");
    const subject = await opened(data, async (jikim) => {
      await jikim.keep();
      expect(existsSync(archive)).toBe(false);
      const left = await move(jikim);
      expect(existsSync(archive)).toBe(true);
      expect(await jikim.archivedOf(left)).toHaveLength(3);
      return left;
    });
    renameSync(archive, aside);
    await opened(data, async (jikim) => {
      const other = { code: "ERR_ARCHIVE_OTHER" };
      await expect(jikim.archivedOf(subject)).rejects.toMatchObject(other);
      expect(await jikim.keep()).toMatchObject({ archive: "ERR_ARCHIVE_OTHER" });
      expect(existsSync(archive), "no empty archive stands in for the lost one").toBe(false);
      renameSync(aside, archive);
      const { context } = jikim;
      const [name, tree] = ["ab".repeat(16), (await context.keeper.identity()).tree];
      const own = await context.db.query<{ value: string }>(
        "select convert_from(value, 'UTF8') as value from setting where name = 'archive'",
      );
      await change(archive, "archive", name);
      await expect(context.archive()).rejects.toMatchObject(other);
      await change(archive, "archive", own[0]?.value ?? "");
      await change(archive, "key_tree", name);
      await expect(context.archive()).rejects.toMatchObject({ code: "ERR_KEYS_OTHER" });
      await change(archive, "key_tree", tree);
      expect(await jikim.archivedOf(subject)).toHaveLength(3);
    });
  },
  TIMEOUT,
);

test("in memory there is one too, gone when closed", { timeout: TIMEOUT }, async () => {
  await opened("memory", async (jikim) => {
    const subject = await move(jikim);
    expect(await jikim.archivedOf(subject)).toHaveLength(3);
    expect(await jikim.context.archive()).toBe(await jikim.context.archive());
  });
});

interface Pair {
  readonly records: { readonly url: string; drop(): Promise<void> };
  readonly archive: { readonly url: string; drop(): Promise<void> };
}

describe.skipIf(inject("postgres") === null)("on PostgreSQL", () => {
  const server = (): string => present(inject("postgres"), "not skipped");

  async function withPair(work: (pair: Pair) => Promise<void>): Promise<void> {
    const records = await emptyDatabase(server());
    const archive = await emptyDatabase(server());
    try {
      await work({ records, archive });
    } finally {
      await archive.drop();
      await records.drop();
    }
  }

  const placeOf = (url: string, archive?: ArchiveAddress): DataPlace => ({
    url,
    keys: join(folder, "keys"),
    ...(archive === undefined ? {} : { archive }),
  });

  /** What the server says to a role that connects to a database and reads a table. */
  async function readAs(url: string, database: string, table: string): Promise<string> {
    const address = new URL(url);
    address.pathname = new URL(database).pathname;
    const client = new Client({ connectionString: address.toString() });
    try {
      await client.connect();
      return (await client.query(`select count(*)::text as count from ${table}`)).rows[0].count;
    } catch (error) {
      return (error as { readonly code: string }).code;
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  test("neither role can read the other's database", { timeout: TIMEOUT }, async () => {
    await withPair(async ({ records, archive }) => {
      await opened(placeOf(records.url, archive.url), move);
      const DENIED = "42501"; // insufficient_privilege
      expect(await readAs(archive.url, records.url, "record")).toBe(DENIED);
      expect(await readAs(records.url, archive.url, "archived_record")).toBe(DENIED);
      expect(Number(await readAs(archive.url, archive.url, "archived_record"))).toBe(4);
      expect(Number(await readAs(records.url, records.url, "record"))).toBeGreaterThan(0);
    });
  });

  test("without one, nothing that a statute keeps can move", { timeout: TIMEOUT }, async () => {
    await withPair(async ({ records }) => {
      await opened(placeOf(records.url), async (jikim) => {
        await expect(move(jikim)).rejects.toMatchObject({ code: "ERR_ARCHIVE_UNSET" });
        expect(await jikim.keep()).toMatchObject({ archive: "ERR_ARCHIVE_UNSET" });
      });
    });
  });

  test.each([
    ["the database of the records", "taken"],
    ["the database of the keys", "taken"],
    ["another database of the records' role", "reads-records"],
    ["a database everyone may connect to", "read-by-records"],
    ["a database of a superuser", "superuser"],
  ])("%s is refused: %s", { timeout: TIMEOUT }, async (says, reason) => {
    await withPair(async ({ records, archive }) => {
      const name = new URL(archive.url).pathname.slice(1);
      const owner = new URL(records.url).username;
      const admin = new Client({ connectionString: `${server()}/${name}` });
      await admin.connect();
      let address = archive.url;
      if (says.includes("of the records' role")) {
        await admin.query(`alter database ${name} owner to ${owner}`);
        address = archive.url.replace(`//${name}@`, `//${owner}@`);
        await admin.query(`grant all on schema public to ${owner}`);
      } else if (says.includes("everyone")) {
        await admin.query(`grant connect on database ${name} to public`);
      } else if (says.includes("superuser")) address = `${server()}/${name}`;
      else if (says.includes("keys")) await admin.query("create table key_node (id int)");
      else address = records.url;
      await admin.end();
      await opened(placeOf(records.url, address), async (jikim) => {
        await expect(jikim.context.archive()).rejects.toMatchObject({
          code: "ERR_ARCHIVE_UNSAFE",
          facts: { reason },
        });
      });
    });
  });

  test("its sessions can become a role that the address does not log in as", async () => {
    await withPair(async ({ records, archive }) => {
      const name = new URL(archive.url).pathname.slice(1);
      const login = `${name}_login`;
      const admin = new Client({ connectionString: `${server()}/${name}` });
      await admin.connect();
      await admin.query(`create role ${login} login in role ${name}`);
      const url = archive.url.replace(`//${name}@`, `//${login}@`);
      await opened(placeOf(records.url, { url, role: name }), async (jikim) => {
        await move(jikim);
        const [row] = await (
          await jikim.context.archive()
        ).query("select current_user::text as role, session_user::text as login");
        expect(row).toEqual({ role: name, login });
      });
      const strange = placeOf(records.url, { url, role: "x -c log_statement=all" });
      await opened(strange, async (jikim) => {
        await expect(jikim.context.archive()).rejects.toMatchObject({ code: "ERR_USAGE" });
      });
      await admin.query(`drop role ${login}`);
      await admin.end();
    });
  });
});
