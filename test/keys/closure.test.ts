/**
 * The coercive attacker of Reardon et al. (CCS 2013), carried out: he holds every node ever
 * sealed, of every version, and today's root file. He tries every 32 bytes of the root file as a
 * key on every node, every key found on every node below, until nothing new opens. What he then
 * holds must be all living keys (the attack has power) and no destroyed one.
 */
import { describe, expect, test } from "vitest";

import type { Random } from "../../src/base/clock.ts";
import { openFileLog } from "../../src/keys/nodes/file-log.ts";
import { openRootFile } from "../../src/keys/root/root-file.ts";
import { nodePlace } from "../../src/keys/tree/geometry.ts";
import { FANOUT, openNode } from "../../src/keys/tree/node.ts";
import { openShredTree } from "../../src/keys/tree/shred-tree.ts";
import type { RootStore } from "../../src/keys/tree/stores.ts";
import { memoryFiles } from "./support/memory-files.ts";
import { systemRandom } from "./support/random.ts";

interface Fault {
  readonly roots?: (roots: RootStore) => RootStore;
  readonly random?: () => Random;
}

interface Evidence {
  /** Every sealed node ever, by node number. */
  readonly nodes: ReadonlyMap<number, readonly Uint8Array[]>;
  readonly rootFile: Buffer;
  /** The root file as it was before the destructions. */
  readonly formerRootFile: Buffer;
  readonly destroyed: readonly string[];
  readonly living: readonly string[];
  readonly top: number;
}

const text = (key: Uint8Array): string => Buffer.from(key).toString("latin1");

/** A tree of three leaves and depth 3 with two batches of destructions. */
async function live(fault: Fault): Promise<Evidence> {
  const files = memoryFiles();
  const nodes = new Map<number, Uint8Array[]>();
  const random = fault.random?.() ?? systemRandom;
  const file = await openRootFile("/root", { files, random });
  const tree = await openShredTree({
    nodes: await openFileLog("/log", { files, wasteBytes: 100_000 }),
    roots: fault.roots?.(file) ?? file,
    random,
    tap: { sealed: (id, blob) => nodes.set(id, [...(nodes.get(id) ?? []), Uint8Array.from(blob)]) },
  });
  await tree.mint(1);
  await tree.mint(2);
  const rootFile = (): Buffer =>
    Buffer.from(files.disk().contents.get(files.disk().names.get("/root") ?? -1) ?? []);
  const all: string[] = [];
  for (let slot = 0; slot < 3 * FANOUT; slot += 1) all.push(text(await tree.key(slot)));
  const formerRootFile = rootFile();
  const slots = new Set([0, 5, 255, 256, 300, 700, 9, 301]);
  await tree.destroy([...slots].slice(0, 5));
  await tree.mint(1);
  await tree.destroy([...slots].slice(5));
  return {
    nodes,
    rootFile: rootFile(),
    formerRootFile,
    destroyed: all.filter((_, slot) => slots.has(slot)),
    living: all.filter((_, slot) => !slots.has(slot)),
    top: 2 ** 32,
  };
}

/** Keys the attacker ends up with: slot keys, out of leaves that opened. */
function closure({ nodes, top }: Evidence, rootFile: Buffer): ReadonlySet<string> {
  const found = new Set<string>();
  const tried = new Set<string>();
  const open = (id: number, key: Buffer): void => {
    for (const [version, blob] of (nodes.get(id) ?? []).entries()) {
      const attempt = `${id}.${version}.${text(key)}`;
      if (tried.has(attempt)) continue;
      tried.add(attempt);
      let keys: Buffer;
      try {
        keys = openNode(nodePlace(id), blob, key);
      } catch {
        continue;
      }
      const { level, index } = nodePlace(id);
      for (let position = 0; position < FANOUT; position += 1) {
        const child = keys.subarray(position * 32, position * 32 + 32);
        if (child.every((byte) => byte === 0)) continue;
        if (level === 0) found.add(text(child));
        else open((level - 1) * 2 ** 32 + index * FANOUT + position, Buffer.from(child));
      }
    }
  };
  for (let at = 0; at + 32 <= rootFile.length; at += 1) {
    const window = rootFile.subarray(at, at + 32);
    if (new Set(window).size > 8) open(top, Buffer.from(window)); // a key is not nearly all zeros
  }
  return found;
}

function count(evidence: Evidence, rootFile: Buffer) {
  const found = closure(evidence, rootFile);
  return {
    destroyed: evidence.destroyed.filter((key) => found.has(key)).length,
    living: evidence.living.filter((key) => found.has(key)).length,
  };
}

test("every node ever sealed and today's root: 0 of 8 destroyed, 760 of 760 living", async () => {
  const evidence = await live({});
  expect(count(evidence, evidence.rootFile)).toEqual({ destroyed: 0, living: 760 });
});

test("the attack has power: with the former root it finds 8 of 8", async () => {
  const evidence = await live({});
  expect(count(evidence, evidence.formerRootFile).destroyed).toBe(8);
});

/** Random bytes that repeat: from a moment on, every key drawn alone is the same. */
function stuckRandom(from: number): Random {
  let drawn = 0;
  const stuck = systemRandom.bytes(128);
  return {
    bytes(size) {
      if (size !== 128) return systemRandom.bytes(size); // a single key's draw (secret.ts)
      drawn += 1;
      return drawn < from ? systemRandom.bytes(size) : Uint8Array.from(stuck);
    },
  };
}

describe("planted faults are found", () => {
  const faults: Record<string, Fault> = {
    "the former root is never wiped": {
      roots: (roots) => ({ ...roots, wipe: async () => undefined }),
    },
    "the wipe spares the root just before": {
      roots: (roots) => ({
        ...roots,
        wipe: (epoch, above) => roots.wipe(Math.max(0, epoch - 2), above),
      }),
    },
    "node keys are used again": { random: () => stuckRandom(1) },
  };
  test.each(Object.entries(faults))("%s", async (_, fault) => {
    const evidence = await live(fault);
    expect(count(evidence, evidence.rootFile).destroyed).toBeGreaterThan(0);
  });
});
