import { createHash } from "node:crypto";

import { describe, expect, test } from "vitest";

import { openFileLog } from "../../src/keys/nodes/file-log.ts";
import { openRootFile } from "../../src/keys/root/root-file.ts";
import { BLOB_BYTES, openNode, sealNode } from "../../src/keys/tree/node.ts";
import { above, depthFor, nodeId, nodePlace } from "../../src/keys/tree/geometry.ts";
import { hashSlots, openShredTree } from "../../src/keys/tree/shred-tree.ts";
import type { TreeTap } from "../../src/keys/tree/stores.ts";
import { EMPTY_DISK, memoryFiles, type MemoryFiles } from "./support/memory-files.ts";
import { systemRandom as random } from "./support/random.ts";

async function openTree(files: MemoryFiles, tap: TreeTap = {}, cacheNodes = 4096) {
  const roots = await openRootFile("/keys/root", { files, random });
  const nodes = await openFileLog("/keys/log", { files });
  return openShredTree({ nodes, roots, random, tap, cacheNodes });
}

const print = (key: Buffer): string => {
  const hash = createHash("sha256").update(key).digest("hex");
  key.fill(0);
  return hash;
};

describe("node", () => {
  const key = random.bytes(32);
  const nonce = random.bytes(12);
  const keys = random.bytes(8192);
  const place = { level: 1, index: 77 };

  test("a node opens to the keys that were sealed and takes 8,236 bytes", () => {
    const blob = sealNode(place, keys, key, nonce);
    expect(blob.length).toBe(BLOB_BYTES);
    expect(BLOB_BYTES).toBe(8236);
    expect(openNode(place, blob, key).equals(keys)).toBe(true);
  });

  test.each([
    ["at another level", { level: 2, index: 77 }],
    ["at another index", { level: 1, index: 78 }],
  ])("a node %s does not open", (_, other) => {
    expect(() => openNode(other, sealNode(place, keys, key, nonce), key)).toThrow(/does not open/);
  });

  test.each([0, 4, 8, 16, 28, 5000, 8220, 8235])("a changed byte %i does not open", (at) => {
    const blob = sealNode(place, keys, key, nonce);
    blob.writeUInt8((blob.readUInt8(at) + 1) % 256, at);
    expect(() => openNode(place, blob, key)).toThrow(/does not open/);
  });

  test("another key does not open it", () => {
    const blob = sealNode(place, keys, key, nonce);
    expect(() => openNode(place, blob, random.bytes(32))).toThrow(/does not open/);
  });
});

describe("geometry", () => {
  test.each([
    [0, 2],
    [256, 2],
    [257, 3],
    [65_536, 3],
    [65_537, 4],
    [16_777_216, 4],
  ])("%i leaves need depth %i", (leaves, depth) => expect(depthFor(leaves)).toBe(depth));

  test("a tree of more than 2^32 slots is refused", () => {
    expect(() => depthFor(16_777_217)).toThrow("at most 2^32");
  });

  test("a node's number names its place and nothing else's", () => {
    const place = { level: 3, index: 16_777_215 };
    expect(nodePlace(nodeId(place))).toEqual(place);
    expect(above({ level: 0, index: 515 })).toEqual({ place: { level: 1, index: 2 }, position: 3 });
  });
});

