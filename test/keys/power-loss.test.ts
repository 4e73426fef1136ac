/**
 * The current goes away behind every single operation on log and root file. Whatever a disk may
 * then hold, opening it must find all living keys, and no acknowledged destruction undone.
 */
import { createHash } from "node:crypto";

import { expect, test } from "vitest";

import { openFileLog } from "../../src/keys/nodes/file-log.ts";
import { openRootFile } from "../../src/keys/root/root-file.ts";
import { openShredTree, type ShredTree } from "../../src/keys/tree/shred-tree.ts";
import type { RootStore } from "../../src/keys/tree/stores.ts";
import {
  type Disk,
  memoryFiles,
  type MemoryFiles,
  powerLossStates,
} from "./support/memory-files.ts";
import { report } from "./support/report.ts";
import { systemRandom as random } from "./support/random.ts";

const SLOTS = [0, 1, 2, 255, 256, 300];

type Twist = (roots: RootStore) => RootStore;
const asIs: Twist = (roots) => roots;
/** The wrong order: the old root goes before the commit that replaces it. */
const wipeFirst: Twist = (roots) => ({
  ...roots,
  async prepare(next, root) {
    await roots.prepare(next, root);
    await roots.wipe(next.epoch, false);
  },
});
/** The forgotten step: the old root stays. */
const neverWipe: Twist = (roots) => ({ ...roots, wipe: async () => undefined });

async function openTree(files: MemoryFiles, twist: Twist): Promise<ShredTree> {
  const roots = twist(await openRootFile("/root", { files, random }));
  const nodes = await openFileLog("/log", { files, wasteBytes: 60_000 });
  return openShredTree({ nodes, roots, random });
}

async function prints(tree: ShredTree): Promise<readonly string[]> {
  const found: string[] = [];
  for (const slot of SLOTS) {
    try {
      found.push(
        createHash("sha256")
          .update(await tree.key(slot))
          .digest("hex"),
      );
    } catch (error) {
      if ((error as { code?: string }).code !== "ERR_KEY_GONE") throw error;
      found.push("gone");
    }
  }
  return found;
}

function rootBytes(disk: Disk): Buffer {
  return disk.contents.get(disk.names.get("/root") ?? -1) ?? Buffer.alloc(0);
}

/** Root keys in a root file's first four blocks, read as the format says. */
function rootsIn(bytes: Buffer): readonly string[] {
  return [0, 1, 2, 3]
    .map((block) => bytes.subarray(block * 4096 + 64, block * 4096 + 96))
    .filter((key) => key.some((byte) => byte !== 0))
    .map((key) => key.toString("hex"));
}

interface Outcome {
  readonly states: number;
  readonly lost: number;
  readonly kept: number;
}

/** Runs one change to its end, then opens every state its operations may have left. */
async function enumerate(
  twist: Twist,
  change: (tree: ShredTree, files: MemoryFiles) => Promise<unknown>,
): Promise<Outcome> {
  const setUp = memoryFiles();
  const first = await openTree(setUp, asIs);
  await first.mint(2);
  await first.destroy([2]);
  await first.close();
  const files = memoryFiles(setUp.disk());
  const tree = await openTree(files, twist);
  const before = await prints(tree);
  const start = files.disk();
  const oldRoot = rootsIn(rootBytes(start))[0] ?? "";
  const from = files.ops.length;
  await change(tree, files);
  const after = await prints(tree);
  const ops = files.ops.slice(from);
  let states = 0;
  let lost = 0;
  let kept = 0;
  for (const state of powerLossStates(start, ops)) {
    states += 1;
    const disk = memoryFiles(state.disk);
    try {
      const found = (await prints(await openTree(disk, asIs))).join();
      const forward = found === after.join();
      if (!forward && found !== before.join()) lost += 1;
      const acknowledged = state.after === ops.length;
      const rootStays = rootsIn(rootBytes(state.disk)).includes(oldRoot);
      const epochMoved = after.join() !== before.join();
      if (acknowledged && epochMoved && (!forward || rootStays)) kept += 1;
      // Opening must have finished the wipe that the loss of power cut short.
      const left = rootsIn(rootBytes(disk.disk()));
      if (epochMoved && forward && left.includes(oldRoot)) kept += 1;
    } catch {
      lost += 1;
    }
  }
  return { states, lost, kept };
}

test("destroying: no state of the disk loses a living key or keeps a destroyed one", async () => {
  const outcome = await enumerate(asIs, (tree) => tree.destroy([1, 300]));
  report(`destroy: ${outcome.states} states`);
  expect(outcome.states).toBeGreaterThan(50);
  expect(outcome).toMatchObject({ lost: 0, kept: 0 });
});

test("growing: no state of the disk loses a living key", async () => {
  const outcome = await enumerate(asIs, (tree) => tree.mint(1));
  expect(outcome.states).toBeGreaterThan(20);
  expect(outcome).toMatchObject({ lost: 0, kept: 0 });
});

test("destroying until the log is compacted: the same holds across the files", async () => {
  const outcome = await enumerate(asIs, async (tree, files) => {
    for (let i = 0; i < 3; i += 1) await tree.destroy([1, 300]);
    expect(files.ops.some(({ op }) => op === "rename")).toBe(true);
  });
  report(`compaction: ${outcome.states} states`);
  expect(outcome.lost).toBe(0);
}, 60_000);

test("the test has power: wiping before the commit loses everything in some states", async () => {
  const outcome = await enumerate(wipeFirst, (tree) => tree.destroy([1, 300]));
  report(`wipe first: ${outcome.lost} of ${outcome.states} states lose`);
  expect(outcome.lost).toBeGreaterThan(5);
});

test("the test has power: a root that is never wiped is noticed", async () => {
  const outcome = await enumerate(neverWipe, (tree) => tree.destroy([1, 300]));
  expect(outcome.kept).toBeGreaterThan(0);
});

test("making a tree: every state opens, as a new tree or as the one that was made", async () => {
  const files = memoryFiles();
  await (await openTree(files, asIs)).mint(1);
  let states = 0;
  for (const state of powerLossStates({ contents: new Map(), names: new Map() }, files.ops)) {
    states += 1;
    const tree = await openTree(memoryFiles(state.disk), asIs);
    if (state.after === files.ops.length) expect(tree.head.leaves).toBe(1);
  }
  expect(states).toBeGreaterThan(30);
});
