/** An exported log, altered in every way there is: each is found and named. */
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { leafHash } from "../../../src/engine/audit/append-leaf.ts";
import { openCheckpoint } from "../../../src/engine/audit/checkpoint.ts";
import type { Facts } from "../../../src/engine/audit/leaf-kinds.ts";
import { makeCheckpoint } from "../../../src/engine/audit/make-checkpoint.ts";
import { signingKey } from "../../../src/engine/audit/note.ts";
import { receiptOf } from "../../../src/engine/audit/receipt-code.ts";
import { type LogFault, type LogVerdict, verifyLog } from "../../../src/engine/audit/verify-log.ts";
import { openDatabase } from "../../../src/store/open-database.ts";
import { ORIGIN, streamOf, type TestLog, testLog } from "../../support/test-log.ts";

interface LeafJson {
  leaf: number;
  at: number;
  kind: string;
  facts: Facts;
  hash: string;
}

let log: TestLog;
let lines: readonly string[] = [];
let receipt = "";

// head, 4 leaves, c0, 5 leaves, c1, c2 (nothing new), 3 leaves, c3
beforeAll(async () => {
  log = await testLog(await openDatabase({ migrations: "data" }));
  await log.append(4);
  await makeCheckpoint(log);
  const [leaf] = await log.append(5);
  if (leaf !== undefined) receipt = receiptOf(leaf);
  await makeCheckpoint(log);
  await makeCheckpoint(log);
  await log.append(3);
  lines = await log.lines();
  return () => log.db.close();
});

const verify = (
  changed: readonly string[],
  more: Partial<Parameters<typeof verifyLog>[1]> = {},
): Promise<LogVerdict> => verifyLog(streamOf(changed), { keys: [log.key.verifier], ...more });

const lineOf = (leaf: number): number =>
  lines.findIndex((line) => line.startsWith(`{"leaf":${leaf},`));
const leafAt = (leaf: number): LeafJson => JSON.parse(lines[lineOf(leaf)] ?? "") as LeafJson;
const noteLine = (number: number): number =>
  lines.findIndex((line) => line.startsWith(`{"checkpoint":${number},`));

/** The lines with one leaf changed; `again` computes its hash anew, as a careful hand would. */
function altered(leaf: number, change: Partial<LeafJson>, again = false): string[] {
  const value = { ...leafAt(leaf), ...change };
  if (again) value.hash = leafHash(value);
  return lines.with(lineOf(leaf), JSON.stringify(value));
}

/** Leaves in this order, numbered anew. */
function renumbered(order: readonly number[]): string[] {
  const leaves = order.map((leaf, index) => JSON.stringify({ ...leafAt(leaf), leaf: index }));
  const others = lines.map((line, index) => [line, index] as const);
  const sizes = [4, 9, 9, 12];
  const notes = others.filter(([line]) => line.startsWith('{"checkpoint"')).map(([line]) => line);
  const result = [lines[0] ?? ""];
  let next = 0;
  for (const [index, size] of sizes.entries()) {
    const until = index === sizes.length - 1 ? leaves.length : Math.min(size, leaves.length);
    for (; next < until; next += 1) result.push(leaves[next] ?? "");
    result.push(notes[index] ?? "");
  }
  return result;
}

test("what was written is found whole, with its leaves, checkpoints and last state", async () => {
  const verdict = await verify(lines);
  expect(verdict).toMatchObject({ leaves: 12, checkpoints: 4, fault: null, last: { size: 12 } });
  expect(lines).toHaveLength(1 + 12 + 4);
});

test("a receipt's leaf is told with what it says", async () => {
  const { receipt: found } = await verify(lines, { receipt });
  expect(found).toMatchObject({ leaf: 4, kind: leafAt(4).kind });
  const other = await verify(lines, { receipt: receiptOf({ seq: 5, hash: "ab".repeat(32) }) });
  expect(other.receipt).toBeNull();
});

const from = (first: number, past: number): LogFault => ({ what: "differs", first, past });
const RULES = { rules: { "item-undeclared": 99 } };

