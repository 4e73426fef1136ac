/** Who may receive what: the closed list, asked with everything it must refuse. */
import { expect, test } from "vitest";
import { keep } from "../../../src/engine/retention/sweep.ts";
import { withdrawConsent } from "../../../src/engine/consent/consent.ts";
import type { EngineContext } from "../../../src/engine/jikim.ts";
import { exportTo } from "../../../src/engine/processor/export-to.ts";
import { endProcessor } from "../../../src/engine/processor/owed-orders.ts";
import {
  activateProcessor,
  processorRegister,
  recordFacts,
} from "../../../src/engine/processor/register.ts";
import { recordEvent } from "../../../src/engine/retention/record-event.ts";
import { hex } from "../../../src/store/column-value.ts";
import { countRows, eachDatabase } from "../../support/databases.ts";
import { activate, FACTS, payingMember, processorEngine } from "../../support/processors.ts";
import { testEngine } from "../../support/test-engine.ts";

async function refused(work: Promise<unknown>): Promise<readonly string[]> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({ code: "ERR_PROCESSOR_REFUSED" });
  const { facts } = error as { facts: { reasons: readonly { rule: string }[] } };
  return facts.reasons.map(({ rule }) => rule);
}

async function leaves(context: EngineContext, kind: string): Promise<readonly object[]> {
  const rows = await context.db.query<{ facts: object }>(
    "select facts from audit_leaf where kind = $1 order by seq",
    [kind],
  );
  return rows.map(({ facts }) => facts);
}

eachDatabase((_name, open) => {
  test("an export gives the values under a reference, and the ledger has names alone", async () => {
    const { context } = await processorEngine(await open());
    await activate(context, "kcp");
    const subject = await payingMember(context);
    const asked = { processor: "kcp", work: "payment", items: ["card", "payment_record"] };
    const first = await exportTo(context, subject, asked);
    expect(first.values).toEqual({
      card: "tok_test-4242",
      payment_record: "2026-11-23 33000 KRW",
    });
    expect(first.reference).toMatch(/^[0-9a-f]{32}$/);
    expect(first.reference).not.toContain(subject);
    const second = await exportTo(context, subject, asked);
    expect(second.reference).toBe(first.reference);
    const rows = await context.db.query<Record<string, unknown>>(
      "select * from processor_export order by seq",
    );
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatchObject({ processor: "kcp", work: "payment" });
    expect(JSON.stringify(rows)).not.toContain("tok_test");
    const [kept] = await context.db.query<{ sealed: Uint8Array }>(
      "select sealed from processor_reference",
    );
    expect(hex(kept?.sealed ?? new Uint8Array())).not.toContain(first.reference);
    expect(await leaves(context, "processor_exported")).toHaveLength(2);
  });

  test("two processors know the same person by different names", async () => {
    const { context } = await processorEngine(await open());
    await activate(context, "kcp");
    await activate(context, "kftc");
    const subject = await payingMember(context);
    const asked = { work: "payment", items: ["card"] };
    const one = await exportTo(context, subject, { ...asked, processor: "kcp" });
    const two = await exportTo(context, subject, { ...asked, processor: "kftc" });
    expect(one.reference).not.toBe(two.reference);
  });

  test.each([
    ["an unlisted recipient", { processor: "acme" }, ["processor-unlisted"]],
    ["an inherited name", { processor: "constructor" }, ["processor-unlisted"]],
    ["an undeclared work", { work: "profiling" }, ["work-undeclared"]],
    ["a work of another", { work: "marketing_mail" }, ["work-not-given-to-it", "item-not-needed"]],
    ["an item the work does not need", { items: ["card", "email"] }, ["item-not-needed"]],
    ["an item nobody declared", { items: ["shoe_size"] }, ["item-undeclared"]],
    ["nothing", { items: [] }, ["nothing-asked"]],
    ["too much", { items: Array.from({ length: 65 }, (_, at) => `i${at}`) }, ["too-much"]],
    ["an inactive processor", { processor: "kftc" }, ["processor-not-active"]],
  ])("%s is refused, and only a leaf is written", async (_what, change, rules) => {
    const { context } = await processorEngine(await open());
    await activate(context, "kcp");
    const subject = await payingMember(context);
    const before = await countRows(context.db);
    const asked = { processor: "kcp", work: "payment", items: ["card"], ...change };
    expect(await refused(exportTo(context, subject, asked))).toEqual(rules);
    const after = await countRows(context.db);
    expect(after).toEqual({ ...before, audit_leaf: (before["audit_leaf"] ?? 0) + 1 });
  });

  test("ten fields to a sender that needs two are refused, every one named", async () => {
    const { context } = await processorEngine(await open());
    await activate(context, "benchmark");
    const subject = await payingMember(context, ["terms", "marketing"]);
    const items = ["email", "name", "phone", "country", "company_id", "user_id", "address"];
    const asked = { processor: "benchmark", work: "marketing_mail", items };
    expect(await refused(exportTo(context, subject, asked))).toHaveLength(5);
  });

  test("mail goes only to those whose consent lives", async () => {
    const { context } = await processorEngine(await open());
    await activate(context, "benchmark");
    const asked = { processor: "benchmark", work: "marketing_mail", items: ["email"] };
    const without = await payingMember(context);
    expect(await refused(exportTo(context, without, asked))).toEqual(["consent-missing"]);
    const willing = await payingMember(context, ["terms", "marketing"]);
    await expect(exportTo(context, willing, asked)).resolves.toMatchObject({
      values: { email: "Kim.Test@Example.org" },
    });
    const act = { lang: "ko", shown: ["거두기"], method: "site" };
    await withdrawConsent(context, willing, "marketing", act);
    expect(await refused(exportTo(context, willing, asked))).toEqual(["consent-missing"]);
  });

  test("a consent that ends between reading and noting stops the export", async () => {
    const { context } = await processorEngine(await open());
    await activate(context, "benchmark");
    const subject = await payingMember(context, ["terms", "marketing"]);
    // The values are open, the transaction not yet begun: here the person changes their mind.
    const act = { lang: "ko", shown: ["거두기"], method: "site" };
    let changed = false;
    const racing: EngineContext = {
      ...context,
      keeper: {
        ...context.keeper,
        async open(values) {
          const opened = await context.keeper.open(values);
          if (!changed) {
            changed = true;
            await withdrawConsent(context, subject, "marketing", act);
          }
          return opened;
        },
      },
    };
    const asked = { processor: "benchmark", work: "marketing_mail", items: ["email"] };
    expect(await refused(exportTo(racing, subject, asked))).toEqual(["consent-missing"]);
    expect((await countRows(context.db))["processor_export"]).toBe(0);
  });

  test("what has ended since does not leave", async () => {
    const { context } = await processorEngine(await open());
    await activate(context, "kcp");
    const subject = await payingMember(context);
    await recordEvent(context, { subject, event: "withdrawal", day: "2026-11-23" });
    await keep(context);
    const asked = { processor: "kcp", work: "identity_check", items: ["name"] };
    const rules = await refused(exportTo(context, subject, asked));
    expect(rules).toEqual(["item-gone"]);
  });

  test("an ended contract ends exports at once", async () => {
    const { context } = await processorEngine(await open());
    await activate(context, "kcp");
    const subject = await payingMember(context);
    await endProcessor(context, "kcp");
    const asked = { processor: "kcp", work: "payment", items: ["card"] };
    expect(await refused(exportTo(context, subject, asked))).toEqual(["processor-not-active"]);
  });
});

