/** Answers as a stranger would send them: late, twice, forged, for another, against themselves. */
import { afterEach, expect, test } from "vitest";
import { present } from "../../../src/base/assert.ts";
import type { EngineContext } from "../../../src/engine/jikim.ts";
import { acceptAnswer, answerByStaff } from "../../../src/engine/processor/accept-answer.ts";
import { controllerKey } from "../../../src/engine/processor/controller-key.ts";
import { exportTo } from "../../../src/engine/processor/export-to.ts";
import { openOrders, type Order, settledOrders } from "../../../src/engine/processor/order-row.ts";
import { ordersFor } from "../../../src/engine/processor/place-orders.ts";
import type { AnswerMessage } from "../../../src/engine/processor/protocol.ts";
import { runProcessorOrders } from "../../../src/engine/processor/run-orders.ts";
import { countRows, eachDatabase, type OpenEmpty } from "../../support/databases.ts";
import { openProcessorEnd, type ProcessorEnd } from "../../support/processor-end.ts";
import { activate, payingMember, processorEngine } from "../../support/processors.ts";
import type { TestClock } from "../../support/test-engine.ts";

interface World {
  readonly context: EngineContext;
  readonly clock: TestClock;
  readonly end: ProcessorEnd;
  readonly order: string;
}

const ends: ProcessorEnd[] = [];
afterEach(async () => {
  await Promise.all(ends.splice(0).map((end) => end.close()));
});

/** An order that went out and was not answered yet. */
async function world(open: OpenEmpty): Promise<World> {
  const { context, clock } = await processorEngine(await open());
  const end = await openProcessorEnd({
    processor: "kcp",
    controller: context.plan.policy.id,
    controllerKey: (await controllerKey(context)).publicKey,
    clock,
  });
  ends.push(end);
  end.manner = "later";
  await activate(context, "kcp", { kind: "https", url: end.url, key: end.publicKey });
  const subject = await payingMember(context);
  await exportTo(context, subject, { processor: "kcp", work: "payment", items: ["card"] });
  const [order = ""] = await ordersFor(context, subject, { kind: "erase", reason: "withdrawal" });
  await runProcessorOrders(context);
  return { context, clock, end, order };
}

async function send(
  { context, end, order }: World,
  changes: Partial<AnswerMessage>,
): Promise<string> {
  const body = JSON.stringify(end.answer(order, changes));
  return acceptAnswer(context, body, "https").then(
    ({ repeated }) => (repeated ? "repeated" : "taken"),
    (error: { facts?: { rule?: string } }) => error.facts?.rule ?? "another error",
  );
}

async function state({ context }: World): Promise<Order> {
  const all = [...(await openOrders(context.db)), ...(await settledOrders(context.db))];
  return present(all[0], "one order");
}

const RETAINED = { state: "retained_own_duty", basis: "법", until: "2031-11-23" } as const;

/** Answers in turn, what is said of each, and the state at the end. */
const STORIES: readonly [
  what: string,
  answers: readonly Partial<AnswerMessage>[],
  said: readonly string[],
  end: Order["state"],
][] = [
  [
    "received, then done",
    [
      { state: "received", seq: 1 },
      { state: "done", seq: 2 },
    ],
    ["taken", "taken"],
    "done",
  ],
  [
    "the same twice",
    [
      { state: "done", seq: 1 },
      { state: "done", seq: 1 },
    ],
    ["taken", "repeated"],
    "done",
  ],
  [
    "done again under a new number",
    [
      { state: "done", seq: 1 },
      { state: "done", seq: 2 },
    ],
    ["taken", "taken"],
    "done",
  ],
  [
    "an old answer after a new one",
    [
      { state: "done", seq: 5 },
      { state: "received", seq: 4 },
    ],
    ["taken", "number-gone-back"],
    "done",
  ],
  [
    "two answers under one number",
    [
      { state: "received", seq: 1 },
      { state: "done", seq: 1 },
    ],
    ["taken", "number-used-twice"],
    "received",
  ],
  [
    "done, then kept after all",
    [
      { state: "done", seq: 1 },
      { ...RETAINED, seq: 2 },
    ],
    ["taken", "contradicts"],
    "done",
  ],
  [
    "nothing held, then erased",
    [
      { state: "held_nothing", seq: 1 },
      { state: "done", seq: 2 },
    ],
    ["taken", "contradicts"],
    "held_nothing",
  ],
  [
    "kept, then gone",
    [
      { ...RETAINED, seq: 1 },
      { state: "done", seq: 2 },
    ],
    ["taken", "taken"],
    "done",
  ],
  [
    "kept, then received",
    [
      { ...RETAINED, seq: 1 },
      { state: "received", seq: 2 },
    ],
    ["taken", "contradicts"],
    "retained_own_duty",
  ],
  [
    "kept for longer",
    [
      { ...RETAINED, seq: 1 },
      { ...RETAINED, until: "2033-01-01", seq: 2 },
    ],
    ["taken", "taken"],
    "retained_own_duty",
  ],
  ["another order's id", [{ order: "ab".repeat(16) }], ["order-unknown"], "sent"],
  ["for another controller", [{ controller: "elsewhere" }], ["not-signed-by-it"], "sent"],
  ["of a processor without a key", [{ processor: "kftc" }], ["not-signed-by-it"], "sent"],
  ["of a processor nobody named", [{ processor: "acme" }], ["not-signed-by-it"], "sent"],
  ["six minutes old", [{ sent_at: "2026-11-23T02:53:59.000Z" }], ["clock"], "sent"],
  ["six minutes ahead", [{ sent_at: "2026-11-23T03:06:01.000Z" }], ["clock"], "sent"],
  ["five minutes old", [{ sent_at: "2026-11-23T02:55:00.000Z" }], ["taken"], "held_nothing"],
];

