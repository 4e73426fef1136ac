/** Clocks that move: reopened tickets, new versions, records without a rule (S3), on both stores. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { compile, type Compiled } from "../../../src/compiler/compile.ts";
import { collect } from "../../../src/engine/collection/collect.ts";
import { openCompiled } from "../../../src/engine/open-jikim.ts";
import { readPolicy } from "../../../src/engine/read-policy.ts";
import { recordEvent } from "../../../src/engine/retention/record-event.ts";
import { reopenRecords } from "../../../src/engine/retention/reopen-records.ts";
import { changedPeriods } from "../../../src/engine/retention/refuse-changed-periods.ts";
import { keep } from "../../../src/engine/retention/sweep.ts";
import { subjectRecords } from "../../../src/engine/subject-records.ts";
import { read } from "../../../src/engine/use/read.ts";
import type { RecordClass } from "../../../src/policy/model.ts";
import { countRows, eachDatabase } from "../../support/databases.ts";
import {
  REMOTEMEETING,
  SIGN_UP,
  SIGN_UP_OPTIONS,
  type TestEngine,
  testClock,
  testEngine,
  testRandom,
} from "../../support/test-engine.ts";

const DISPUTE = { name: "김시험", email: "a@example.org", inquiry_text: "?" };
const PHONE = { method: "phone_fax", by: { staff: "s17" } };

/** The policy with other rules for some classes, as a version of another day. */
function version(
  { policy, law }: Compiled,
  changes: Readonly<Record<string, Partial<RecordClass> | null>>,
  effective = "2027-02-01",
): Compiled {
  const records = Object.entries(policy.records).flatMap(([id, record]) => {
    const change = changes[id];
    return change === null ? [] : [[id, { ...record, ...change }] as const];
  });
  return compile({ ...policy, effective, records: Object.fromEntries(records) }, law);
}

/** The same store and keys under another version, as after a restart. */
async function runUnder(engine: TestEngine, next: Compiled): Promise<TestEngine> {
  const { context, compiled } = engine;
  await context.db.query(
    `insert into policy_version (hash, policy, announced, effective, document, first_run_at)
     values ($1, $2, $3, $4, $5, now()) on conflict do nothing`,
    [
      compiled.hash,
      compiled.policy.id,
      compiled.policy.announced,
      compiled.policy.effective,
      JSON.stringify({ policy: compiled.policy, law: compiled.law }),
    ],
  );
  return { ...engine, compiled: next, context: { ...context, plan: next.plan } };
}

async function endsOf({ context }: TestEngine, subject: string, recordClass: string) {
  const { records } = await subjectRecords(context, subject);
  return records.filter((each) => each.recordClass === recordClass).map(({ endsOn }) => endsOn);
}

