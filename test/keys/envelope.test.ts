/** The sealed format, held to vectors: a value sealed today opens in ten years. */
import { hkdfSync } from "node:crypto";
import { readFileSync } from "node:fs";

import { describe, expect, test } from "vitest";

import { type LockSet, lockHead, readHead, slotsOf } from "../../src/keys/envelope/locks.ts";
import { derivePair, pairInfo } from "../../src/keys/envelope/pair-key.ts";
import { openAt, sealAt, unwrapKey, wrapKey } from "../../src/keys/envelope/seal.ts";
import type { SealContext } from "../../src/keys/keeper.ts";

interface Vector {
  readonly name: string;
  readonly context: SealContext;
  readonly locks: LockSet;
  /** The locks' keys in the order of the head. */
  readonly keys: readonly string[];
  readonly nonce: string;
  readonly plain: string;
  readonly pair: string;
  readonly sealed: string;
}

const VECTORS = JSON.parse(
  readFileSync(new URL("../vectors/sealed-2.json", import.meta.url), "utf8"),
) as readonly Vector[];
const hex = (text: string): Buffer => Buffer.from(text, "hex");

function bound(vector: Vector) {
  const info = pairInfo(vector.context);
  return { key: derivePair(vector.keys.map(hex), info), head: lockHead(vector.locks), info };
}

describe.each(VECTORS)("$name", (vector) => {
  test("seals to the bytes of the vector", () => {
    const value = { nonce: hex(vector.nonce), plain: Buffer.from(vector.plain, "utf8") };
    const sealed = sealAt(bound(vector), vector.context, value);
    expect(Buffer.from(sealed).toString("hex")).toBe(vector.sealed);
  });

  test("the vector opens", () => {
    const sealed = hex(vector.sealed);
    expect(readHead(sealed).locks).toEqual(vector.locks);
    const plain = openAt(bound(vector), vector.context, sealed);
    expect(Buffer.from(plain).toString("utf8")).toBe(vector.plain);
  });

  test("the pair key is HKDF-SHA256 of the locks", () => {
    const ikm = Buffer.concat(vector.keys.map(hex));
    const key = hkdfSync("sha256", ikm, "jikim/2lock/v2", pairInfo(vector.context), 32);
    expect(Buffer.from(key).toString("hex")).toBe(vector.pair);
    expect(bound(vector).key.toString("hex")).toBe(vector.pair);
  });

  test("any other lock, or one lock less, does not open it", () => {
    for (let i = 0; i < vector.keys.length; i += 1) {
      const others = vector.keys.map((key, k) => (k === i ? key.replace(/^../, "ff") : key));
      const fewer = vector.keys.filter((_, k) => k !== i);
      for (const keys of [others, fewer]) {
        const wrong = {
          ...bound(vector),
          key: derivePair(keys.map(hex), pairInfo(vector.context)),
        };
        expect(() => openAt(wrong, vector.context, hex(vector.sealed))).toThrow(/does not open/);
      }
    }
  });
});

describe("head", () => {
  test.each([
    ["nothing", ""],
    ["another version", "01000000000000000001"],
    ["an unknown rule", "02060000000000000001"],
    ["an unknown own mark", "02000200000000000001"],
    ["a slot cut short", "0201000000000000010000"],
    ["wraps cut short", `020400${"00".repeat(12)}${"00".repeat(119)}`],
  ])("%s is refused", (_, bytes) => {
    expect(() => readHead(hex(bytes))).toThrow(/does not open/);
  });

  test("every set of locks is read as it was written", () => {
    for (const together of [null, { rule: "all-of", other: 2 }, { rule: "any-of", other: 2 }]) {
      for (const day of [null, 2 ** 40]) {
        for (const own of [null, 5]) {
          const locks = { subject: 1, together, day, own } as LockSet;
          const head = Buffer.concat([lockHead(locks), Buffer.alloc(200)]);
          expect(readHead(head).locks).toEqual(locks);
          expect(readHead(head).fixed).toBe(3 + 6 * slotsOf(locks).length);
        }
      }
    }
  });
});

test("a wrapped key opens under its pair key alone", () => {
  const [pair, dataKey] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
  const wrapped = wrapKey(pair, Buffer.alloc(12, 3), dataKey);
  expect(wrapped.length).toBe(60);
  expect(unwrapKey(pair, wrapped).equals(dataKey)).toBe(true);
  expect(() => unwrapKey(dataKey, wrapped)).toThrow(/does not open/);
});
