/** The access log: every look of staff, allowed or not, and what is kept of it for how long. */
import { expect, test } from "vitest";
import { collect } from "../../../src/engine/collection/collect.ts";
import type { EngineContext } from "../../../src/engine/jikim.ts";
import { endUseEvidence } from "../../../src/engine/use/end-use-evidence.ts";
import { find } from "../../../src/engine/use/find.ts";
import { read } from "../../../src/engine/use/read.ts";
import { accessesOf, readAccessLog } from "../../../src/engine/use/staff-access.ts";
import { hex } from "../../../src/store/column-value.ts";
import { countRows, eachDatabase } from "../../support/databases.ts";
import { BY, putStaff, refusalOf } from "../../support/recipients.ts";
import { SIGN_UP, SIGN_UP_OPTIONS, testEngine } from "../../support/test-engine.ts";

const MANAGE = { purpose: "user_management" };
const DISPUTES = { purpose: "user_management", task: "dispute_records" };
const DISPUTE = {
  name: "박시험",
  email: "park@example.org",
  inquiry_text: "두 번 결제되었습니다.",
};

const signUp = (context: EngineContext): Promise<string> =>
  collect(context, "sign_up", SIGN_UP, SIGN_UP_OPTIONS);
const dispute = (context: EngineContext, subject?: string): Promise<string> =>
  collect(context, "dispute", DISPUTE, {
    method: "phone_fax",
    ...(subject === undefined ? {} : { subject }),
  });