eachDatabase((_kind, open) => {
  test("a ticket that is opened again is closed when it is closed again", async () => {
    const engine = await testEngine(await open());
    const { context, clock } = engine;
    const subject = await collect(context, "dispute", DISPUTE, PHONE);
    const closed = { subject, event: "ticket_closed" };
    await recordEvent(context, { ...closed, day: "2026-11-23" });
    expect(await endsOf(engine, subject, "complaint")).toEqual(["2029-11-23"]);
    clock.set("2027-03-01T12:00:00+09:00");
    expect(await reopenRecords(context, closed)).toBe(1);
    expect(await reopenRecords(context, closed)).toBe(0);
    expect(await endsOf(engine, subject, "complaint")).toEqual([null]);
    clock.set("2027-04-30T12:00:00+09:00");
    await recordEvent(context, { ...closed, day: "2027-04-30" });
    expect(await endsOf(engine, subject, "complaint")).toEqual(["2030-04-30"]);
    expect(
      await read(context, subject, ["name"], {
        purpose: "user_management",
        task: "dispute_records",
      }),
    ).toEqual({ name: "김시험" });
    // The day it left dies all the same: copies made before are under its lock.
    clock.set("2029-11-24T00:00:00+09:00");
    expect((await keep(context)).days).toEqual([]);
    const lines = await context.db.query("select class, expired_on, records from destruction");
    expect(lines).toEqual([{ class: "complaint", expired_on: "2029-11-23", records: 0 }]);
    expect(await countRows(context.db)).toMatchObject({ vacated_day: 0, record: 1 });
    clock.set("2030-05-01T00:00:00+09:00");
    expect((await keep(context)).records).toBe(1);
  });

  test("what has ended cannot be opened again", async () => {
    const { context, clock } = await testEngine(await open());
    const subject = await collect(context, "dispute", DISPUTE, PHONE);
    await recordEvent(context, { subject, event: "ticket_closed", day: "2026-11-23" });
    clock.set("2029-11-24T00:00:00+09:00");
    expect(await reopenRecords(context, { subject, event: "ticket_closed" })).toBe(0);
    for (const event of ["collected", "sunrise"]) {
      await expect(reopenRecords(context, { subject, event })).rejects.toMatchObject({
        code: "ERR_USAGE",
      });
    }
  });

  test("a longer period of a new version leaves what is there with the shorter one", async () => {
    const first = await testEngine(await open());
    const subject = await collect(first.context, "service_use", { usage_record: "a" }, {});
    const meeting = { participant_name: "시험", recording: "r1" };
    const host = await collect(first.context, "meeting", meeting, {});
    const longer = { usage: { keep: "P2Y" }, recording: { keep: "P1Y" } };
    const next = await runUnder(first, version(first.compiled, longer));
    next.clock.set("2027-02-01T00:00:00+09:00");
    await keep(next.context);
    expect(await endsOf(next, subject, "usage")).toEqual(["2027-11-23"]);
    await collect(next.context, "service_use", { usage_record: "b" }, { subject });
    expect(await endsOf(next, subject, "usage")).toEqual(["2029-02-01", "2027-11-23"]);
    // A clock that starts only now is the one that was promised at collection.
    await recordEvent(next.context, { subject: host, event: "recording_ended", day: "2027-02-01" });
    expect(await endsOf(next, host, "recording")).toEqual(["2027-05-01"]);
  });

  test("a shorter period of a new version holds for what is there already", async () => {
    const first = await testEngine(await open());
    const subject = await collect(first.context, "service_use", { usage_record: "a" }, {});
    const next = await runUnder(first, version(first.compiled, { usage: { keep: "P6M" } }));
    next.clock.set("2027-02-01T00:00:00+09:00");
    await keep(next.context);
    expect(await endsOf(next, subject, "usage")).toEqual(["2027-05-23"]);
    expect(await read(next.context, subject, ["usage_record"], { purpose: "contract" })).toEqual({
      usage_record: "a",
    });
    next.clock.set("2027-05-23T23:59:59+09:00");
    expect((await keep(next.context)).records).toBe(0);
    next.clock.set("2027-05-24T00:00:00+09:00");
    expect((await keep(next.context)).records).toBe(1);
    // The longer day of before dies on its day, with nothing left under it.
    next.clock.set("2027-11-24T00:00:00+09:00");
    await keep(next.context);
    const lines = await next.context.db.query(
      "select expired_on, records from destruction where class = 'usage' order by expired_on",
    );
    expect(lines).toEqual([
      { expired_on: "2027-05-23", records: 1 },
      { expired_on: "2027-11-23", records: 0 },
    ]);
  });

  test("a class that a new version leaves out ends by the rule it was collected under", async () => {
    const first = await testEngine(await open());
    const { context, clock } = first;
    const subject = await collect(context, "meeting", { participant_name: "시험" }, {});
    const next = await runUnder(first, version(first.compiled, { meeting: null }));
    clock.set("2027-02-01T00:00:00+09:00");
    expect((await keep(next.context)).records).toBe(0);
    await recordEvent(next.context, { subject, event: "meeting_ended", day: "2027-02-01" });
    expect((await keep(next.context)).records).toBe(1);
  });

  test("S3.4: a record nobody has a rule for goes, one a hold covers stays", async () => {
    const { context } = await testEngine(await open());
    const subject = await collect(context, "sign_up", SIGN_UP, SIGN_UP_OPTIONS);
    await collect(context, "service_use", { usage_record: "a" }, { subject });
    await context.db.query("update record set class = 'nowhere' where class = 'profile'");
    expect((await keep(context)).records).toBe(0);
    expect(await countRows(context.db)).toMatchObject({ record: 1, lookup: 0 });
    const leaves = await context.db.query(
      "select facts from audit_leaf where kind = 'unruled_destroyed'",
    );
    expect(leaves).toEqual([{ facts: { records: 1 } }]);
    expect(await countRows(context.db)).toMatchObject({ given_up_lock: 0 });
  });

  test("S3.3: what is destroyed too late leaves an alarm", async () => {
    const { context, clock } = await testEngine(await open());
    await collect(context, "service_use", { ip_public: "192.0.2.17" }, {});
    clock.set("2027-03-02T00:00:00+09:00"); // the last day is 2027-02-23
    expect((await keep(context)).days).toMatchObject([{ recordClass: "visit", overdue: true }]);
    const [leaf] = await context.db.query(
      "select facts from audit_leaf where kind = 'retention_overdue'",
    );
    expect(leaf).toEqual({ facts: { late: { visit: 1 } } });
    await keep(context);
    const all = await context.db.query("select from audit_leaf where kind = 'retention_overdue'");
    expect(all).toHaveLength(1);
  });
});

test("S3.6: other periods under the same day are refused, and say what differs", async () => {
  const compiled = await readPolicy(REMOTEMEETING);
  const clock = testClock("2026-11-23T12:00:00+09:00");
  const random = testRandom();
  const { policy, law } = compiled;
  const shorter = version(compiled, { usage: { keep: "P6M" }, meeting: null }, policy.effective);
  expect(changedPeriods(policy, shorter.policy)).toEqual([
    { recordClass: "usage", was: "P1Y from collected", is: "P6M from collected" },
    { recordClass: "meeting", was: "until from meeting_ended", is: null },
  ]);
  const data = await mkdtemp(join(tmpdir(), "jikim-periods-"));
  const opened = async (under: Compiled) =>
    openCompiled(under, { data, clock, random, weakened: "a test" });
  try {
    await (await opened(compiled)).close();
    await expect(opened(shorter)).rejects.toMatchObject({
      code: "ERR_POLICY_CHANGED",
      facts: { effective: policy.effective, changes: [{ recordClass: "usage" }, {}] },
    });
    // Words may be mended under the same day, and a version of its own may say what it likes.
    const label = { ko: "회원 가입", en: "signing up" };
    const signUp = policy.occasions["sign_up"];
    if (signUp === undefined) throw new Error("the policy has it");
    const occasions = { ...policy.occasions, sign_up: { ...signUp, label } };
    await (await opened(compile({ ...policy, occasions }, law))).close();
    await (await opened(version(compiled, { usage: { keep: "P6M" } }))).close();
  } finally {
    await rm(data, { recursive: true });
  }
}, 60_000);
