/** The key file of the log: made once, for its owner alone, never replaced. */
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openLogKey } from "../../../src/engine/audit/log-key.ts";
import { testRandom } from "../../support/test-engine.ts";

let folder = "";
let path = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "jikim-log-key-"));
  path = join(folder, "data", "log.key");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (seed = "a") => openLogKey(path, "shop.example/audit", testRandom(seed));

test("is made at the first opening, only for its owner, and is the same at the next", async () => {
  const first = await open();
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(first.verifier.text).toMatch(/^shop\.example\/audit\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+$/);
  expect((await open("b")).verifier.text).toBe(first.verifier.text);
  expect(readdirSync(join(folder, "data"))).toEqual(["log.key"]);
  expect(readFileSync(path, "utf8")).not.toContain(first.verifier.text);
});

test("two openings at once end with one key", async () => {
  const keys = await Promise.all([open("a"), open("b"), open("c")]);
  expect(new Set(keys.map(({ verifier }) => verifier.text)).size).toBe(1);
});

test.each<[what: string, reason: string, spoil: () => void]>([
  ["readable by others", "readable", () => chmodSync(path, 0o640)],
  ["cut off", "damaged", () => writeFileSync(path, readFileSync(path, "utf8").slice(0, 40))],
  ["of another text", "damaged", () => writeFileSync(path, "x".repeat(5_000))],
  [
    "a link",
    "unreadable",
    () => {
      const other = join(folder, "other");
      writeFileSync(other, readFileSync(path), { mode: 0o600 });
      rmSync(path);
      symlinkSync(other, path);
    },
  ],
])("that is %s is refused", async (_what, reason, spoil) => {
  await open();
  spoil();
  await expect(open()).rejects.toMatchObject({ code: "ERR_LOG_KEY", facts: { reason } });
});

test("where nothing can be written is refused", async () => {
  writeFileSync(join(folder, "data"), "a file, no folder");
  await expect(open()).rejects.toMatchObject({ code: "ERR_LOG_KEY" });
});