describe("shred tree", () => {
  test("every slot has a key of its own, and the same one after opening again", async () => {
    const files = memoryFiles();
    const tree = await openTree(files);
    expect(await tree.mint(2)).toBe(0);
    expect(await tree.mint(1)).toBe(512);
    const before = await Promise.all([0, 1, 255, 256, 511, 767].map((s) => tree.key(s)));
    expect(new Set(before.map(String)).size).toBe(6);
    await tree.close();
    const again = await openTree(files);
    for (const [i, slot] of [0, 1, 255, 256, 511, 767].entries()) {
      expect((await again.key(slot)).equals(before[i] ?? Buffer.alloc(0))).toBe(true);
    }
  });

  test("a slot that was never minted is a mistake of the caller", async () => {
    const tree = await openTree(memoryFiles());
    await tree.mint(1);
    await expect(tree.key(256)).rejects.toThrow("only minted slots");
    await expect(tree.key(-1)).rejects.toThrow("natural number");
  });

  test("destroyed keys are gone, their neighbours live, and the receipt counts them", async () => {
    const files = memoryFiles();
    const tree = await openTree(files);
    await tree.mint(3);
    const living = print(await tree.key(2));
    const receipt = await tree.destroy([1, 300, 3]);
    expect(receipt).toEqual({
      epoch: 2,
      destroyed: 3,
      slots: [1, 3, 300],
      slotsHash: hashSlots([1, 3, 300]),
      custodians: ["root file"],
    });
    for (const open of [tree, await openTree(files)]) {
      for (const slot of [1, 3, 300]) {
        await expect(open.key(slot)).rejects.toMatchObject({ code: "ERR_KEY_GONE" });
      }
      expect(print(await open.key(2))).toBe(living);
    }
  });

  test("destroying twice is no error and counts nothing the second time", async () => {
    const tree = await openTree(memoryFiles());
    await tree.mint(1);
    await tree.destroy([7]);
    expect((await tree.destroy([7, 8])).destroyed).toBe(1);
  });

  test("requests that wait together share one commit and one receipt", async () => {
    const tree = await openTree(memoryFiles());
    await tree.mint(4);
    const receipts = await Promise.all(
      Array.from({ length: 100 }, (_, i) => tree.destroy([i * 10])),
    );
    expect(tree.head.epoch).toBeLessThanOrEqual(3);
    expect(receipts.at(-1)?.destroyed).toBeGreaterThanOrEqual(99);
  });

  test("the tree grows from depth 2 to 3 and keeps its keys", async () => {
    const files = memoryFiles();
    const tree = await openTree(files);
    await tree.mint(256);
    expect(tree.head.depth).toBe(2);
    const first = print(await tree.key(0));
    const last = print(await tree.key(65_535));
    await tree.destroy([5]);
    expect(await tree.mint(2)).toBe(65_536);
    expect(tree.head.depth).toBe(3);
    await tree.destroy([6, 65_540]);
    for (const open of [tree, await openTree(files)]) {
      expect(print(await open.key(0))).toBe(first);
      expect(print(await open.key(65_535))).toBe(last);
      for (const slot of [5, 6, 65_540]) {
        await expect(open.key(slot)).rejects.toMatchObject({ code: "ERR_KEY_GONE" });
      }
    }
  });

  test("a tiny cache changes nothing but the speed", async () => {
    const tree = await openTree(memoryFiles(), {}, 2);
    await tree.mint(300);
    const before = await Promise.all([0, 70_000, 300].map(async (s) => print(await tree.key(s))));
    await tree.destroy([1, 70_001, 40_000]);
    const after = await Promise.all([0, 70_000, 300].map(async (s) => print(await tree.key(s))));
    expect(after).toEqual(before);
  });

  test("reads during destructions see a key or its end, never damage", async () => {
    const tree = await openTree(memoryFiles(EMPTY_DISK, { slow: true }), {}, 3);
    await tree.mint(300);
    const prints = await Promise.all([9, 999].map(async (s) => print(await tree.key(s))));
    let reads = 0;
    let running = true;
    const reader = (async () => {
      while (running) {
        for (const [i, slot] of [9, 999].entries()) {
          expect(print(await tree.key(slot))).toBe(prints[i]);
          reads += 1;
        }
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    for (let i = 0; i < 20; i += 1) await tree.destroy([1000 + i, i * 256 + 10]);
    running = false;
    await reader;
    expect(reads).toBeGreaterThan(20);
  });

  test("after a destruction no root of a former epoch is left in the root file", async () => {
    const files = memoryFiles();
    const minted: Buffer[] = [];
    const tree = await openTree(files, { minted: (key) => minted.push(Buffer.from(key)) });
    const firstRoot = minted[0] ?? Buffer.alloc(0);
    await tree.mint(1);
    const rootFile = () => files.disk().contents.get(files.disk().names.get("/keys/root") ?? -1);
    expect(rootFile()?.includes(firstRoot)).toBe(true);
    await tree.destroy([0]);
    expect(rootFile()?.includes(firstRoot)).toBe(false);
    await tree.close();
  });

  test("a failing medium stops the keeper instead of letting it guess", async () => {
    const files = memoryFiles();
    let full = false;
    const failing: MemoryFiles = {
      ...files,
      disk: () => files.disk(),
      async open(path, how) {
        const file = await files.open(path, how);
        return {
          ...file,
          async write(parts, at) {
            if (full && path === "/keys/log") throw new Error("ENOSPC");
            await file.write(parts, at);
          },
        };
      },
    };
    const tree = await openTree(failing);
    await tree.mint(1);
    const living = print(await tree.key(1));
    full = true;
    await expect(tree.destroy([0])).rejects.toMatchObject({ code: "ERR_KEY_STORE_UNCERTAIN" });
    await expect(tree.key(1)).rejects.toMatchObject({ code: "ERR_KEY_STORE_UNCERTAIN" });
    full = false;
    const again = await openTree(files);
    expect(print(await again.key(1))).toBe(living);
    expect((await again.key(0)).length).toBe(32);
  });
});
