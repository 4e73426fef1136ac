/** Signed notes: the format's own example, sigstore as a second reader, and everything refused. */
import { verifyCheckpoint } from "@sigstore/verify/dist/tlog/checkpoint.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkpointText, openCheckpoint } from "../../../src/engine/audit/checkpoint.ts";
import {
  openNote,
  parseSigningKey,
  parseVerifierKey,
  signersOf,
  signingKey,
  signNote,
} from "../../../src/engine/audit/note.ts";

// From the documentation of the Go module golang.org/x/mod/sumdb/note.
const SECRET = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const VERIFIER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const TEXT =
  "If you think cryptography is the answer to your problem,\n" +
  "then you don't know what your problem is.\n";
const NOTE =
  `${TEXT}\n— PeterNeumann ` +
  "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

const parsed = parseVerifierKey(VERIFIER);
const KEYS = parsed === null ? [] : [parsed];

describe("the format's own example", () => {
  test("is signed byte for byte, and opens", () => {
    const key = parseSigningKey(SECRET);
    expect(key?.verifier.text).toBe(VERIFIER);
    expect(key === null ? null : signNote(TEXT, key)).toBe(NOTE);
    expect(key?.secret).toBe(SECRET);
    expect(openNote(NOTE, KEYS)?.text).toBe(TEXT);
    expect(signersOf(NOTE)).toEqual([{ name: "PeterNeumann", id: "c74f20a3" }]);
  });

  test("with one character changed does not open", () => {
    fc.assert(
      fc.property(
        fc.nat({ max: NOTE.length - 1 }),
        fc.string({ minLength: 1, maxLength: 1 }),
        (at, by) => {
          const changed = NOTE.slice(0, at) + by + NOTE.slice(at + 1);
          fc.pre(changed !== NOTE);
          expect(openNote(changed, KEYS)).toBeNull();
        },
      ),
    );
  });

  test.each([
    ["no key that is asked about", NOTE, []],
    ["no signature", TEXT, KEYS],
    ["a carriage return", NOTE.replace(",\n", ",\r\n"), KEYS],
    ["no newline at the end", NOTE.slice(0, -1), KEYS],
    ["more than a note has", `${NOTE}${"x".repeat(5_000)}\n`, KEYS],
    ["a wrong signature beside the right one", NOTE + "— PeterNeumann x08go/ZJ\n", KEYS],
  ])("with %s does not open", (_what, note, keys) => {
    expect(openNote(note, keys)).toBeNull();
  });

  test("with a signature of a key nobody asked about opens all the same", () => {
    const witness = signingKey("witness.example", new Uint8Array(32).fill(3));
    const line = signNote(TEXT, witness).slice(TEXT.length + 1);
    expect(openNote(NOTE + line, KEYS)?.key.name).toBe("PeterNeumann");
    expect(openNote(NOTE + line, [witness.verifier])?.key.name).toBe("witness.example");
  });
});

test.each(["", "x", "a+b", `${VERIFIER}x`, VERIFIER.replace("c74f20a3", "c74f20a4"), SECRET])(
  "what is no verifier key is none: %s",
  (text) => expect(parseVerifierKey(text)).toBeNull(),
);

test.each(["", VERIFIER, SECRET.replace("c74f20a3", "c74f20a4"), SECRET.slice(0, -4)])(
  "what is no signing key is none: %s",
  (text) => expect(parseSigningKey(text)).toBeNull(),
);

test("sigstore reads a checkpoint of ours and accepts its signature, and no other", () => {
  const key = signingKey("shop.example/audit", new Uint8Array(32).fill(2));
  const root = new Uint8Array(32).fill(1);
  const at = Date.UTC(2026, 10, 23);
  const note = signNote(checkpointText({ origin: key.verifier.name, size: 7, root, at }), key);
  const authority = {
    logID: Buffer.from(key.verifier.id, "hex"),
    publicKey: key.verifier.publicKey,
    baseURL: "https://shop.example/audit",
  } as Parameters<typeof verifyCheckpoint>[1][number];
  const entryOf = (envelope: string) =>
    ({ inclusionProof: { checkpoint: { envelope } } }) as Parameters<typeof verifyCheckpoint>[0];
  const read = verifyCheckpoint(entryOf(note), [authority]);
  expect([read.origin, Number(read.logSize)]).toEqual(["shop.example/audit", 7]);
  expect(new Uint8Array(read.logHash)).toEqual(root);
  const other = note.replace("\n7\n", "\n8\n");
  expect(() => verifyCheckpoint(entryOf(other), [authority])).toThrow(
    "invalid checkpoint signature",
  );
  expect(openCheckpoint(other, [key.verifier])).toBeNull();
});

test.each([
  ["another log's name", "other.example/audit\n7\nROOT\njikim-time TIME\n"],
  ["a size with a zero in front", "shop.example/audit\n07\nROOT\njikim-time TIME\n"],
  ["a size no log has", "shop.example/audit\n9007199254740992\nROOT\njikim-time TIME\n"],
  ["a root that is too short", "shop.example/audit\n7\nAQE=\njikim-time TIME\n"],
  ["no time", "shop.example/audit\n7\nROOT\n"],
  ["another spelling of the time", "shop.example/audit\n7\nROOT\njikim-time 2026-11-23\n"],
])("a signed text with %s is no checkpoint", (_what, text) => {
  const key = signingKey("shop.example/audit", new Uint8Array(32).fill(2));
  const root = Buffer.alloc(32, 1).toString("base64");
  const whole = text.replace("ROOT", root).replace("TIME", "2026-11-23T03:00:00.000Z");
  const note = signNote(whole, key);
  expect(openNote(note, [key.verifier])?.text).toBe(whole);
  expect(openCheckpoint(note, [key.verifier])).toBeNull();
});
