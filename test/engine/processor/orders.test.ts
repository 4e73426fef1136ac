/** Orders from the first asking to the last answer, over loopback, by mail and by hand. */
import { afterEach, expect, test } from "vitest";
import { present } from "../../../src/base/assert.ts";
import { withdrawConsent } from "../../../src/engine/consent/consent.ts";
import type { EngineContext } from "../../../src/engine/jikim.ts";
import { acceptAnswer, answerByStaff } from "../../../src/engine/processor/accept-answer.ts";
import { controllerKey } from "../../../src/engine/processor/controller-key.ts";
import { exportTo } from "../../../src/engine/processor/export-to.ts";
import { postOrder } from "../../../src/engine/processor/https-carrier.ts";
import type { OrderLetter } from "../../../src/engine/processor/order-letter.ts";
import { openOrders, type Order, settledOrders } from "../../../src/engine/processor/order-row.ts";
import { endProcessor } from "../../../src/engine/processor/owed-orders.ts";
import { ordersFor } from "../../../src/engine/processor/place-orders.ts";
import { backOffMs, runProcessorOrders } from "../../../src/engine/processor/run-orders.ts";
import { recordEvent } from "../../../src/engine/retention/record-event.ts";
import { keep } from "../../../src/engine/retention/sweep.ts";
import { countRows, eachDatabase, type OpenEmpty } from "../../support/databases.ts";
import { openProcessorEnd, type ProcessorEnd } from "../../support/processor-end.ts";
import { activate, payingMember, processorEngine } from "../../support/processors.ts";
import type { TestClock } from "../../support/test-engine.ts";

interface World {
  readonly context: EngineContext;
  readonly clock: TestClock;
  readonly end: ProcessorEnd;
  readonly subject: string;
  readonly reference: string;
}

const ends: ProcessorEnd[] = [];
afterEach(async () => {
  await Promise.all(ends.splice(0).map((end) => end.close()));
});

const HOUR = 3_600_000;
const PAYMENT = { processor: "kcp", work: "payment", items: ["card", "payment_record"] };

/** A processor that answers over HTTPS and one member whose card it holds. */
async function world(open: OpenEmpty): Promise<World> {
  const { context, clock } = await processorEngine(await open());
  const end = await openProcessorEnd({
    processor: "kcp",
    controller: context.plan.policy.id,
    controllerKey: (await controllerKey(context)).publicKey,
    clock,
  });
  ends.push(end);
  await activate(context, "kcp", { kind: "https", url: end.url, key: end.publicKey });
  const subject = await payingMember(context);
  const reference = await give(context, end, subject);
  return { context, clock, end, subject, reference };
}

async function give(context: EngineContext, end: ProcessorEnd, subject: string): Promise<string> {
  const { reference, values } = await exportTo(context, subject, PAYMENT);
  end.held.set(reference, new Map(Object.entries(values)));
  return reference;
}

async function theOrder(context: EngineContext): Promise<Order> {
  const all = [...(await openOrders(context.db)), ...(await settledOrders(context.db))];
  expect(all).toHaveLength(1);
  return present(all[0], "one order");
}

const withdraw = ({ context, subject }: World): Promise<readonly string[]> =>
  ordersFor(context, subject, { kind: "erase", reason: "withdrawal" });

