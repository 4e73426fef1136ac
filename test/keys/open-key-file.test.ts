/** The key file: its owner's alone, whole or refused, never written over. */
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { SealContext } from "../../src/keys/keeper.ts";
import { openKeyFile } from "../../src/keys/open-key-file.ts";
import { testRandom } from "../support/test-engine.ts";

const PLACE: SealContext = {
  subject: "00112233445566aa",
  record: "000102030405060708090a0b0c0d0e0f",
  recordClass: "usage",
  compartment: "service",
  expiresOn: null,
};
const random = testRandom("key file");
let folder = "";
let path = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "jikim-keys-"));
  path = join(folder, "keys", "master.key");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("a file made the first time opens the same values the next time", async () => {
  const first = await openKeyFile(path, { random });
  const plain = new Uint8Array([1, 2, 3]);
  const [sealed = new Uint8Array()] = await first.seal([{ context: PLACE, plain }]);
  await first.close();
  const second = await openKeyFile(path, { random });
  expect(await second.open([{ context: PLACE, sealed }])).toEqual([plain]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(join(folder, "keys"))).toEqual(["master.key"]);
});

test("two that make it at once end with one key", async () => {
  const both = await Promise.all([openKeyFile(path, { random }), openKeyFile(path, { random })]);
  const tags = await Promise.all(
    both.map(async (keeper) => keeper.tags([{ item: "email", normalised: "a" }])),
  );
  expect(tags[0]).toEqual(tags[1]);
});

test("where sealed values already are, an absent file is not made anew", async () => {
  await expect(openKeyFile(path, { random, create: false })).rejects.toMatchObject({
    code: "ERR_KEY_FILE",
    facts: { reason: "absent" },
  });
});

const DAMAGE: readonly (readonly [string, string, (bytes: Buffer) => void])[] = [
  [
    "a changed bit",
    "damaged",
    (bytes) => writeFileSync(path, bytes.fill(bytes.readUInt8(20) ^ 1, 20, 21)),
  ],
  ["a cut", "damaged", (bytes) => writeFileSync(path, bytes.subarray(0, 40))],
  ["something behind it", "damaged", (bytes) => writeFileSync(path, Buffer.concat([bytes, bytes]))],
  ["an empty file", "damaged", () => writeFileSync(path, "")],
  ["a file its group may read", "readable", () => chmodSync(path, 0o640)],
  ["a file all may read", "readable", () => chmodSync(path, 0o604)],
  [
    "a link to it",
    "unreadable",
    (bytes) => {
      writeFileSync(join(folder, "other"), bytes, { mode: 0o600 });
      rmSync(path);
      symlinkSync(join(folder, "other"), path);
    },
  ],
];

test.each(DAMAGE)("%s is refused as %s", async (_says, reason, damage) => {
  await (await openKeyFile(path, { random })).close();
  const before = readFileSync(path);
  damage(Buffer.from(before));
  await expect(openKeyFile(path, { random })).rejects.toMatchObject({
    code: "ERR_KEY_FILE",
    facts: { reason },
  });
});
