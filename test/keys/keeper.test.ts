/** The envelope against vectors of another implementation, and everything it must refuse. */
import { hkdfSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { bindFields } from "../../src/keys/bind-fields.ts";
import { pairInfo, pairKey } from "../../src/keys/envelope.ts";
import type { Keeper, SealContext } from "../../src/keys/keeper.ts";
import { keeperFromMaster } from "../../src/keys/keeper-from-master.ts";
import { MAX_PLAIN_BYTES } from "../../src/keys/padding.ts";
import { testRandom } from "../support/test-engine.ts";

const VECTORS = JSON.parse(
  readFileSync(new URL("../vectors/envelope.json", import.meta.url), "utf8"),
) as {
  readonly master: string;
  readonly sealed: readonly {
    says: string;
    place: SealContext;
    nonce: string;
    plain: string;
    sealed: string;
  }[];
  readonly tags: readonly { item: string; normalised: string; tag: string }[];
};
const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, "hex"));
const text = (value: string): Uint8Array => new Uint8Array(Buffer.from(value, "utf8"));

const PLACE: SealContext = {
  subject: "00112233445566aa",
  record: "000102030405060708090a0b0c0d0e0f",
  recordClass: "usage",
  compartment: "service",
  expiresOn: "2027-11-23",
};

function keeper(nonce?: string): Keeper {
  const random = nonce === undefined ? testRandom() : { bytes: () => bytes(nonce) };
  return keeperFromMaster(bytes(VECTORS.master), { random });
}

describe("vectors", () => {
  test.each(VECTORS.sealed)("$says", async ({ place, nonce, plain, sealed }) => {
    const [made] = await keeper(nonce).seal([{ context: place, plain: text(plain) }]);
    expect(Buffer.from(made ?? []).toString("hex")).toBe(sealed);
    const [opened] = await keeper().open([{ context: place, sealed: bytes(sealed) }]);
    expect(Buffer.from(opened ?? []).toString("utf8")).toBe(plain);
  });

  test("tags are those of the other implementation, and differ by item", async () => {
    const tags = await keeper().tags(VECTORS.tags);
    expect(tags.map((tag) => Buffer.from(tag).toString("hex"))).toEqual(
      VECTORS.tags.map(({ tag }) => tag),
    );
    expect(new Set(VECTORS.tags.map(({ tag }) => tag)).size).toBe(VECTORS.tags.length);
  });

  test("the pair key is HKDF-SHA256 of RFC 5869", () => {
    const [a, b] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
    const expected = hkdfSync(
      "sha256",
      Buffer.concat([a, b]),
      "jikim/2lock/v1",
      bindFields(pairInfo(PLACE)),
      32,
    );
    expect(pairKey(a, b, PLACE).equals(Buffer.from(expected))).toBe(true);
    expect(pairKey(b, a, PLACE).equals(Buffer.from(expected))).toBe(false);
  });
});

const MOVES: readonly (readonly [string, Partial<SealContext>])[] = [
  ["another subject", { subject: "00112233445566ab" }],
  ["another record", { record: "000102030405060708090a0b0c0d0e10" }],
  ["another class", { recordClass: "visit" }],
  ["another compartment", { compartment: "marketing" }],
  ["another day", { expiresOn: "2027-11-24" }],
  ["no day", { expiresOn: null }],
  ["another column", { column: "source" }],
];

test.each(MOVES)("a value moved to %s does not open", async (_says, moved) => {
  const [sealed] = await keeper().seal([{ context: PLACE, plain: text("secret") }]);
  await expect(
    keeper().open([{ context: { ...PLACE, ...moved }, sealed: sealed ?? new Uint8Array() }]),
  ).rejects.toMatchObject({ code: "ERR_SEALED_VALUE_DAMAGED" });
});

test("no single changed bit and no cut goes unnoticed", async () => {
  const [sealed = new Uint8Array()] = await keeper().seal([{ context: PLACE, plain: text("x") }]);
  const damaged = [...sealed.keys()].flatMap((at) => [
    sealed.map((byte, index) => (index === at ? byte ^ 1 : byte)),
    sealed.slice(0, at),
  ]);
  expect(damaged.length).toBe(2 * (1 + 12 + 32 + 16));
  for (const wrong of damaged) {
    await expect(keeper().open([{ context: PLACE, sealed: wrong }])).rejects.toMatchObject({
      code: "ERR_SEALED_VALUE_DAMAGED",
    });
  }
});

test("lengths are hidden: what differs by a few letters seals to the same length", async () => {
  const lengths = async (size: number): Promise<number> =>
    (await keeper().seal([{ context: PLACE, plain: new Uint8Array(size) }]))[0]?.length ?? 0;
  expect(await Promise.all([0, 1, 28].map(lengths))).toEqual([61, 61, 61]);
  expect(await Promise.all([29, 60, 61, 124].map(lengths))).toEqual([93, 93, 157, 157]);
  await expect(lengths(MAX_PLAIN_BYTES + 1)).rejects.toMatchObject({ code: "ERR_USAGE" });
});

test("the same value sealed twice looks different each time", async () => {
  const [a, b] = await keeper().seal([
    { context: PLACE, plain: text("same") },
    { context: PLACE, plain: text("same") },
  ]);
  expect(a).not.toEqual(b);
});

test("the stand-in says that it drops nothing", async () => {
  const stand = keeper();
  const nothing = { keys: 0, irrecoverable: false };
  expect(await stand.destroyDay("usage", "2027-11-23")).toEqual(nothing);
  expect(await stand.destroySubject(PLACE.subject, ["service"])).toEqual(nothing);
});

test("a closed keeper has forgotten its master and answers nothing", async () => {
  const master = bytes(VECTORS.master);
  const closing = keeperFromMaster(master, { random: testRandom() });
  await closing.close();
  expect(master.every((byte) => byte === 0)).toBe(true);
  await expect(closing.seal([{ context: PLACE, plain: text("x") }])).rejects.toThrow(
    "closed keeper",
  );
});
