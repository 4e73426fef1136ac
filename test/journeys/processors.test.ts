/**
 * Walk S8 of an auditor through the public faces: a new mail sender goes live, gives its work on,
 * is asked for too much, is inspected, ends; its answers come late, twice, forged, for another
 * order, or never. On both databases.
 */
import { afterEach, expect, test } from "vitest";
import { present } from "../../src/base/assert.ts";
import { collect } from "../../src/engine/collection/collect.ts";
import type { EngineContext } from "../../src/engine/jikim.ts";
import { controllerKey } from "../../src/engine/processor/controller-key.ts";
import { exportTo } from "../../src/engine/processor/export-to.ts";
import { CONTRACT_CONTENTS } from "../../src/engine/processor/facts.ts";
import { openOrders } from "../../src/engine/processor/order-row.ts";
import { ordersFor } from "../../src/engine/processor/place-orders.ts";
import { processorRegister } from "../../src/engine/processor/register.ts";
import { runProcessorOrders } from "../../src/engine/processor/run-orders.ts";
import { diffPolicies } from "../../src/policy/diff-policies.ts";
import { runChecks } from "../../src/proof/run-checks.ts";
import { eachDatabase, type OpenEmpty } from "../support/databases.ts";
import { openProcessorEnd, type ProcessorEnd } from "../support/processor-end.ts";
import { payingMember, processorEngine } from "../support/processors.ts";
import { visitor } from "../support/remotemeeting.ts";
import { staffedApp } from "../support/staffed-app.ts";
import { SIGN_UP, SIGN_UP_OPTIONS, testEngine } from "../support/test-engine.ts";

const SENDER = "/console/processors/benchmark";
const CONTRACT = {
  document: "2026-17",
  signed_on: "2026-11-02",
  ...Object.fromEntries(CONTRACT_CONTENTS.map((each) => [`content.${each}`, "yes"])),
};
const MAIL = { processor: "benchmark", work: "marketing_mail", items: ["email"] };

const ends: ProcessorEnd[] = [];
afterEach(async () => {
  await Promise.all(ends.splice(0).map((end) => end.close()));
});

type Engine = Awaited<ReturnType<typeof processorEngine>>;
type Browser = ReturnType<typeof visitor>;

interface World extends Engine {
  readonly officer: Browser;
  readonly stranger: Browser;
  /** Agreed to marketing. */
  readonly subject: string;
  staff(id: string, roles: readonly ("staff" | "officer" | "archive")[]): Promise<Browser>;
}

async function world(open: OpenEmpty): Promise<World> {
  const engine = await processorEngine(await open());
  const { context, compiled } = engine;
  const { app, staff } = staffedApp(context, compiled);
  const officer = await staff("1", ["officer"]);
  const subject = await payingMember(context, ["terms", "marketing"]);
  await payingMember(context); // somebody who did not agree
  return { ...engine, staff, officer, stranger: visitor({ app }), subject };
}

/** Records, tells and begins, as an officer would. */
async function goLive({ officer }: World, carrier: Record<string, string>): Promise<void> {
  await officer.post(SENDER, `${SENDER}/facts`, { ...CONTRACT, ...carrier });
  await officer.post(SENDER, `${SENDER}/tell`, {});
  const answer = await officer.post(SENDER, `${SENDER}/activate`, {});
  expect(answer.headers.get("location")).toBe(`${SENDER}?done=active`);
}

async function missing(context: EngineContext, id = "benchmark"): Promise<readonly string[]> {
  const register = await processorRegister(context);
  return present(
    register.find(({ processor }) => processor.id === id),
    "listed",
  ).missing;
}

async function refused(work: Promise<unknown>): Promise<readonly string[]> {
  const error: unknown = await work.then(
    () => null,
    (each: unknown) => each,
  );
  expect(error).toMatchObject({ code: "ERR_PROCESSOR_REFUSED" });
  const { facts } = error as { facts: { reasons: readonly { rule: string }[] } };
  return [...new Set(facts.reasons.map(({ rule }) => rule))];
}

