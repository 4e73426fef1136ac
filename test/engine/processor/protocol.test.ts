/** The protocol as data: vectors another implementation can be held against, and hostile texts. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type AnswerMessage,
  isFresh,
  type OrderMessage,
  readAnswer,
  readOrder,
} from "../../../src/engine/processor/protocol.ts";
import {
  isPublicKey,
  isSignedBy,
  keyFromSeed,
  signedBytes,
  signMessage,
} from "../../../src/engine/processor/sign.ts";

interface Vectors {
  readonly keys: Readonly<
    Record<"controller" | "processor", { seed: string; public: string; id: string }>
  >;
  readonly messages: readonly {
    readonly name: string;
    readonly signed_by: "controller" | "processor";
    readonly bytes: string;
    readonly signed: { message: OrderMessage | AnswerMessage; key: string; signature: string };
  }[];
  readonly refused: readonly { readonly name: string; readonly body: unknown }[];
}

const FILE = "test/vectors/processor-orders.json";
const VECTORS = JSON.parse(readFileSync(FILE, "utf8")) as Vectors;
const keyOf = (who: "controller" | "processor") =>
  keyFromSeed(new Uint8Array(Buffer.from(VECTORS.keys[who].seed, "hex")));

describe("the vectors", () => {
  test.each(["controller", "processor"] as const)("the key of the %s", (who) => {
    const { publicKey, id } = keyOf(who);
    expect({ public: publicKey, id }).toEqual({
      public: VECTORS.keys[who].public,
      id: VECTORS.keys[who].id,
    });
  });

  test.each(VECTORS.messages)("$name: bytes, signature and shape", (vector) => {
    const { message } = vector.signed;
    expect(Buffer.from(signedBytes(message)).toString("utf8")).toBe(vector.bytes);
    expect(signMessage(message, keyOf(vector.signed_by))).toEqual(vector.signed);
    const body = JSON.stringify(vector.signed);
    const read = vector.signed_by === "controller" ? readOrder(body) : readAnswer(body);
    expect(read).toEqual(vector.signed);
    expect(isSignedBy(vector.signed, VECTORS.keys[vector.signed_by].public)).toBe(true);
    const other = vector.signed_by === "controller" ? "processor" : "controller";
    expect(isSignedBy(vector.signed, VECTORS.keys[other].public)).toBe(false);
  });

  test.each(VECTORS.refused)("refused: $name", ({ body }) => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    expect([readOrder(text), readAnswer(text)]).toEqual([null, null]);
  });
});

test("a change anywhere in a signed message breaks its signature", () => {
  const [vector] = VECTORS.messages;
  const body = JSON.stringify(vector?.signed);
  fc.assert(
    fc.property(fc.nat(body.length - 1), fc.integer({ min: 32, max: 126 }), (at, code) => {
      const text = body.slice(0, at) + String.fromCharCode(code) + body.slice(at + 1);
      const read = readOrder(text);
      if (read === null || text === body) return;
      expect(isSignedBy(read, VECTORS.keys.controller.public)).toBe(false);
    }),
    { numRuns: 2_000 },
  );
});

test("whatever the text, reading answers and never throws", () => {
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
      expect(readOrder(text)).toBeNull();
      expect(readAnswer(text)).toBeNull();
    }),
  );
});

test.each([
  [0, true],
  [300_000, true],
  [-300_000, true],
  [300_001, false],
  [-300_001, false],
])("a message sent %i ms from now is fresh: %s", (off, fresh) => {
  const now = Date.parse("2026-11-23T03:00:00.000Z");
  expect(isFresh({ sent_at: new Date(now + off).toISOString() }, now)).toBe(fresh);
});

test.each(["", "short", "A".repeat(44), "!".repeat(43)])("%s is no public key", (text) => {
  expect(isPublicKey(text)).toBe(false);
});
