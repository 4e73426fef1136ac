/** The separate database opens for its keepers alone, on a ground, and every look is logged. */
import { expect, test } from "vitest";
import { moveToArchive } from "../../../src/engine/archive/move-to-archive.ts";
import { recordEvent } from "../../../src/engine/retention/record-event.ts";
import { readArchived } from "../../../src/engine/use/read-archived.ts";
import { read } from "../../../src/engine/use/read.ts";
import { accessesOf, readAccessLog } from "../../../src/engine/use/staff-access.ts";
import { eachDatabase, type OpenEmpty } from "../../support/databases.ts";
import { payingMember } from "../../support/processors.ts";
import { BY, putStaff, refusalOf } from "../../support/recipients.ts";
import { type TestEngine, testEngine } from "../../support/test-engine.ts";

const LAW = "kr/ecommerce-decree-6-1-3";
const KEEPER = { ...BY, staff: "70" };

/** A payer whose payments lie in the archive. */
async function archived(open: OpenEmpty): Promise<TestEngine & { readonly subject: string }> {
  const engine = await testEngine(await open());
  const { context } = engine;
  await putStaff(context, "7");
  await putStaff(context, "70", ["staff", "archive"]);
  const subject = await payingMember(context);
  const day = "2026-11-23";
  for (const event of ["payment_completed", "supply_completed"]) {
    await recordEvent(context, { subject, event, day });
  }
  await moveToArchive(context, subject, "0123456789abcdef0123456789abcdef");
  return { ...engine, subject };
}

eachDatabase((_kind, open) => {
  test("a keeper of the archive reads on the ground of the rule that keeps it", async () => {
    const { context, subject } = await archived(open);
    const items = ["payment_record", "name"];
    const rows = await readArchived(context, subject, items, { ground: LAW, by: KEEPER });
    expect(rows).toEqual([
      {
        recordClass: "payment",
        law: LAW,
        collectedOn: "2026-11-23",
        endsOn: "2031-11-23",
        values: { payment_record: "2026-11-23 33000 KRW", name: "김시험" },
      },
    ]);
    expect(await accessesOf(context, subject)).toMatchObject([
      { place: "archive", purpose: null, ground: LAW, items, refused: false },
    ]);
    const asked = { ground: "request", by: KEEPER };
    expect(await readArchived(context, subject, ["email"], asked)).toMatchObject([
      { values: { email: "Kim.Test@Example.org" } },
    ]);
  });

  test("no purpose opens it: what moved there is gone for every use", async () => {
    const { context, subject } = await archived(open);
    const asked = { purpose: "contract", by: KEEPER };
    expect(await read(context, subject, ["payment_record"], asked)).toEqual({});
  });

  test.each([
    ["ordinary staff", { by: BY }, ["payment_record"], ["staff-role"]],
    ["a keeper without a ground", { ground: "" }, ["payment_record"], ["ground-missing"]],
    ["a purpose for a ground", { ground: "marketing" }, ["payment_record"], ["ground-missing"]],
    ["a rule that keeps no records", { ground: "kr/pipa-15-1" }, ["name"], ["ground-missing"]],
    ["an item that never goes there", {}, ["phone"], ["place-live-only"]],
    ["an item kept by another rule", {}, ["contract_record"], ["place-live-only"]],
    ["an item the policy lacks", {}, ["emial"], ["item-undeclared"]],
    ["a keeper without a reason", { by: { ...KEEPER, reason: "" } }, ["name"], ["staff-reason"]],
  ])("%s is refused and logged", async (_says, change, items, rules) => {
    const { context, subject } = await archived(open);
    const asked = { ground: LAW, by: KEEPER, ...change };
    const refused = await refusalOf(readArchived(context, subject, items, asked));
    expect(refused).toEqual({ code: "ERR_USE_REFUSED", rules });
    const [line] = await readAccessLog(context, { limit: 10 });
    expect(line).toMatchObject({ subject, place: "archive", rules, refused: true });
  });

  test("one of whom nothing is kept there is unknown, and the look is logged", async () => {
    const { context } = await archived(open);
    const asked = { ground: LAW, by: KEEPER };
    const look = readArchived(context, "00000000000000ff", ["name"], asked);
    expect(await refusalOf(look)).toMatchObject({ code: "ERR_SUBJECT_UNKNOWN" });
    const [line] = await readAccessLog(context, { limit: 10 });
    expect(line).toMatchObject({ rules: ["subject-unknown"] });
  });
});