eachDatabase((_kind, open) => {
  test("a look of staff says who, when, from where, at whom, at what and why", async () => {
    const { context, clock } = await testEngine(await open());
    await putStaff(context, "7");
    const subject = await signUp(context);
    await read(context, subject, ["email", "name"], { ...MANAGE, task: "identify", by: BY });
    await read(context, subject, ["name"], MANAGE);
    const at = clock.now();
    const told = { at, place: "live", purpose: "user_management", task: "identify", ground: null };
    const seen = { ...told, items: ["email", "name"], refused: false };
    expect(await accessesOf(context, subject)).toEqual([seen]);
    expect(await readAccessLog(context, { limit: 10 })).toEqual([
      { ...seen, ...BY, subject, id: expect.stringMatching(/^[0-9a-f]{32}$/), rules: [] },
    ]);
    const [row] = await context.db.query<{ detail: Uint8Array; expires_on: string }>(
      "select detail, expires_on from access_log",
    );
    expect(row?.expires_on).toBe("2028-11-23");
    const sealed = Buffer.from(row?.detail ?? []).toString("latin1");
    expect(sealed).not.toContain("10.0.0.7");
    expect(sealed).not.toContain(Buffer.from("문의").toString("latin1"));
  });

  test.each([
    ["one who is not on the staff", { staff: "8" }, ["staff-unknown"]],
    ["a name", { staff: "kim" }, ["staff-unknown"]],
    ["one who left", { staff: "9" }, ["staff-unknown"]],
    ["no reason", { reason: " " }, ["staff-reason"]],
    ["a reason too long to be one", { reason: "x".repeat(501) }, ["staff-reason"]],
    ["no address", { from: "" }, ["staff-reason"]],
  ])("a look by %s is refused and logged", async (_says, change, rules) => {
    const { context } = await testEngine(await open());
    await putStaff(context, "7");
    await putStaff(context, "9");
    await context.db.query("update staff set ended_at = added_at where id = '9'");
    const subject = await signUp(context);
    const by = { ...BY, ...change };
    const refused = await refusalOf(read(context, subject, ["email"], { ...MANAGE, by }));
    expect(refused).toEqual({ code: "ERR_USE_REFUSED", rules });
    const log = await readAccessLog(context, { limit: 10 });
    // A name can stand nowhere, not even as the name of who was refused.
    expect(log.map((line) => line.rules)).toEqual(by.staff === "kim" ? [] : [rules]);
    const [leaf] = await context.db.query<{ facts: { rules: Record<string, number> } }>(
      "select facts from audit_leaf where kind = 'use_refused'",
    );
    expect(Object.keys(leaf?.facts.rules ?? {})).toEqual(rules);
  });

  test("a look the plan refuses is logged too, and one at nobody", async () => {
    const { context } = await testEngine(await open());
    await putStaff(context, "7");
    const subject = await signUp(context);
    const asked = { purpose: "improvement", by: BY };
    await refusalOf(read(context, subject, ["email"], asked));
    await refusalOf(read(context, "00000000000000ff", ["email"], { ...MANAGE, by: BY }));
    const log = await readAccessLog(context, { limit: 10 });
    expect(Object.fromEntries(log.map((line) => [line.subject, line.rules]))).toEqual({
      "00000000000000ff": ["subject-unknown"],
      [subject]: ["item-not-for-purpose"],
    });
    expect(await accessesOf(context, subject)).toMatchObject([{ refused: true }]);
  });

  test("a search of staff has one line for each person it found, and one act", async () => {
    const { context } = await testEngine(await open());
    await putStaff(context, "7");
    const found = [await signUp(context), await signUp(context)].toSorted();
    const asked = { ...MANAGE, by: BY };
    expect(await find(context, { email: "kim.test@example.org" }, asked)).toEqual(found);
    expect(await find(context, { email: "nobody@example.org" }, asked)).toEqual([]);
    const log = await readAccessLog(context, { limit: 10 });
    expect(log.map(({ subject }) => subject).toSorted()).toEqual(found);
    expect(new Set(log.map(({ id }) => id)).size).toBe(1);
    const leaves = await context.db.query<{ facts: object }>(
      "select facts from audit_leaf where kind = 'staff_accessed'",
    );
    expect(leaves.map(({ facts }) => facts)).toMatchObject([{ subjects: 2, by: "7" }]);
  });

  test("records kept for disputes open for their task alone, and their task opens no other", async () => {
    const { context } = await testEngine(await open());
    const subject = await signUp(context);
    await dispute(context, subject);
    expect(await read(context, subject, ["email"], MANAGE)).toEqual({
      email: "Kim.Test@Example.org",
    });
    const disputed = await read(context, subject, ["email", "inquiry_text"], DISPUTES);
    expect(disputed).toEqual({ email: "park@example.org", inquiry_text: DISPUTE.inquiry_text });
    expect(await find(context, { email: "park@example.org" }, MANAGE)).toEqual([]);
    expect(await find(context, { email: "park@example.org" }, DISPUTES)).toEqual([subject]);
    const refusals = await Promise.all(
      [
        read(context, subject, ["phone"], DISPUTES),
        read(context, subject, ["name"], { purpose: "contract", task: "dispute_records" }),
        read(context, subject, ["name"], { ...MANAGE, task: "gossip" }),
      ].map(refusalOf),
    );
    expect(refusals.map(({ rules }) => rules)).toEqual([
      ["item-not-for-task"],
      ["task-unknown"],
      ["task-unknown"],
    ]);
    const own = await read(context, subject, ["inquiry_text"], { ...MANAGE, ground: "request" });
    expect(own).toEqual({ inquiry_text: DISPUTE.inquiry_text });
  });

  test("a line is kept two years and is gone the day after, with the key of its day", async () => {
    const { context, clock } = await testEngine(await open());
    await putStaff(context, "7");
    const subject = await signUp(context);
    await read(context, subject, ["email"], { ...MANAGE, by: BY });
    const [line] = await context.db.query<{ id: Uint8Array; detail: Uint8Array }>(
      "select id, detail from access_log",
    );
    clock.set("2028-11-23T23:59:59+09:00");
    await endUseEvidence(context);
    expect((await countRows(context.db))["access_log"]).toBe(1);
    clock.set("2028-11-24T00:00:00+09:00");
    await endUseEvidence(context);
    await endUseEvidence(context);
    expect((await countRows(context.db))["access_log"]).toBe(0);
    const place = {
      subject: "0000000000000000",
      record: hex(line?.id ?? new Uint8Array()),
      recordClass: "access_log",
      compartment: "access_log",
      expiresOn: "2028-11-23",
    };
    const copy = context.keeper.open([
      { context: place, sealed: line?.detail ?? new Uint8Array() },
    ]);
    await expect(copy).rejects.toMatchObject({ code: "ERR_KEY_GONE" });
    const leaves = await context.db.query<{ facts: object }>(
      "select facts from audit_leaf where kind = 'use_evidence_ended'",
    );
    expect(leaves.map(({ facts }) => facts)).toEqual([
      { accesses: 1, provisions: 0, restrictions: 0 },
    ]);
  });
});
