/** Every promise about destruction and paper is shown a planted violation and turns red. */
import { expect, test } from "vitest";
import { present } from "../../src/base/assert.ts";
import { collect } from "../../src/engine/collection/collect.ts";
import { confirmDestruction } from "../../src/engine/destruction/confirm-destruction.ts";
import { newestLines } from "../../src/engine/destruction/ledger-lines.ts";
import { placeHold } from "../../src/engine/hold/place-hold.ts";
import { destroyPaper } from "../../src/engine/paper/destroy-paper.ts";
import { registerPaper } from "../../src/engine/paper/register-paper.ts";
import { keep } from "../../src/engine/retention/sweep.ts";
import { addStaff } from "../../src/engine/staff/staff.ts";
import { type ProofContext, runChecks } from "../../src/proof/run-checks.ts";
import type { Verdict } from "../../src/proof/verdict.ts";
import { eachDatabase, type OpenEmpty } from "../support/databases.ts";
import { type TestEngine, testEngine } from "../support/test-engine.ts";

interface World extends TestEngine {
  readonly proof: ProofContext;
  readonly subject: string;
}

async function world(open: OpenEmpty): Promise<World> {
  const engine = await testEngine(await open());
  const { context, compiled, clock } = engine;
  const use = { usage_record: "joined", ip_public: "192.0.2.7" };
  const subject = await collect(context, "service_use", use);
  await collect(context, "service_use", use);
  return { ...engine, subject, proof: { compiled, db: context.db, clock } };
}

/** Sweeps on the days on which visits and then usage end. */
async function keepOnTime({ context, clock }: Pick<TestEngine, "context" | "clock">) {
  for (const day of ["2027-02-24", "2027-11-24"]) {
    clock.set(`${day}T00:00:00+09:00`);
    await keep(context);
  }
}

async function verdictOf(proof: ProofContext, key: string): Promise<Verdict> {
  const verdict = (await runChecks(proof)).find((each) => each.key === key);
  return present(verdict, `there is a promise ${key}`);
}

const codes = ({ evidence }: Verdict): readonly string[] => evidence.map(({ code }) => code);

/** Violations planted in the ledger after a destruction in time. */
const LEDGER: readonly (readonly [what: string, change: string])[] = [
  ["traces were found", "update destruction set look_found = 3 where class = 'usage'"],
  [
    "nobody looked within the time",
    `update destruction
        set looked_at = null, look_by = null, look_examined = null, look_found = null,
            rows_removed_at = rows_removed_at - interval '5 days 1 ms'
      where class = 'usage'`,
  ],
  ["a line was altered", "update destruction set records = records + 1 where class = 'usage'"],
  [
    "its leaf is of another day",
    `update audit_leaf set facts = facts || '{"expired_on": "2020-01-01"}'
      where kind = 'destroyed' and facts ->> 'class' = 'usage'`,
  ],
];