eachDatabase((_name, open) => {
  test("withdrawal: the order goes out, the processor erases and says so", async () => {
    const it = await world(open);
    const [id] = await withdraw(it);
    expect(await runProcessorOrders(it.context)).toEqual({
      placed: 0,
      sent: 1,
      faults: {},
      late: 0,
      forgotten: 0,
    });
    expect(await theOrder(it.context)).toMatchObject({
      id,
      state: "done",
      dueOn: "2026-11-28",
      attempts: 1,
      answeredBy: "processor",
      nextAt: null,
    });
    expect(it.end.held.size).toBe(0);
    expect(it.end.orders[0]).toMatchObject({ reference: it.reference, kind: "erase" });
    expect(JSON.stringify(it.end.orders)).not.toContain(it.subject);
  });

  test("asked for twice, at once and again later: one order", async () => {
    const it = await world(open);
    await Promise.all([withdraw(it), withdraw(it)]);
    expect(await withdraw(it)).toEqual([]);
    await runProcessorOrders(it.context);
    expect(await withdraw(it)).toEqual([]);
    await theOrder(it.context);
    await give(it.context, it.end, it.subject); // a new export is a new holding
    expect(await withdraw(it)).toHaveLength(1);
  });

  test("nothing held by anyone, or nobody of that name: no order", async () => {
    const it = await world(open);
    expect(
      await ordersFor(it.context, "00".repeat(8), {
        kind: "erase",
        reason: "withdrawal",
      }),
    ).toEqual([]);
    await expect(
      ordersFor(it.context, "nobody", { kind: "erase", reason: "withdrawal" }),
    ).rejects.toMatchObject({ code: "ERR_SUBJECT_UNKNOWN" });
  });

  test("a statute of the processor's own: retained until a day, and asked again after it", async () => {
    const it = await world(open);
    it.end.bound.add(it.reference);
    await withdraw(it);
    await runProcessorOrders(it.context);
    const first = await theOrder(it.context);
    expect(first).toMatchObject({ state: "retained_own_duty", retainedUntil: "2031-11-23" });
    it.end.bound.clear();
    it.clock.set("2031-11-23T12:00:00+09:00");
    expect(await runProcessorOrders(it.context)).toMatchObject({ placed: 0, sent: 0 });
    it.clock.set("2031-11-24T00:00:00+09:00");
    expect(await runProcessorOrders(it.context)).toMatchObject({ placed: 1, sent: 1 });
    const [second] = await settledOrders(it.context.db);
    expect(second).toMatchObject({ state: "done", reason: "retention_ended" });
    expect(await runProcessorOrders(it.context)).toMatchObject({ placed: 0, sent: 0 });
    expect(it.end.held.size).toBe(0);
  });

  test.each([
    ["never", null],
    ["fails", "failed"],
    ["refuses", "refused"],
    ["redirects", "redirected"],
    ["too-large", "answer-too-large"],
    ["hangs", "too-slow"],
    ["wrong-key", "answer-not-signed-by-it"],
    ["other-order", "answer-order-unknown"],
    ["old-clock", "answer-clock"],
  ] as const)(
    "an end that %s loses nothing: it is asked again, and once is enough",
    async (manner, fault) => {
      const it = await world(open);
      it.end.manner = manner;
      await withdraw(it);
      await runProcessorOrders(it.context, { timeoutMs: 150 });
      const order = await theOrder(it.context);
      expect(order).toMatchObject({ attempts: 1, answeredAt: null });
      if (manner !== "other-order") expect(order.lastFault).toBe(fault);
      expect(order.nextAt).toBe(it.clock.now() + backOffMs(1));
      it.end.manner = "good";
      expect(await runProcessorOrders(it.context)).toMatchObject({ sent: 0 }); // not due yet
      it.clock.set(it.clock.now() + backOffMs(1));
      await runProcessorOrders(it.context);
      expect(await theOrder(it.context)).toMatchObject({ state: "done", lastFault: null });
      expect(it.end.acts).toEqual(["erase"]);
    },
  );

  test("silence: pauses grow, the last day passes, the order is red until it is answered", async () => {
    const it = await world(open);
    it.end.manner = "never";
    await withdraw(it);
    const pauses: number[] = [];
    for (let at = 0; at < 8; at += 1) {
      await runProcessorOrders(it.context);
      const { nextAt } = await theOrder(it.context);
      pauses.push((present(nextAt, "still open") - it.clock.now()) / 60_000);
      it.clock.set(present(nextAt, "still open"));
    }
    expect(pauses).toEqual([5, 15, 60, 240, 720, 1380, 1380, 1380]);
    it.clock.set("2026-11-28T23:59:59+09:00");
    expect(await runProcessorOrders(it.context)).toMatchObject({ late: 0 });
    it.clock.set("2026-11-29T00:00:00+09:00");
    expect(await runProcessorOrders(it.context)).toMatchObject({ late: 1 });
    expect(await runProcessorOrders(it.context)).toMatchObject({ late: 0 });
    expect((await openOrders(it.context.db))[0]?.escalatedAt).toBe(it.clock.now());
    const late = it.end.answer(present(it.end.orders[0], "it came").order);
    await acceptAnswer(it.context, JSON.stringify(late), "https");
    expect(await theOrder(it.context)).toMatchObject({ state: "done", nextAt: null });
  });

  test("an end that is down is left alone after three faults in a row", async () => {
    const it = await world(open);
    for (let at = 0; at < 5; at += 1) {
      const subject = await payingMember(it.context);
      await give(it.context, it.end, subject);
    }
    await endProcessor(it.context, "kcp");
    it.end.manner = "fails";
    expect(await runProcessorOrders(it.context)).toMatchObject({ sent: 0, faults: { failed: 3 } });
    it.end.manner = "good";
    it.clock.set(it.clock.now() + HOUR);
    expect(await runProcessorOrders(it.context)).toMatchObject({ sent: 6 });
    expect(it.end.held.size).toBe(0);
  });

  test("the end of the contract: an order for everyone, in batches, once", async () => {
    const it = await world(open);
    const people = 230; // more than a batch holds
    for (let at = 0; at < people; at += 1) await fakeExport(it.context, at);
    expect(await endProcessor(it.context, "kcp")).toBe(people + 1);
    expect(await endProcessor(it.context, "kcp")).toBe(0);
    const [row] = await it.context.db.query<{ orders: number; subjects: number }>(
      `select count(*) as orders, count(distinct subject) as subjects from processor_order
        where reason = 'contract_end'`,
    );
    expect(row).toEqual({ orders: people + 1, subjects: people + 1 });
    await expect(endProcessor(it.context, "kftc")).rejects.toMatchObject({
      code: "ERR_PROCESSOR_REFUSED",
    });
  });

  test("an end that a crash cut short is finished by the next run", async () => {
    const it = await world(open);
    // The state was written; the process died before the first order.
    await it.context.db.query("update processor_state set state = 'ended', ended_at = now()");
    expect(await runProcessorOrders(it.context)).toMatchObject({ placed: 1, sent: 1 });
    expect(await theOrder(it.context)).toMatchObject({ reason: "contract_end", state: "done" });
  });

  test.each([
    ["a withdrawal nobody told it of", "withdrawal"],
    ["a consent that was withdrawn", "consent_withdrawn"],
    ["records that have all ended", "records_ended"],
  ])("%s is found by the daily run", async (_what, reason) => {
    const { context } = await processorEngine(await open());
    await activate(context, "benchmark");
    const subject = await payingMember(context, ["terms", "marketing"]);
    const asked = { processor: "benchmark", work: "marketing_mail", items: ["email"] };
    await exportTo(context, subject, asked);
    expect(await runProcessorOrders(context)).toMatchObject({ placed: 0 });
    if (reason === "consent_withdrawn") {
      const act = { lang: "ko", shown: ["거두기"], method: "site" };
      await withdrawConsent(context, subject, "marketing", act);
    } else {
      await recordEvent(context, { subject, event: "withdrawal", day: "2026-11-23" });
      await keep(context);
    }
    if (reason === "records_ended") {
      await context.db.query("update processor_export set until_withdrawal = false"); // a guest's
      for (const table of ["lookup", "record_event", "record"] as const) {
        await context.db.query(`delete from ${table}`);
      }
    }
    expect(await runProcessorOrders(context)).toMatchObject({ placed: 1 });
    expect(await runProcessorOrders(context)).toMatchObject({ placed: 0 });
    expect(await theOrder(context)).toMatchObject({ reason, kind: "erase", items: ["email"] });
  });

  test("a correction carries the value of the moment, and none lies in the store", async () => {
    const it = await world(open);
    await exportTo(it.context, it.subject, {
      processor: "kcp",
      work: "identity_check",
      items: ["name"],
    });
    const asked = { kind: "correct", reason: "request", items: ["name"], request: "ab".repeat(16) };
    const correct = asked as Parameters<typeof ordersFor>[2];
    expect(await ordersFor(it.context, it.subject, correct)).toHaveLength(1);
    expect(await ordersFor(it.context, it.subject, correct)).toEqual([]);
    await runProcessorOrders(it.context);
    expect(it.end.orders[0]).toMatchObject({ kind: "correct", values: { name: "김시험" } });
    expect(it.end.held.get(it.reference)?.get("name")).toBe("김시험");
    const rows = await it.context.db.query("select * from processor_order");
    expect(JSON.stringify(rows)).not.toContain("김시험");
    await expect(
      ordersFor(it.context, it.subject, { kind: "restrict", reason: "request" }),
    ).rejects.toMatchObject({ code: "ERR_USAGE" });
  });

  test("a correction whose value has gone is somebody's work at once", async () => {
    const it = await world(open);
    await ordersFor(it.context, it.subject, {
      kind: "correct",
      reason: "request",
      items: ["card"],
      request: "cd".repeat(16),
    });
    for (const table of ["lookup", "record_event", "record"] as const) {
      await it.context.db.query(`delete from ${table}`);
    }
    await runProcessorOrders(it.context);
    const order = (await openOrders(it.context.db)).find(({ kind }) => kind === "correct");
    expect(order).toMatchObject({ lastFault: "values-gone", escalatedAt: it.clock.now() });
  });

  test("two runs at once send an order once", async () => {
    const it = await world(open);
    await withdraw(it);
    const runs = await Promise.all([
      runProcessorOrders(it.context),
      runProcessorOrders(it.context),
    ]);
    expect(runs.reduce((sum, { sent }) => sum + sent, 0)).toBe(1);
    expect(it.end.orders).toHaveLength(1);
  });

  test("by mail the order is a letter with the signed order in it; staff types the answer", async () => {
    const it = await world(open);
    await activate(it.context, "kcp", { kind: "email", address: "dpo@pay.example", key: null });
    const [id = ""] = await withdraw(it);
    expect(await runProcessorOrders(it.context)).toMatchObject({ faults: { "no-mailer": 1 } });
    it.clock.set(it.clock.now() + HOUR);
    const letters: OrderLetter[] = [];
    const mail = async (letter: OrderLetter): Promise<void> => void letters.push(letter);
    expect(await runProcessorOrders(it.context, { mail })).toMatchObject({ sent: 1 });
    expect(letters[0]?.to).toBe("dpo@pay.example");
    expect(letters[0]?.text).toContain("2026-11-28");
    expect(letters[0]?.text).toContain(`"reference":"${it.reference}"`);
    const answer = { order: id, state: "done", by: "이담당", document: "회신 2026-31" } as const;
    expect(await answerByStaff(it.context, answer)).toMatchObject({ repeated: false });
    expect(await answerByStaff(it.context, answer)).toMatchObject({ repeated: true });
    expect(await theOrder(it.context)).toMatchObject({ state: "done", answeredBy: "staff" });
    const everything = JSON.stringify([
      await it.context.db.query("select facts from audit_leaf"),
      await it.context.db.query("select state, last_fault, reason from processor_order"),
    ]);
    expect(everything).not.toContain("이담당");
  });

  test.each([
    [{ by: " " }],
    [{ document: "" }],
    [{ document: "x".repeat(201) }],
    [{ order: "12" }],
    [{ state: "retained_own_duty" }],
    [{ until: "2031-01-01", basis: "x" }],
    [{ state: "retained_own_duty", basis: "x", until: "2031-02-30" }],
  ])("an answer typed in half is refused: %j", async (change) => {
    const it = await world(open);
    const [order = ""] = await withdraw(it);
    const whole = { order, state: "done" as const, by: "이담당", document: "회신 31" };
    await expect(
      answerByStaff(it.context, { ...whole, ...change } as typeof whole),
    ).rejects.toMatchObject({ code: "ERR_USAGE" });
    expect(await theOrder(it.context)).toMatchObject({ state: "queued" });
  });

  test("evidence ends three years after the last answer, and not before", async () => {
    const it = await world(open);
    await recordEvent(it.context, { subject: it.subject, event: "withdrawal", day: "2026-11-23" });
    for (const table of ["lookup", "record_event", "record"] as const) {
      await it.context.db.query(`delete from ${table}`);
    }
    await runProcessorOrders(it.context);
    await theOrder(it.context);
    it.clock.set("2029-11-23T23:59:59+09:00");
    expect(await runProcessorOrders(it.context)).toMatchObject({ forgotten: 0 });
    it.clock.set("2029-11-24T00:00:00+09:00");
    expect(await runProcessorOrders(it.context)).toMatchObject({ forgotten: 1 });
    expect(await countRows(it.context.db)).toMatchObject({
      processor_order: 0,
      processor_export: 0,
      processor_reference: 0,
    });
  });

  test("an order stays red and open while its processor changes its carrier", async () => {
    const it = await world(open);
    await withdraw(it);
    it.end.manner = "never";
    await runProcessorOrders(it.context);
    await activate(it.context, "kcp", { kind: "manual" });
    it.clock.set("2026-11-30T00:00:00+09:00");
    expect(await runProcessorOrders(it.context)).toMatchObject({
      late: 1,
      faults: { "by-hand": 1 },
    });
  });
});

test.each([
  "http://pay.example/orders",
  "https://u:p@pay.example/",
  "ftp://pay.example",
  "nonsense",
])("nothing is sent to %s", async (url) => {
  expect(await postOrder(url, "{}")).toEqual({ fault: "address-refused" });
});

test("an end nobody listens at is a fault, not an error", async () => {
  expect(await postOrder("http://127.0.0.1:1/", "{}")).toEqual({ fault: "unreachable" });
});

/** An export without its person: the ledger row and the reference. */
async function fakeExport(context: EngineContext, at: number): Promise<void> {
  const subject = Buffer.alloc(8);
  subject.writeUInt32BE(at + 1, 4);
  const id = context.random.bytes(16);
  await context.db.query(
    `insert into processor_export (subject, id, processor, work, items, at, policy_hash, until_withdrawal)
     values ($1, $2, 'kcp', 'payment', '{card}', now(), $3, true)`,
    [new Uint8Array(subject), id, context.plan.hash],
  );
}
