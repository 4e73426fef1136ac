/** The conformance kit: a right end passes whole, and every way of being wrong is named. */
import { afterEach, expect, test } from "vitest";
import { conform, type ConformOptions } from "../../../src/engine/processor/conform.ts";
import { keyFromSeed } from "../../../src/engine/processor/sign.ts";
import { type Manner, openProcessorEnd, type ProcessorEnd } from "../../support/processor-end.ts";
import { testClock, testRandom } from "../../support/test-engine.ts";

const KEY = keyFromSeed(new Uint8Array(32).fill(7));
const NAMES = { processor: "kcp", controller: "remotemeeting" };
const REFERENCE = "ab".repeat(16);

const ends: ProcessorEnd[] = [];
afterEach(async () => {
  await Promise.all(ends.splice(0).map((end) => end.close()));
});

async function run(
  manner: Manner,
  changes: Partial<ConformOptions> = {},
): Promise<{ readonly end: ProcessorEnd; readonly failed: readonly string[]; tried: number }> {
  const clock = testClock("2026-11-23T12:00:00+09:00");
  const end = await openProcessorEnd({ ...NAMES, controllerKey: KEY.publicKey, clock });
  ends.push(end);
  end.manner = manner;
  end.held.set(REFERENCE, new Map([["card", "tok_test"]]));
  const lines = await conform({
    ...NAMES,
    url: end.url,
    key: KEY,
    answerKey: end.publicKey,
    items: ["card"],
    clock,
    random: testRandom(),
    timeoutMs: 150,
    ...changes,
  });
  const failed = lines.filter(({ ok }) => !ok).map(({ tried }) => tried);
  return { end, failed, tried: lines.length };
}

test("a right end passes whole, and nothing of its own is touched", async () => {
  const { end, failed, tried } = await run("good");
  expect(failed).toEqual([]);
  expect(tried).toBe(19);
  expect(end.acts).toEqual([]);
});

test("an end that answers later passes: what it says comes by the other way", async () => {
  expect((await run("later")).failed).toEqual([]);
});

test("with a reference to try on, it is erased once", async () => {
  const { end, failed } = await run("good", { reference: REFERENCE });
  expect(failed).toEqual([]);
  expect(end.acts).toEqual(["erase"]);
  expect(end.held.has(REFERENCE)).toBe(false);
});

const GOOD_ORDERS = 6;
const WRONG_SIGNED = [
  "an order signed by somebody else",
  "somebody else’s signature under our key’s id",
  "an order changed after it was signed",
  "an order sent ten minutes ago",
  "an order from ten minutes ahead",
  "an order for another processor",
  "an order of another controller",
];

test("an end that believes anybody fails by everything it should have refused", async () => {
  expect((await run("accepts-anything")).failed).toEqual(WRONG_SIGNED);
});

test.each(["wrong-key", "other-order", "old-clock", "refuses"] as const)(
  "an end of the manner %s fails every good order",
  async (manner) => {
    const { failed } = await run(manner);
    expect(failed).toHaveLength(GOOD_ORDERS);
    expect(failed[0]).toBe("a good order for somebody it does not know");
  },
);

test.each(["fails", "redirects", "too-large", "hangs"] as const)(
  "an end that %s fails everything",
  async (manner) => {
    const { failed, tried } = await run(manner);
    expect(failed).toHaveLength(tried);
  },
);

test.each([
  ["an address without TLS", { url: "http://pay.example/orders" }],
  ["a key that is none", { answerKey: "short" }],
])("%s is a misuse", async (_what, changes) => {
  await expect(run("good", changes)).rejects.toMatchObject({ code: "ERR_USAGE" });
});
