/** One process per folder: two on one embedded database lose rows without a word. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { lockFolder } from "../../src/store/folder-lock.ts";
import { openDatabase } from "../../src/store/open-database.ts";

let folder = "";
let path = "";
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), "jikim-lock-")), "records");
  path = `${folder}.lock`;
});
afterEach(() => rmSync(join(folder, ".."), { recursive: true, force: true }));

const refusedBy = async (): Promise<unknown> =>
  lockFolder(folder).then(
    () => null,
    (error: unknown) => error,
  );

test("a folder in use is refused, a freed one is not", async () => {
  const lock = await lockFolder(folder);
  expect(await refusedBy()).toMatchObject({
    code: "ERR_STORE_LOCKED",
    facts: { pid: process.pid },
  });
  await lock.release();
  expect(existsSync(path)).toBe(false);
  await (await lockFolder(folder)).release();
});

test("another process meets the lock too", async () => {
  const lock = await lockFolder(folder);
  const module = new URL("../../src/store/folder-lock.ts", import.meta.url);
  const script = `const { lockFolder } = await import(${JSON.stringify(module.href)});
    await lockFolder(process.argv[1]).then(() => console.log("taken"), (e) => console.log(e.code));`;
  const ask = (): string =>
    spawnSync(process.execPath, ["--input-type=module", "-e", script, folder], {
      encoding: "utf8",
    }).stdout.trim();
  expect(ask()).toBe("ERR_STORE_LOCKED");
  await lock.release();
  expect(ask()).toBe("taken");
  // That process has ended without giving it free: its lock is a dead one's.
  expect(existsSync(path)).toBe(true);
  await (await lockFolder(folder)).release();
});

test("of many who find a dead owner's lock one gets it", async () => {
  const dead = spawnSync(process.execPath, ["-e", ""]);
  const mine = await lockFolder(folder);
  const owner = JSON.parse(readFileSync(path, "utf8")) as object;
  await mine.release();
  writeFileSync(path, JSON.stringify({ ...owner, pid: dead.pid }));
  const all = await Promise.allSettled(Array.from({ length: 8 }, async () => lockFolder(folder)));
  expect(all.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
});

const FOREIGN: readonly (readonly [string, (owner: object) => string, boolean])[] = [
  [
    "a pid given to another process since",
    (owner) => JSON.stringify({ ...owner, started: "1" }),
    true,
  ],
  ["a lock from before the last boot", (owner) => JSON.stringify({ ...owner, boot: "x" }), true],
  [
    "an owner on another host",
    (owner) => JSON.stringify({ ...owner, host: "elsewhere", pid: 1 }),
    false,
  ],
  ["a lock that cannot be understood", () => "{", false],
  ["an empty lock", () => "", false],
];
test.each(FOREIGN)("%s", async (_says, change, taken) => {
  const mine = await lockFolder(folder);
  const owner = JSON.parse(readFileSync(path, "utf8")) as object;
  await mine.release();
  writeFileSync(path, change(owner));
  const error = await refusedBy();
  if (taken) expect(error).toBeNull();
  else expect(error).toMatchObject({ code: "ERR_STORE_LOCKED" });
});

test("what was stored in a folder is there when it is opened again", async () => {
  const first = await openDatabase({ folder, migrations: "data" });
  expect(first.durability).toBe("survives kill -9, not power loss");
  await first.query(`insert into setting (name, value) values ('probe', '\\x01')`);
  await expect(openDatabase({ folder, migrations: "data" })).rejects.toMatchObject({
    code: "ERR_STORE_LOCKED",
  });
  await first.close();
  const second = await openDatabase({ folder, migrations: "data" });
  expect(await second.query("select name from setting")).toEqual([{ name: "probe" }]);
  await second.close();
}, 60_000);