describe("altered", () => {
  const CASES: readonly [what: string, make: () => readonly string[], fault: LogFault][] = [
    ["the facts of a leaf", () => altered(5, { facts: RULES }), { what: "altered", leaf: 5 }],
    ["the time of a leaf", () => altered(5, { at: 1 }), { what: "altered", leaf: 5 }],
    ["the kind of a leaf", () => altered(5, { kind: "erased" }), { what: "altered", leaf: 5 }],
    [
      "the hash of a leaf",
      () => altered(5, { hash: "ab".repeat(32) }),
      { what: "altered", leaf: 5 },
    ],
    ["facts and hash together", () => altered(5, { facts: RULES }, true), from(4, 9)],
    ["the first leaf, with its hash", () => altered(0, { at: 1 }, true), from(0, 4)],
    ["the last leaf, with its hash", () => altered(11, { at: 1 }, true), from(9, 12)],
    ["a leaf left out", () => lines.toSpliced(lineOf(6), 1), { what: "missing", leaf: 6 }],
    [
      "a leaf left out and the rest moved up",
      () => renumbered([0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 11]),
      from(4, 9),
    ],
    [
      "a leaf twice",
      () => lines.toSpliced(lineOf(6), 0, lines[lineOf(6)] ?? ""),
      { what: "added", leaf: 6 },
    ],
    [
      "a leaf put in and the rest moved down",
      () => renumbered([0, 1, 2, 3, 4, 5, 5, 6, 7, 8, 9, 10, 11]),
      from(4, 9),
    ],
    ["two leaves exchanged", () => renumbered([0, 2, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11]), from(0, 4)],
    [
      "a leaf put in behind the end",
      () => [...lines, JSON.stringify({ ...leafAt(3), leaf: 12 })],
      { what: "added", leaf: 12 },
    ],
    ["the last leaf cut off", () => lines.toSpliced(lineOf(11), 1), from(9, 12)],
    [
      "everything behind a leaf cut off",
      () => lines.slice(0, lineOf(10)),
      { what: "missing", leaf: 10 },
    ],
    [
      "the last checkpoint cut off",
      () => lines.slice(0, -1),
      { what: "checkpoint", checkpoint: 3 },
    ],
    [
      "a checkpoint left out",
      () => lines.toSpliced(noteLine(1), 1),
      { what: "checkpoint", checkpoint: 1 },
    ],
    [
      "a checkpoint's time",
      () => lines.with(noteLine(1), (lines[noteLine(1)] ?? "").replace("2026", "2025")),
      { what: "checkpoint", checkpoint: 1 },
    ],
    [
      "a checkpoint that is no note",
      () => lines.with(noteLine(0), '{"checkpoint":0,"note":"x"}'),
      { what: "checkpoint", checkpoint: 0 },
    ],
    [
      "a checkpoint of another place",
      () => lines.with(noteLine(1), (lines[noteLine(0)] ?? "").replace(":0,", ":1,")),
      from(4, 9),
    ],
    [
      "a head that says less",
      () => lines.with(0, (lines[0] ?? "").replace('"leaves":12', '"leaves":13')),
      { what: "missing", leaf: 12 },
    ],
    ["no head", () => lines.slice(1), { what: "malformed", line: 1 }],
    ["nothing at all", () => [], { what: "malformed", line: 1 }],
    ["a line that is no JSON", () => lines.with(4, "leaf 3"), { what: "malformed", line: 5 }],
    [
      "a member that is not hashed",
      () => altered(2, { note: "x" } as Partial<LeafJson>),
      { what: "malformed", line: 4 },
    ],
    ["another spelling", () => lines.with(3, ` ${lines[3] ?? ""}`), { what: "malformed", line: 4 }],
    [
      "a member twice",
      () => lines.with(3, (lines[3] ?? "").replace('{"leaf":2', '{"leaf":7,"leaf":2')),
      { what: "malformed", line: 4 },
    ],
    [
      "a line without an end",
      () => lines.with(3, `{"leaf":"${"x".repeat(70_000)}"}`),
      { what: "malformed", line: 4 },
    ],
  ];

  test.each(CASES)("%s is named", async (_what, make, fault) => {
    const changed = make();
    expect(changed).not.toEqual(lines);
    expect((await verify(changed)).fault).toEqual(fault);
  });

  test("any one character of any line, it is found", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        fc.nat(),
        fc.integer({ min: 33, max: 126 }),
        async (a, b, code) => {
          const index = 1 + (a % (lines.length - 1)); // the head is not signed
          const line = lines[index] ?? "";
          const at = b % line.length;
          const changed = line.slice(0, at) + String.fromCharCode(code) + line.slice(at + 1);
          fc.pre(changed !== line);
          expect((await verify(lines.with(index, changed))).fault).not.toBeNull();
        },
      ),
      { numRuns: 400 },
    );
  });

  test("any line taken out, doubled or exchanged with another, it is found", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat(), async (a, b) => {
        const [i, j] = [a % lines.length, b % lines.length];
        fc.pre(i !== j);
        const [one = "", two = ""] = [lines[i], lines[j]];
        for (const changed of [
          lines.toSpliced(i, 1),
          lines.toSpliced(i, 0, one),
          lines.with(i, two).with(j, one),
        ]) {
          expect((await verify(changed)).fault).not.toBeNull();
        }
      }),
    );
  });
});

describe("a whole log written anew", () => {
  test("does not pass under the verifier key of the old one", async () => {
    const other = signingKey(ORIGIN, new Uint8Array(32).fill(5)).verifier;
    expect((await verify(lines, { keys: [other] })).fault).toEqual({
      what: "checkpoint",
      checkpoint: 0,
    });
    expect((await verify(lines, { keys: [] })).fault).toEqual({
      what: "checkpoint",
      checkpoint: 0,
    });
    expect((await verify(lines, { keys: [other, log.key.verifier] })).fault).toBeNull();
  });

  test("with the stolen key is found by whoever kept one old checkpoint", async () => {
    const forged = await testLog(await openDatabase({ migrations: "data" }), "log");
    await forged.append(7);
    const rewritten = await forged.lines();
    await forged.db.close();
    expect(forged.key.secret).toBe(log.key.secret);
    expect((await verify(rewritten)).fault).toBeNull();
    const kept = keptAt(2);
    expect(kept.size).toBe(9);
    expect((await verify(rewritten, { kept: [kept] })).fault).toEqual({ what: "history", size: 9 });
    expect((await verify(lines, { kept: [kept] })).fault).toBeNull();
    const other = { ...kept, size: 4 };
    expect((await verify(rewritten, { kept: [other] })).fault).toEqual({
      what: "history",
      size: 4,
    });
  });

  test("as it stood earlier, it passes alone, and not beside a later checkpoint", async () => {
    const head = (lines[0] ?? "").replace('"leaves":12', '"leaves":9').replace(/:4}$/, ":3}");
    const earlier = [head, ...lines.slice(1, noteLine(2) + 1)];
    expect((await verify(earlier)).fault).toBeNull();
    expect((await verify(earlier, { kept: [keptAt(3)] })).fault).toEqual({
      what: "history",
      size: 12,
    });
  });
});

function keptAt(number: number) {
  const { note } = JSON.parse(lines[noteLine(number)] ?? "") as { note: string };
  const checkpoint = openCheckpoint(note, [log.key.verifier]);
  if (checkpoint === null) throw new Error("it was signed with this key");
  return checkpoint;
}
