import { expect, test } from "vitest";

import { createPairCache, type PairEntry } from "../../src/keys/pair-cache.ts";

let now = 1000;
const clock = { now: () => now };

function entry(n: number, slots: readonly number[]): PairEntry {
  return {
    key: Buffer.alloc(32, n),
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
const isZero = ({ key }: PairEntry): boolean => key.every((byte) => byte === 0);

test("a key is found by its head for its names alone, and by its names when put for sealing", () => {
  const cache = createPairCache(clock, 10);
  const [a, b] = [entry(1, [1, 9]), entry(2, [2, 9])];
  cache.put(a, "sealing");
  cache.put(b, "opening");
  expect(cache.byHead("h1", "n1")).toBe(a);
  expect(cache.byHead("h1", "n2")).toBeUndefined();
  expect(cache.byNames("n1")).toBe(a);
  expect(cache.byNames("n2")).toBeUndefined();
});

test("dropping a slot zeroes every key made of it and no other", () => {
  const cache = createPairCache(clock, 10);
  const [a, b, c] = [entry(1, [1, 9]), entry(2, [2, 9]), entry(3, [3, 8])];
  for (const one of [a, b, c]) cache.put(one, "sealing");
  cache.drop([9]);
  expect([a, b, c].map(isZero)).toEqual([true, true, false]);
  expect(cache.byNames("n1")).toBeUndefined();
  expect(cache.byNames("n3")).toBe(c);
});

test("dropping a slot with very many keys zeroes them all", () => {
  const cache = createPairCache(clock, 5000);
  const many = Array.from({ length: 2000 }, (_, n) => entry(n + 1, [n, 99_999]));
  for (const one of many) cache.put(one, "sealing");
  cache.drop([99_999]);
  expect(many.every(isZero)).toBe(true);
  expect(cache.byNames("n5")).toBeUndefined();
});

test.each([
  ["its time is over", 100],
  ["the clock was set back", -1],
])("a key is zeroed when %s, asked for or not", (_, step) => {
  const cache = createPairCache(clock, 10);
  const [a, b] = [entry(1, [1]), entry(2, [2])];
  cache.put(a, "sealing");
  cache.put(b, "sealing");
  now += step;
  expect(cache.byNames("n1")).toBeUndefined();
  expect([a, b].map(isZero)).toEqual([true, false]);
  cache.sweep();
  expect(isZero(b)).toBe(true);
});

test("beyond the limit the oldest goes, zeroed", () => {
  const cache = createPairCache(clock, 2);
  const three = [entry(1, [1]), entry(2, [2]), entry(3, [3])];
  for (const one of three) cache.put(one, "sealing");
  expect(three.map(isZero)).toEqual([true, false, false]);
});
