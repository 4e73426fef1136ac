/** Every promise about processors is shown a planted violation and has to turn red. */
import { expect, test } from "vitest";
import { present } from "../../src/base/assert.ts";
import type { Compiled } from "../../src/compiler/compile.ts";
import type { EngineContext } from "../../src/engine/jikim.ts";
import { exportTo } from "../../src/engine/processor/export-to.ts";
import { ordersFor } from "../../src/engine/processor/place-orders.ts";
import { runProcessorOrders } from "../../src/engine/processor/run-orders.ts";
import { recordEvent } from "../../src/engine/retention/record-event.ts";
import { keep } from "../../src/engine/retention/sweep.ts";
import { type ProofContext, runChecks } from "../../src/proof/run-checks.ts";
import type { Verdict } from "../../src/proof/verdict.ts";
import { eachDatabase, type OpenEmpty } from "../support/databases.ts";
import { activate, payingMember, processorEngine } from "../support/processors.ts";
import type { TestClock } from "../support/test-engine.ts";

interface World {
  readonly context: EngineContext;
  readonly compiled: Compiled;
  readonly clock: TestClock;
  readonly proof: ProofContext;
  readonly subject: string;
}

/** A member who pays and gets mail; the payment agent and the mail sender hold what they need. */
async function world(open: OpenEmpty): Promise<World> {
  const { context, compiled, clock } = await processorEngine(await open());
  await activate(context, "kcp");
  await activate(context, "benchmark");
  const subject = await payingMember(context, ["terms", "marketing"]);
  await exportTo(context, subject, { processor: "kcp", work: "payment", items: ["card"] });
  await exportTo(context, subject, {
    processor: "benchmark",
    work: "marketing_mail",
    items: ["email"],
  });
  return { context, compiled, clock, subject, proof: { compiled, db: context.db, clock } };
}

async function verdictOf(proof: ProofContext, key: string): Promise<Verdict> {
  const verdict = (await runChecks(proof)).find((each) => each.key === key);
  return present(verdict, `there is a promise ${key}`);
}

/** Promise → violations planted in the ledger. */
const LEDGER: readonly (readonly [key: string, statement: string])[] = [
  ["processor/closed_list", "update processor_export set processor = 'acme'"],
  ["processor/closed_list", "update processor_export set policy_hash = 'none'"],
  [
    "processor/work/payment",
    "update processor_export set work = 'marketing_mail' where processor = 'kcp'",
  ],
  [
    "processor/work_with_consent/marketing_mail",
    "update processor_export set work = 'payment' where processor = 'benchmark'",
  ],
  ["processor/work_with_consent/marketing_mail", "delete from consent where consent = 'marketing'"],
  [
    "processor/work_with_consent/marketing_mail",
    "update consent set at = at + interval '1 minute' where consent = 'marketing'",
  ],
  [
    "processor/needed_items",
    "update processor_export set items = array_append(items, 'phone') where work = 'payment'",
  ],
  ["processor/until", "update processor_state set state = 'ended', ended_at = now()"],
  ["processor/until", "delete from record_event; update record set expires_on = '2099-01-01'"],
];

/** Plans wider than their document. */
const WIDER: readonly (readonly [key: string, change: (compiled: Compiled) => Compiled])[] = [
  ["processor/closed_list", (compiled) => withProcessor(compiled, "-")],
  ["processor/work/payment", (compiled) => withWorks(compiled, "kcp", ["hosting"])],
  ["processor/needed_items", (compiled) => withNeeds(compiled, "payment", [])],
  [
    "processor/work_with_consent/marketing_mail",
    (compiled) => withWorks(compiled, "benchmark", ["hosting"]),
  ],
];

