/** Slots are given out once, whatever happens to the current; a name keeps its slot. */
import { describe, expect, test } from "vitest";

import { openFileLog } from "../../src/keys/nodes/file-log.ts";
import { openRootFile } from "../../src/keys/root/root-file.ts";
import { createAllocator } from "../../src/keys/slots/allocator.ts";
import { openFileSlots } from "../../src/keys/slots/file-slots.ts";
import { indexEpochOf, type SlotName, slotNameBytes } from "../../src/keys/slots/slot-map.ts";
import { openShredTree } from "../../src/keys/tree/shred-tree.ts";
import { memoryFiles, type MemoryFiles, powerLossStates } from "./support/memory-files.ts";
import { systemRandom as random } from "./support/random.ts";
import { report } from "./support/report.ts";

async function openAll(files: MemoryFiles) {
  const roots = await openRootFile("/root", { files, random });
  const nodes = await openFileLog("/log", { files });
  const map = await openFileSlots("/slots", { files });
  const tree = await openShredTree({ nodes, roots, random, assigned: map.assigned });
  return { tree, map, allocator: createAllocator(tree, map) };
}

const subject = (n: number): Uint8Array =>
  slotNameBytes({ pool: "subject", subject: n.toString(16).padStart(16, "0"), compartment: "a" });
const day = (n: number): Uint8Array =>
  slotNameBytes({ pool: "day", recordClass: "usage", day: `2026-01-${n}` });

describe("names", () => {
  test("fields that run together differently are different names", () => {
    const names: SlotName[] = [
      { pool: "subject", subject: "ab", compartment: "c" },
      { pool: "subject", subject: "a", compartment: "bc" },
      { pool: "day", recordClass: "ab", day: "c" },
      { pool: "index", epoch: "abc" },
    ];
    expect(
      new Set(names.map((name) => Buffer.from(slotNameBytes(name)).toString("hex"))).size,
    ).toBe(4);
    expect(indexEpochOf(slotNameBytes({ pool: "index", epoch: "2026-W48" }))).toBe("2026-W48");
  });
});

test("pools never share a leaf, and a name asked for twice has one slot", async () => {
  const { allocator } = await openAll(memoryFiles());
  const first = await allocator.ensure("subject", [subject(1), subject(2), subject(1)]);
  expect(first).toEqual([0, 1, 0]);
  expect(await allocator.ensure("day", [day(1)])).toEqual([256]);
  const many = Array.from({ length: 300 }, (_, i) => subject(i + 10));
  const slots = await allocator.ensure("subject", many);
  expect(slots.slice(0, 254)).toEqual(Array.from({ length: 254 }, (_, i) => i + 2));
  expect(slots[254]).toBe(512); // not 256: that leaf is the days'
  expect(await allocator.ensure("day", [day(2), day(1)])).toEqual([257, 256]);
  expect(await allocator.ensure("subject", many)).toEqual(slots);
  expect(await allocator.reserve(2)).toEqual([768, 769]);
});

test("requests that wait together share one write", async () => {
  const files = memoryFiles();
  const { allocator } = await openAll(files);
  await allocator.ensure("subject", [subject(0)]);
  const from = files.ops.length;
  const slots = await Promise.all(
    Array.from({ length: 100 }, (_, i) => allocator.ensure("subject", [subject(i % 50)])),
  );
  expect(new Set(slots.flat()).size).toBe(50);
  expect(files.ops.slice(from).filter(({ op }) => op === "sync").length).toBeLessThanOrEqual(4);
});

test("a renewed name has a fresh slot, and the former one is told", async () => {
  const files = memoryFiles();
  const { allocator } = await openAll(files);
  await allocator.ensure("subject", [subject(1)]);
  expect(await allocator.renew("subject", subject(1))).toEqual({ slot: 1, former: 0 });
  expect(await allocator.renew("subject", subject(2))).toEqual({ slot: 2, former: null });
  const again = await openAll(files);
  expect(await again.allocator.ensure("subject", [subject(1), subject(3)])).toEqual([1, 3]);
});

test("no loss of power gives a slot out twice or forgets one that was acknowledged", async () => {
  const files = memoryFiles();
  const before = await openAll(files);
  await before.allocator.ensure("subject", [subject(1), subject(2)]);
  const start = files.disk();
  const from = files.ops.length;
  const acknowledged = await before.allocator.ensure("subject", [subject(3), subject(4)]);
  const ops = files.ops.slice(from);
  let states = 0;
  for (const state of powerLossStates(start, ops)) {
    states += 1;
    const { allocator } = await openAll(memoryFiles(state.disk));
    const names = [1, 2, 3, 4, 5].map(subject);
    const slots = await allocator.ensure("subject", names.toReversed());
    expect(new Set(slots).size).toBe(5);
    expect(slots.toReversed().slice(0, 2)).toEqual([0, 1]);
    if (state.after === ops.length) expect(slots.toReversed().slice(2, 4)).toEqual(acknowledged);
  }
  report(`slot map: ${states} states`);
  expect(states).toBeGreaterThan(8);
});

test("an older slot map than the root knows is refused", async () => {
  const files = memoryFiles();
  const { allocator } = await openAll(files);
  await allocator.ensure("subject", [subject(1)]);
  const old = files.disk().contents.get(files.disk().names.get("/slots") ?? -1);
  await allocator.ensure("subject", [subject(2)]);
  const slots = files.disk().names.get("/slots") ?? -1;
  const contents = new Map(files.disk().contents).set(slots, old ?? Buffer.alloc(0));
  const restored = memoryFiles({ contents, names: files.disk().names });
  await expect(openAll(restored)).rejects.toMatchObject({ code: "ERR_KEY_MAP_STALE" });
});

test("a batch cut out of the middle ends the map there instead of being skipped", async () => {
  const files = memoryFiles();
  const map = await openFileSlots("/slots", { files });
  const sizes: number[] = [];
  for (const slot of [0, 1, 2]) {
    sizes.push(files.disk().contents.get(1)?.length ?? 0);
    await map.assign([{ pool: "subject", name: subject(slot), slot }]);
  }
  const bytes = files.disk().contents.get(1) ?? Buffer.alloc(0);
  const cut = Buffer.concat([bytes.subarray(0, sizes[1]), bytes.subarray(sizes[2])]);
  const damaged = memoryFiles({ contents: new Map([[1, cut]]), names: files.disk().names });
  expect((await openFileSlots("/slots", { files: damaged })).assigned).toBe(1);
});
