import { expect, test } from "vitest";

import { present } from "../../src/base/assert.ts";
import { createPairCache, type PairCache, type PairEntry } from "../../src/keys/pair-cache.ts";

let now = 1000;
const clock = { now: () => now };

function entry(n: number, slots: readonly number[]): PairEntry {
  return {
    key: Buffer.alloc(32, 1 + (n % 255)),
    head: Buffer.from([n]),
    headText: `h${n}`,
    info: new Uint8Array(),
    names: `n${n}`,
    slots,
    epoch: 1,
    from: now,
    until: now + 100,
  };
}
/** Puts entries in for sealing. Returns them as the cache holds them. */
function putAll(cache: PairCache, entries: readonly PairEntry[]): readonly PairEntry[] {
  return entries.map((one) => {
    cache.put(one, "sealing");
    return present(cache.byNames(one.names), "just put");
  });
}
const isZero = ({ key }: PairEntry): boolean => key.every((byte) => byte === 0);

test("a key is found by its head for its names alone, and by its names when put for sealing", () => {
  const cache = createPairCache(clock, 10);
  const [a, b] = [entry(1, [1, 9]), entry(2, [2, 9])];
  cache.put(a, "sealing");
  cache.put(b, "opening");
  expect(cache.byHead("h1", "n1")).toMatchObject(a);
  expect(cache.byHead("h1", "n2")).toBeUndefined();
  expect(cache.byNames("n1")).toMatchObject(a);
  expect(cache.byHead("h2", "n2")).toMatchObject(b);
  expect(cache.byNames("n2")).toBeUndefined();
});

test("the cache keeps a copy: the caller's key is the caller's to zero", () => {
  const cache = createPairCache(clock, 10);
  const a = entry(1, [1]);
  const [held] = putAll(cache, [a]);
  a.key.fill(0);
  expect(held?.key).toEqual(entry(1, []).key);
});

test("dropping a slot zeroes every key made of it and no other", () => {
  const cache = createPairCache(clock, 10);
  const held = putAll(cache, [entry(1, [1, 9]), entry(2, [2, 9]), entry(3, [3, 8])]);
  cache.drop([9]);
  expect(held.map(isZero)).toEqual([true, true, false]);
  expect(cache.byNames("n1")).toBeUndefined();
  expect(cache.byNames("n3")).toBe(held[2]);
});

test("dropping a slot with very many keys zeroes them all", () => {
  const cache = createPairCache(clock, 5000);
  const many = Array.from({ length: 2000 }, (_, n) => entry(n + 1, [n, 99_999]));
  const held = putAll(cache, many);
  expect(held.some(isZero)).toBe(false);
  cache.drop([99_999]);
  expect(held.every(isZero)).toBe(true);
  expect(cache.byNames("n5")).toBeUndefined();
});

test("a place given back is used again, and no two living keys share one", () => {
  const cache = createPairCache(clock, 3);
  putAll(cache, [entry(1, [1]), entry(2, [2]), entry(3, [3])]);
  cache.drop([2]);
  cache.put(entry(4, [4]), "sealing");
  cache.put(entry(4, [4]), "sealing");
  for (const n of [1, 3, 4]) expect(cache.byNames(`n${n}`)?.key).toEqual(entry(n, []).key);
  cache.clear();
  putAll(cache, [entry(5, [5]), entry(6, [6])]);
  for (const n of [5, 6]) expect(cache.byNames(`n${n}`)?.key).toEqual(entry(n, []).key);
});

test.each([
  ["its time is over", 100],
  ["the clock was set back", -1],
])("a key is zeroed when %s, asked for or not", (_, step) => {
  const cache = createPairCache(clock, 10);
  const held = putAll(cache, [entry(1, [1]), entry(2, [2])]);
  now += step;
  expect(cache.byNames("n1")).toBeUndefined();
  expect(held.map(isZero)).toEqual([true, false]);
  cache.sweep();
  expect(held.map(isZero)).toEqual([true, true]);
});

test("beyond the limit the oldest goes, zeroed before its place is used again", () => {
  const cache = createPairCache(clock, 2);
  putAll(cache, [entry(1, [1]), entry(2, [2]), entry(3, [3])]);
  expect(cache.byNames("n1")).toBeUndefined();
  for (const n of [2, 3]) expect(cache.byNames(`n${n}`)?.key).toEqual(entry(n, []).key);
});