eachDatabase((_name, open) => {
  test("what was exported by the rules keeps every promise", async () => {
    const { proof } = await world(open);
    const verdicts = (await runChecks(proof)).filter(({ key }) => key.startsWith("processor/"));
    expect(verdicts.map(({ key, status }) => [key, status])).toEqual([
      ["processor/closed_list", "kept"],
      ["processor/work/payment", "kept"],
      ["processor/work/debt_collection", "kept"],
      ["processor/work/hosting", "kept"],
      ["processor/work_with_consent/marketing_mail", "kept"],
      ["processor/until", "not_applicable"],
      ["processor/needed_items", "kept"],
    ]);
  });

  test.each(LEDGER)("%s turns red by: %s", async (key, statement) => {
    const { proof, context } = await world(open);
    for (const part of statement.split("; ")) await context.db.query(part);
    expect(await verdictOf(proof, key)).toMatchObject({ status: "broken" });
  });

  test.each(WIDER)("a plan wider than the document breaks %s", async (key, change) => {
    const { proof, compiled } = await world(open);
    const verdict = await verdictOf({ ...proof, compiled: change(compiled) }, key);
    expect(verdict.status).toBe("broken");
  });

  test("a consent withdrawn after the export does not make the export wrong", async () => {
    const { proof, context, clock, subject } = await world(open);
    clock.set("2026-11-23T13:00:00+09:00");
    await context.db.query(
      `insert into consent (subject, id, consent, given, at, policy_hash, lang, shown_hash, method)
       select subject, decode(repeat('ab', 16), 'hex'), consent, false, at + interval '1 hour',
              policy_hash, lang, shown_hash, method
         from consent where consent = 'marketing'`,
    );
    expect(subject).toMatch(/^[0-9a-f]{16}$/);
    const key = "processor/work_with_consent/marketing_mail";
    expect(await verdictOf(proof, key)).toMatchObject({ status: "kept" });
  });

  test("after a withdrawal: red without orders, kept with them, red past the last day", async () => {
    const { proof, context, clock, subject } = await world(open);
    await recordEvent(context, { subject, event: "withdrawal", day: "2026-11-23" });
    await keep(context);
    expect(await verdictOf(proof, "processor/until")).toMatchObject({
      status: "broken",
      violations: 2,
    });
    await ordersFor(context, subject, { kind: "erase", reason: "withdrawal" });
    expect(await verdictOf(proof, "processor/until")).toMatchObject({ status: "kept" });
    clock.set("2026-11-28T23:59:59+09:00");
    await runProcessorOrders(context);
    expect(await verdictOf(proof, "processor/until")).toMatchObject({ status: "kept" });
    clock.set("2026-11-29T00:00:00+09:00");
    expect(await verdictOf(proof, "processor/until")).toMatchObject({
      status: "broken",
      violations: 2,
    });
  });
});

/** The plan has a processor more than the document. */
function withProcessor(compiled: Compiled, id: string): Compiled {
  const { plan } = compiled;
  const known = present(plan.processors.get("kcp"), "a processor of the policy");
  const processor = { ...known.processor, id, work: Object.keys(plan.policy.works) };
  const processors = new Map([...plan.processors, [id, { ...known, processor }]]);
  return { ...compiled, plan: { ...plan, processors } };
}

/** The document says that a work needs less than the plan allows. */
function withNeeds(compiled: Compiled, id: string, items: readonly string[]): Compiled {
  const { policy } = compiled;
  const work = present(policy.works[id], "a work of the policy");
  return {
    ...compiled,
    policy: { ...policy, works: { ...policy.works, [id]: { ...work, items } } },
  };
}

/** The document loses works that the plan still allows. */
function withWorks(compiled: Compiled, id: string, more: readonly string[]): Compiled {
  const { plan } = compiled;
  const known = present(plan.processors.get(id), "a processor of the policy");
  const wider = { ...known.processor, work: [...known.processor.work, ...more] };
  const processors = new Map([...plan.processors, [id, { ...known, processor: wider }]]);
  return { ...compiled, plan: { ...plan, processors } };
}