eachDatabase((_name, open) => {
  test.each(STORIES)("%s", async (_what, answers, said, end) => {
    const it = await world(open);
    const heard: string[] = [];
    for (const answer of answers) heard.push(await send(it, { state: "held_nothing", ...answer }));
    expect(heard).toEqual(said);
    expect(await state(it)).toMatchObject({ state: end });
  });

  test("a forged answer changes nothing, is told on the order, and fills no log", async () => {
    const it = await world(open);
    it.end.manner = "wrong-key";
    const before = await countRows(it.context.db);
    expect(await send(it, { state: "done" })).toBe("not-signed-by-it");
    expect(await countRows(it.context.db)).toEqual(before);
    expect(await state(it)).toMatchObject({ state: "sent", lastFault: "answer-not-signed-by-it" });
  });

  test("an answer altered after it was signed is refused", async () => {
    const it = await world(open);
    const signed = it.end.answer(it.order, { ...RETAINED, seq: 1 });
    const altered = { ...signed, message: { ...signed.message, until: "2099-01-01" } };
    await expect(acceptAnswer(it.context, JSON.stringify(altered), "https")).rejects.toMatchObject({
      facts: { rule: "not-signed-by-it" },
    });
  });

  test.each([
    "",
    "{}",
    "[]",
    "null",
    "{",
    '{"message":{},"key":"","signature":""}',
    "x".repeat(20_000),
  ])("what is no answer is refused: %s", async (body) => {
    const it = await world(open);
    await expect(acceptAnswer(it.context, body, "https")).rejects.toMatchObject({
      facts: { rule: "unreadable" },
    });
  });

  test("a signed answer that came by mail may be days old", async () => {
    const it = await world(open);
    const body = JSON.stringify(it.end.answer(it.order, { state: "done" }));
    it.clock.set("2026-11-27T12:00:00+09:00");
    await expect(acceptAnswer(it.context, body, "https")).rejects.toMatchObject({
      facts: { rule: "clock" },
    });
    await acceptAnswer(it.context, body, "email");
    expect(await state(it)).toMatchObject({ state: "done" });
  });

  test("the same answer from two doors at once is taken once", async () => {
    const it = await world(open);
    const said = await Promise.all([send(it, { state: "done" }), send(it, { state: "done" })]);
    expect(said.sort()).toEqual(["repeated", "taken"]);
    const [row] = await it.context.db.query<{ leaves: number }>(
      "select count(*) as leaves from audit_leaf where kind = 'processor_answered'",
    );
    expect(row?.leaves).toBe(1);
  });

  test("staff and processor may both answer; what contradicts is refused", async () => {
    const it = await world(open);
    const typed = { order: it.order, by: "이담당", document: "전화" };
    await answerByStaff(it.context, { ...typed, state: "received" });
    expect(await send(it, { state: "done", seq: 1 })).toBe("taken");
    await expect(
      answerByStaff(it.context, { ...typed, state: "held_nothing" }),
    ).rejects.toMatchObject({ facts: { rule: "contradicts" } });
    expect(await state(it)).toMatchObject({ state: "done", answeredBy: "processor" });
  });
});