eachDatabase((_name, open) => {
  const missing = async (context: EngineContext, id: string): Promise<readonly string[]> => {
    const error = await activateProcessor(context, id).catch((thrown: unknown) => thrown);
    return (error as { facts: { missing: readonly string[] } } | undefined)?.facts.missing ?? [];
  };

  test("a processor goes live only when nothing is missing", async () => {
    const { context } = await processorEngine(await open());
    expect(await missing(context, "kcp")).toEqual(["contract", "contract-contents", "carrier"]);
    const { contract } = FACTS;
    const some = contract === null ? null : { ...contract, contents: contract.contents.slice(1) };
    await recordFacts(context, "kcp", { ...FACTS, contract: some });
    expect(await missing(context, "kcp")).toEqual(["contract-contents"]);
    await recordFacts(context, "kcp", FACTS);
    expect(await missing(context, "kcp")).toEqual([]);
    const entry = (await processorRegister(context)).find((e) => e.processor.id === "kcp");
    expect(entry).toMatchObject({ state: "active", missing: [] });
    await activateProcessor(context, "kcp"); // again: nothing changes
    expect(await leaves(context, "processor_active")).toHaveLength(1);
  });

  test.each([
    [
      "an unnamed country and transfer",
      "paypal",
      ["country", "contact-abroad", "overseas-disclosure"],
    ],
    ["an identity nobody looked at", "kci", ["identity"]],
    ["people who were not told of marketing", "benchmark", ["people-told"]],
    ["a name the policy does not have", "acme", ["unlisted"]],
  ])("%s keeps it from going live", async (_what, id, expected) => {
    const { context } = await processorEngine(await open());
    if (id !== "acme") await recordFacts(context, id, { ...FACTS, peopleToldOn: null });
    expect(await missing(context, id)).toEqual(expected);
  });

  test("a policy no store has run under, or not in force yet, publishes nobody", async () => {
    const { context } = await testEngine(await open());
    await recordFacts(context, "kcp", FACTS);
    expect(await missing(context, "kcp")).toEqual(["publication"]);
    const early = await processorEngine(context.db, "2021-01-27T23:59:59+09:00");
    const contract = FACTS.contract === null ? null : { ...FACTS.contract, signedOn: "2021-01-01" };
    await recordFacts(early.context, "kcp", { ...FACTS, contract });
    expect(await missing(early.context, "kcp")).toEqual(["publication"]);
  });

  test("what an active processor lacks later stops its exports", async () => {
    const { context } = await processorEngine(await open());
    await activate(context, "kcp");
    const subject = await payingMember(context);
    await recordFacts(context, "kcp", { ...FACTS, contract: null });
    const asked = { processor: "kcp", work: "payment", items: ["card"] };
    expect(await refused(exportTo(context, subject, asked))).toEqual(["processor-not-active"]);
  });
});
