/** What opening keys leaves behind: memory as the allocator hands it out again, unwritten. */
import { expect, test } from "vitest";

import { cipherOf, decipherOf, openKeys } from "../../src/keys/ciphers.ts";
import { NODE_BYTES, openNode, sealNode } from "../../src/keys/tree/node.ts";

const MARK = 0xa7;
const KEY = Buffer.alloc(128, 0x11).subarray(0, 32);
const NONCE = Buffer.alloc(12, 0x22);
const NODE = { level: 0, index: 7 };
const RUNS = 100;
/** Room that opening a node takes and gives back. Bytes. */
const SIZES = [NODE_BYTES, NODE_BYTES + 1, 1024, 1025];

/** How much freed memory of these sizes still holds half a key of marks. */
function leftIn(sizes: readonly number[]): number {
  const needle = Buffer.alloc(16, MARK); // the allocator writes over the first 16 bytes
  let left = 0;
  for (const size of sizes) {
    for (let i = 0; i < 4; i += 1) {
      const found = Buffer.allocUnsafeSlow(size);
      if (found.includes(needle)) left += 1;
      found.fill(0);
    }
  }
  return left;
}

function marked(bytes: number): Buffer {
  return Buffer.allocUnsafeSlow(bytes).fill(MARK);
}

test("opening a node of 256 keys leaves no copy in freed memory", () => {
  let left = 0;
  for (let run = 0; run < RUNS; run += 1) {
    const keys = marked(NODE_BYTES);
    const blob = sealNode(NODE, keys, KEY, NONCE);
    keys.fill(0);
    const opened = openNode(NODE, blob, KEY);
    expect(opened.every((byte) => byte === MARK)).toBe(true);
    opened.fill(0);
    left += leftIn(SIZES);
  }
  expect(left).toBe(0);
});

test("the look has power: a decipher used as it is leaves copies", () => {
  let left = 0;
  for (let run = 0; run < RUNS; run += 1) {
    const keys = marked(NODE_BYTES);
    const sealed = cipherOf(KEY, NONCE).update(keys);
    keys.fill(0);
    decipherOf(KEY, NONCE).update(sealed).fill(0);
    left += leftIn(SIZES);
  }
  expect(left).toBeGreaterThan(0);
});

test.each([0, 1, 32, 1023, 1024, 1025, NODE_BYTES])("%i bytes open to what was sealed", (bytes) => {
  const plain = Buffer.from(Array.from({ length: bytes }, (_, i) => i % 251));
  const sealed = cipherOf(KEY, NONCE).update(plain);
  expect(openKeys(decipherOf(KEY, NONCE), sealed)).toStrictEqual(plain);
});
