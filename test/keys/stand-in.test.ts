/** The key file of the first releases: what it sealed still opens, and then it is gone. */
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { present } from "../../src/base/assert.ts";
import type { SealContext } from "../../src/keys/keeper.ts";
import { openStandIn, type StandIn, wipeStandIn } from "../../src/keys/stand-in.ts";
import { writeKeyFile } from "../support/stand-in.ts";
import { testRandom } from "../support/test-engine.ts";

const VECTORS = JSON.parse(
  readFileSync(new URL("../vectors/stand-in.json", import.meta.url), "utf8"),
) as {
  readonly master: string;
  readonly sealed: readonly { says: string; place: SealContext; plain: string; sealed: string }[];
  readonly tags: readonly { item: string; normalised: string; tag: string }[];
};
const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, "hex"));

let folder = "";
let path = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "jikim-stand-in-"));
  path = join(folder, "master.key");
  writeKeyFile(path, bytes(VECTORS.master));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const opened = async (): Promise<StandIn> => present(await openStandIn(path), "the file is there");

describe("what it sealed", () => {
  test.each(VECTORS.sealed)("opens: $says", async ({ place, plain, sealed }) => {
    const file = await opened();
    expect(Buffer.from(file.open(place, bytes(sealed))).toString("utf8")).toBe(plain);
    file.close();
  });

  test.each([
    ["another subject", { subject: "00112233445566ab" }],
    ["another record", { record: "000102030405060708090a0b0c0d0e10" }],
    ["another day", { expiresOn: "2027-11-24" }],
    ["another column", { column: "source" as const }],
  ])("does not open at %s", async (_where, change) => {
    const vector = present(VECTORS.sealed[0], "there are vectors");
    const file = await opened();
    const wrong = { ...vector.place, ...change };
    expect(() => file.open(wrong, bytes(vector.sealed))).toThrow(
      expect.objectContaining({ code: "ERR_SEALED_VALUE_DAMAGED" }),
    );
  });

  test("its tags are those of the other implementation", async () => {
    const file = await opened();
    const tags = VECTORS.tags.map(({ item, normalised }) => file.tag(item, normalised));
    expect(tags.map((tag) => Buffer.from(tag).toString("hex"))).toEqual(
      VECTORS.tags.map(({ tag }) => tag),
    );
  });
});

const DAMAGE: readonly (readonly [string, string, (whole: Buffer) => void])[] = [
  ["a changed bit", "damaged", (whole) => writeFileSync(path, whole.fill(0xaa, 20, 21))],
  ["a cut", "damaged", (whole) => writeFileSync(path, whole.subarray(0, 40))],
  ["something behind it", "damaged", (whole) => writeFileSync(path, Buffer.concat([whole, whole]))],
  ["a file its group may read", "readable", () => chmodSync(path, 0o640)],
  [
    "a link to it",
    "unreadable",
    (whole) => {
      writeFileSync(join(folder, "other"), whole, { mode: 0o600 });
      rmSync(path);
      symlinkSync(join(folder, "other"), path);
    },
  ],
];

test.each(DAMAGE)("%s is refused as %s", async (_says, reason, damage) => {
  damage(readFileSync(path));
  await expect(openStandIn(path)).rejects.toMatchObject({
    code: "ERR_KEY_FILE",
    facts: { reason },
  });
});

test("wiping overwrites the very bytes and removes the name", async () => {
  linkSync(path, join(folder, "same file"));
  const before = createHash("sha256").update(readFileSync(path)).digest("hex");
  await wipeStandIn(path, testRandom());
  expect(existsSync(path)).toBe(false);
  const left = readFileSync(join(folder, "same file"));
  expect(createHash("sha256").update(left).digest("hex")).not.toBe(before);
  expect(left.every((byte) => byte === 0)).toBe(true);
  await wipeStandIn(path, testRandom()); // a second time finds nothing
  expect(await openStandIn(path)).toBe(null);
});