eachDatabase((_name, open) => {
  test("S8.1 a new mail sender goes live with contract, way and notice, and no sooner", async () => {
    const it = await world(open);
    const { context, officer, subject } = it;
    expect(await missing(context)).toEqual([
      "contract",
      "contract-contents",
      "people-told",
      "carrier",
    ]);
    const early = await officer.post(SENDER, `${SENDER}/activate`, {});
    expect(early.status).toBe(422);
    expect(await early.text()).toContain("아직 빠진 것이 있어 시작하지 않았습니다");
    expect(await refused(exportTo(context, subject, MAIL))).toEqual(["processor-not-active"]);

    const half = { ...CONTRACT, carrier: "email", address: "dpo@mail.example" };
    const wrong = await officer.post(SENDER, `${SENDER}/facts`, { ...half, signed_on: "soon" });
    expect(wrong.status).toBe(422);
    expect(await wrong.text()).toContain("2026-11-23처럼 날을 써 주십시오.");
    expect(await missing(context)).toContain("contract");
    await officer.post(SENDER, `${SENDER}/facts`, half);
    expect(await missing(context)).toEqual(["people-told"]);
    expect((await officer.post(SENDER, `${SENDER}/activate`, {})).status).toBe(422);

    await officer.post(SENDER, `${SENDER}/tell`, {});
    await officer.post(SENDER, `${SENDER}/tell`, {}); // nobody is told twice
    const told = await context.db.query<{ subject: string; facts: string }>(
      `select encode(subject, 'hex') as subject, facts from message where kind = 'processor_told'`,
    );
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({ subject });
    expect(told[0]?.facts).toContain("benchmark");
    const live = await officer.post(SENDER, `${SENDER}/activate`, {});
    expect(live.headers.get("location")).toBe(`${SENDER}?done=active`);
    expect(await officer.text(`${SENDER}?done=active`)).toContain("이제 맡길 수 있습니다");
    const { values } = await exportTo(context, subject, MAIL);
    expect(Object.keys(values)).toEqual(["email"]);
  });

  test("S8.1 where people cannot be told, a notice on the site stands for thirty days first", async () => {
    const { context, officer, clock } = await world(open);
    await officer.post(SENDER, `${SENDER}/facts`, {
      ...CONTRACT,
      carrier: "manual",
      people_posted_on: "2026-11-23",
    });
    clock.set("2026-12-23T23:59:59+09:00");
    expect(await missing(context)).toEqual(["people-told"]);
    clock.set("2026-12-24T00:00:00+09:00");
    expect(await missing(context)).toEqual([]);
  });

  test("S8.2 a sub-processor without our consent stops every export; with it, it is published", async () => {
    const it = await world(open);
    const { context, officer, stranger, subject } = it;
    await goLive(it, { carrier: "manual" });
    const facts = { ...CONTRACT, carrier: "manual", people_told_on: "2026-11-23" };
    const sub = { "sub.0.name": "Example Relay", "sub.0.work": "delivery", "sub.0.country": "IE" };
    const half = await officer.post(SENDER, `${SENDER}/facts`, { "sub.0.name": "Example Relay" });
    expect(half.status).toBe(422);
    await officer.post(SENDER, `${SENDER}/facts`, { ...facts, ...sub });
    expect(await missing(context)).toEqual(["sub-consent"]);
    expect(await refused(exportTo(context, subject, MAIL))).toEqual(["processor-not-active"]);
    expect(await officer.text("/console/processors")).toContain("재위탁 동의");
    expect(await stranger.text("/privacy/processors")).not.toContain("Example Relay");

    const consent = { "sub.0.document": "2026-18", "sub.0.on": "2026-11-20" };
    await officer.post(SENDER, `${SENDER}/facts`, { ...facts, ...sub, ...consent });
    await exportTo(context, subject, MAIL);
    for (const format of ["", "?format=json", "?format=csv"]) {
      expect(await stranger.text(`/privacy/processors${format}`)).toContain("Example Relay");
    }
  });

  test("S8.3 ten items asked where two are needed: none leaves, and the log counts the rules", async () => {
    const it = await world(open);
    const { context, subject } = it;
    await goLive(it, { carrier: "manual" });
    const items =
      "email name phone company_id user_id country company_name card payment_record ip_public";
    expect(await refused(exportTo(context, subject, { ...MAIL, items: items.split(" ") }))).toEqual(
      ["item-not-needed"],
    );
    expect(await context.db.query("select id from processor_export")).toEqual([]);
    const [leaf] = await context.db.query<{ facts: { rules: Record<string, number> } }>(
      "select facts from audit_leaf where kind = 'processor_export_refused'",
    );
    expect(leaf?.facts.rules).toEqual({ "item-not-needed": 8 });
    const unlisted = { ...MAIL, processor: "acme" };
    expect(await refused(exportTo(context, subject, unlisted))).toEqual(["processor-unlisted"]);
  });

  test("S8.4 the end of a contract: a preview, orders to all, one answers, one stays silent and turns red", async () => {
    const it = await world(open);
    const { context, compiled, clock, officer, stranger } = it;
    const end = await openProcessorEnd({
      processor: "benchmark",
      controller: context.plan.policy.id,
      controllerKey: (await controllerKey(context)).publicKey,
      clock,
    });
    ends.push(end);
    end.manner = "later";
    await goLive(it, { carrier: "https", url: end.url, key: end.publicKey });
    await exportTo(context, it.subject, MAIL);
    const second = await collect(
      context,
      "sign_up",
      { ...SIGN_UP, user_id: "lee-test" },
      {
        ...SIGN_UP_OPTIONS,
        consents: ["terms", "marketing"],
      },
    );
    await exportTo(context, second, MAIL);

    expect(await officer.text(SENDER)).toMatch(/<b class="figure">2<\/b>명/);
    const untold = await officer.post(SENDER, `${SENDER}/end`, {});
    expect(untold.status).toBe(422);
    expect(await openOrders(context.db)).toEqual([]);
    await officer.post(SENDER, `${SENDER}/end`, { confirm: "yes" });
    await runProcessorOrders(context);
    const orders = await openOrders(context.db);
    expect(orders.map(({ reason, state }) => [reason, state])).toEqual([
      ["contract_end", "sent"],
      ["contract_end", "sent"],
    ]);
    expect(await stranger.text("/privacy/processors")).toContain("위탁이 끝났습니다");
    expect(await refused(exportTo(context, second, MAIL))).toEqual(["processor-not-active"]);

    const [first = "", silent = ""] = orders.map(({ id }) => id);
    const send = async (order: string, manner: ProcessorEnd["manner"], seq = 1) => {
      end.manner = manner;
      const body = JSON.stringify(end.answer(order, { state: "done", seq }));
      const headers = { "content-type": "application/json" };
      const path = "/processor/answers";
      const answer = await stranger.send(path, { method: "POST", headers, body });
      return [answer.status, (await answer.json()) as unknown];
    };
    expect(await send(first, "wrong-key")).toEqual([401, { code: "not-signed-by-it" }]);
    expect(await send(first, "other-order")).toEqual([404, { code: "order-unknown" }]);
    expect(await send(first, "old-clock")).toEqual([409, { code: "clock" }]);
    expect(await send(first, "good")).toEqual([200, { state: "done", repeated: false }]);
    expect(await send(first, "good")).toEqual([200, { state: "done", repeated: true }]);

    const until = async () =>
      (await runChecks({ compiled, db: context.db, clock })).find(
        ({ key }) => key === "processor/until",
      );
    end.manner = "never";
    clock.set("2026-11-28T12:00:00+09:00");
    await runProcessorOrders(context);
    expect(await until()).toMatchObject({ status: "kept" });
    clock.set("2026-11-29T00:00:00+09:00");
    expect(await runProcessorOrders(context)).toMatchObject({ late: 1 });
    expect(await until()).toMatchObject({ status: "broken", violations: 1 });
    const red = await (await it.staff("2", ["staff"])).text("/console/processors");
    expect(red).toContain('<tr class="late">');
    expect(red).toContain(silent);
    expect(await send(silent, "good")).toEqual([200, { state: "done", repeated: false }]);
    expect(await until()).toMatchObject({ status: "kept" });

    const { benchmark: _, ...rest } = compiled.policy.processors;
    const change = diffPolicies(compiled.policy, { ...compiled.policy, processors: rest });
    expect(change.class).not.toBe("none");
    expect(change.earliestEffective("2026-11-23") >= "2026-11-30").toBe(true);
  });

  test("S8.5 what the text of 2021 leaves open about transfers abroad stays an open finding", async () => {
    const db = await open();
    const { context, compiled } = await testEngine(db);
    const { app, staff } = staffedApp(context, compiled);
    const abroad = ["aws", "epsilon", "paypal", "alipay", "benchmark"];
    for (const id of abroad) {
      expect(await missing(context, id)).toEqual(
        expect.arrayContaining(["country", "contact-abroad", "overseas-disclosure"]),
      );
    }
    const html = await visitor({ app }).text("/privacy/processors");
    const section = html.slice(html.indexOf('id="abroad"'));
    expect(section.match(/확인 필요/g)?.length).toBeGreaterThanOrEqual(4 * abroad.length);
    const officer = await staff("1", ["officer"]);
    const activate = await officer.post(SENDER, `${SENDER}/activate`, {});
    expect(activate.status).toBe(422);
  });

  test("S8.6 a year without inspection or training is red; each is kept with day, document and staff", async () => {
    const it = await world(open);
    const { clock, officer } = it;
    await goLive(it, { carrier: "manual" });
    expect(await officer.text("/console/processors")).not.toContain("때가 지남");
    clock.set("2027-11-23T12:00:00+09:00");
    const staff = await it.staff("2", ["staff"]);
    expect(await staff.text("/console/processors")).not.toContain("때가 지남");
    clock.set("2027-11-24T00:00:00+09:00");
    const later = await it.staff("3", ["staff"]);
    const red = await later.text("/console/processors");
    expect(red).toContain("점검 때가 지남");
    expect(red).toContain("교육 때가 지남");
    const held = { kind: "inspection", held_on: "2027-11-24", held_document: "점검 2027-1" };
    const wrong = { ...held, held_on: "2027-11-25" };
    expect((await later.post(SENDER, `${SENDER}/supervise`, wrong)).status).toBe(422);
    expect((await later.post(SENDER, `${SENDER}/supervise`, held)).status).toBe(303);
    const page = await later.text(SENDER);
    expect(page).toContain("점검 2027-1");
    expect(page).toContain("담당자 3");
    const now = await later.text("/console/processors");
    expect(now).not.toContain("점검 때가 지남");
    expect(now).toContain("교육 때가 지남");
  });

  test("by mail without a mailer the letter waits for staff, who send it and type the answer in", async () => {
    const it = await world(open);
    const { context, subject, clock } = it;
    await goLive(it, { carrier: "email", address: "dpo@mail.example" });
    await exportTo(context, subject, MAIL);
    const asked = { kind: "erase", reason: "withdrawal" } as const;
    const [id = ""] = await ordersFor(context, subject, asked);
    expect(await runProcessorOrders(context)).toMatchObject({
      sent: 0,
      faults: { "no-mailer": 1 },
    });
    const staff = await it.staff("2", ["staff"]);
    const path = `/console/orders/${id}`;
    const letter = await staff.text(path);
    expect(letter).toContain("dpo@mail.example 주소로 보내 주십시오");
    expect(letter).toContain(id);
    expect(letter).not.toContain(subject);
    expect((await staff.post(path, `${path}/handed`, {})).status).toBe(303);
    clock.set("2026-11-24T12:00:00+09:00");
    const worker = await it.staff("4", ["staff"]);
    expect(await worker.text(path)).not.toContain("보냈다고 기록</button>");
    expect(await runProcessorOrders(context)).toMatchObject({ sent: 0, faults: {} });
    const half = { state: "retained_own_duty", document: "회신 31" };
    expect((await worker.post(path, `${path}/answer`, half)).status).toBe(422);
    const whole = { state: "done", document: "회신 31" };
    expect((await worker.post(path, `${path}/answer`, whole)).status).toBe(303);
    expect(await openOrders(context.db)).toEqual([]);
    const against = { state: "received", document: "회신 32" };
    expect(
      (await worker.post("/console/processors/benchmark", `${path}/answer`, against)).status,
    ).toBe(422);
    const stored = JSON.stringify(await context.db.query("select * from processor_order"));
    expect(stored).not.toContain("회신");
  });

  test("the letter of a correction holds values: it is shown for a reason, and the access log has it", async () => {
    const it = await world(open);
    const { context, subject } = it;
    await goLive(it, { carrier: "manual" });
    await exportTo(context, subject, MAIL);
    const [id = ""] = await ordersFor(context, subject, {
      kind: "correct",
      reason: "request",
      items: ["email"],
      request: "ab".repeat(16),
    });
    const staff = await it.staff("2", ["staff"]);
    const path = `/console/orders/${id}`;
    expect(await staff.text(path)).not.toContain("Kim.Test@Example.org");
    expect((await staff.post(path, `${path}/letter`, { reason: " " })).status).toBe(422);
    const shown = await staff.post(path, `${path}/letter`, { reason: "to send it" });
    expect(await shown.text()).toContain("Kim.Test@Example.org");
    const looks = await context.db.query("select staff from access_log");
    expect(looks).toEqual([{ staff: "2" }]);
  });

  test("staff without the officer’s role, and strangers, begin and end nothing", async () => {
    const it = await world(open);
    await goLive(it, { carrier: "manual" });
    const staff = await it.staff("2", ["staff"]);
    expect(await staff.text(SENDER)).not.toContain("/benchmark/end");
    for (const act of ["facts", "activate", "end", "tell"]) {
      const answer = await staff.post(SENDER, `${SENDER}/${act}`, { confirm: "yes" });
      expect(answer.status, act).toBe(403);
      const stranger = await it.stranger.post("/console/sign-in", `${SENDER}/${act}`, {
        confirm: "yes",
      });
      expect(stranger.status, act).toBe(403);
    }
    const register = await processorRegister(it.context);
    expect(register.find(({ processor }) => processor.id === "benchmark")?.state).toBe("active");
    for (const path of ["/console/orders/12", `/console/orders/${"0".repeat(32)}`]) {
      expect((await staff.get(path)).status).toBe(404);
    }
    expect((await staff.get("/console/processors/acme")).status).toBe(404);
  });
});