eachDatabase((_name, open) => {
  test.each(LEDGER)("destruction turns red when %s", async (_what, change) => {
    const { proof, context, clock } = await world(open);
    await keepOnTime({ context, clock });
    expect(await verdictOf(proof, "destruction/electronic")).toMatchObject({ status: "kept" });
    await context.db.query(change);
    expect(await verdictOf(proof, "destruction/electronic")).toMatchObject({ status: "broken" });
  });

  test("the altered line of the ledger is named", async () => {
    const { proof, context, clock } = await world(open);
    await keepOnTime({ context, clock });
    await context.db.query("update destruction set records = 3 where class = 'usage'");
    const [line] = await newestLines(context, "all");
    const verdict = await verdictOf(proof, "destruction/electronic");
    expect(verdict.evidence).toContainEqual({
      code: "ledger-line-altered",
      facts: { class: "usage", day: "2027-11-23", run: present(line, "a line").run.slice(0, 8) },
    });
  });

  test("what a hold keeps is no fault; what stays five days after it is", async () => {
    const { proof, context, clock, subject } = await world(open);
    const order = { document: "2026-가합-17", until: "2027-12-31", by: "7" };
    await placeHold(context, { subject, ...order });
    await keepOnTime({ context, clock });
    clock.set("2028-01-05T12:00:00+09:00");
    expect(await verdictOf(proof, "destruction/electronic")).toMatchObject({ status: "kept" });
    clock.set("2028-01-06T00:00:00+09:00");
    expect(await verdictOf(proof, "destruction/electronic")).toMatchObject({ status: "broken" });
  });

  test("a confirmation that is missing is shown, and one that was given names the officer", async () => {
    const { proof, context, clock } = await world(open);
    await addStaff(context, "1", ["officer"]);
    await keepOnTime({ context, clock });
    clock.set("2027-12-08T23:59:59+09:00");
    const early = await verdictOf(proof, "destruction/electronic");
    expect(early.evidence).toContainEqual({ code: "confirmation-overdue", facts: { open: 1 } });
    clock.set("2027-12-09T00:00:00+09:00");
    const late = await verdictOf(proof, "destruction/electronic");
    expect(late.status).toBe("kept");
    expect(late.evidence).toContainEqual({ code: "confirmation-overdue", facts: { open: 2 } });
    for (const { run } of await newestLines(context, "all")) {
      await confirmDestruction(context, run, { id: "1", roles: ["officer"] });
    }
    const seen = await verdictOf(proof, "destruction/electronic");
    expect(codes(seen)).not.toContain("confirmation-overdue");
    expect(seen.evidence).toContainEqual({
      code: "attested",
      facts: { by: "1", on: "2027-12-09" },
    });
  });

  test("where no paper was ever registered nobody can say how it is kept", async () => {
    const { proof } = await world(open);
    for (const key of ["destruction/separate_cabinet", "destruction/paper"]) {
      const verdict = await verdictOf(proof, key);
      expect(verdict).toMatchObject({ status: "unknown", examined: 0 });
      expect(codes(verdict)).toEqual(["paper-never-registered"]);
    }
  });

  const withPaper = async (): Promise<World & { readonly number: number }> => {
    const it = await world(open);
    const number = await registerPaper(it.context, {
      recordClass: "complaint",
      cabinet: "B-2",
      separate: true,
      arrivedOn: "2026-11-20",
      startedOn: "2026-11-23",
      by: "7",
    });
    return { ...it, number };
  };
  const slip = async ({ context, clock, number }: Awaited<ReturnType<typeof withPaper>>) => {
    clock.set("2029-11-24T09:00:00+09:00");
    const by = ["7", "9"] as const;
    const on = "2029-11-24";
    await destroyPaper(context, { numbers: [number], method: "shred", on, by, box: "3" });
  };

  test("paper in the separate cabinet is kept apart, as staff attested", async () => {
    const { proof, context } = await withPaper();
    const verdict = await verdictOf(proof, "destruction/separate_cabinet");
    expect(verdict).toMatchObject({ status: "kept", examined: 1 });
    expect(verdict.evidence).toContainEqual({
      code: "attested",
      facts: { by: "7", on: "2026-11-23" },
    });
    await context.db.query("update paper_item set separate = false");
    expect(await verdictOf(proof, "destruction/separate_cabinet")).toMatchObject({
      status: "broken",
    });
  });

  test("paper that is overdue breaks its promise, and only then", async () => {
    const { proof, clock } = await withPaper();
    const status = async () => (await verdictOf(proof, "destruction/paper")).status;
    expect(await status()).toBe("not_applicable");
    clock.set("2029-11-28T23:59:59+09:00");
    expect(await status()).toBe("not_applicable");
    clock.set("2029-11-29T00:00:00+09:00");
    expect(await status()).toBe("broken");
  });

  test.each([
    ["by another method", "update paper_slip set method = 'incinerate'", ["shred"]],
    ["of fewer papers than it says", "update paper_slip set items = 2", null],
    ["from before the last day", "update paper_slip set destroyed_on = '2029-11-23'", null],
    ["from too late", "update paper_slip set destroyed_on = '2029-11-29'", null],
  ] as const)("a slip %s turns the promise red", async (_what, change, methods) => {
    const it = await withPaper();
    await slip(it);
    const verdict = await verdictOf(it.proof, "destruction/paper");
    expect(verdict).toMatchObject({ status: "kept", examined: 2 });
    expect(verdict.evidence).toContainEqual({
      code: "attested",
      facts: { by: "7, 9", on: "2029-11-24" },
    });
    await it.context.db.query(change);
    const { policy } = it.compiled;
    const paper = methods === null ? policy.destruction.paper : { separate: true, methods };
    const compiled = {
      ...it.compiled,
      policy: { ...policy, destruction: { ...policy.destruction, paper } },
    };
    expect(await verdictOf({ ...it.proof, compiled }, "destruction/paper")).toMatchObject({
      status: "broken",
    });
  });
});
