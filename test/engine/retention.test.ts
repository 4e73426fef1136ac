/** The retention clock: the right day, the right second, once, late, interrupted, turned back. */
import { readFileSync } from "node:fs";
import { afterEach, describe, expect, test } from "vitest";
import { collect } from "../../src/engine/collection/collect.ts";
import type { EngineContext, Items } from "../../src/engine/jikim.ts";
import { upcoming } from "../../src/engine/retention/due.ts";
import { recordEvent } from "../../src/engine/retention/record-event.ts";
import { keep } from "../../src/engine/retention/sweep.ts";
import { subjectRecords } from "../../src/engine/subject-records.ts";
import { read } from "../../src/engine/use/read.ts";
import type { Database } from "../../src/store/database.ts";
import { countRows, eachDatabase } from "../support/databases.ts";
import { failingAt } from "../support/failing-at.ts";
import { SIGN_UP, SIGN_UP_OPTIONS, type TestEngine, testEngine } from "../support/test-engine.ts";

interface Vector {
  readonly says: string;
  readonly class: string;
  readonly event?: string;
  readonly start: string;
  readonly last: string;
  readonly eligible: string;
  readonly deadline: string;
}
const VECTORS = JSON.parse(
  readFileSync(new URL("../vectors/retention.json", import.meta.url), "utf8"),
) as readonly Vector[];

/** How a record of each class comes into being, and what its clock waits for. */
const MAKING: Readonly<
  Record<string, { occasion: string; items: Items; method?: string; events: readonly string[] }>
> = {
  usage: { occasion: "service_use", items: { usage_record: "joined" }, events: [] },
  visit: { occasion: "service_use", items: { ip_public: "192.0.2.17" }, events: [] },
  recording: {
    occasion: "meeting",
    items: { participant_name: "김시험", recording: "r1" },
    events: ["recording_ended"],
  },
  payment: {
    occasion: "payment",
    items: { payment_record: "10,000" },
    events: ["payment_completed", "supply_completed"],
  },
  complaint: {
    occasion: "dispute",
    items: { name: "김시험", email: "a@example.org", inquiry_text: "?" },
    method: "phone_fax",
    events: ["ticket_closed"],
  },
  contract: {
    occasion: "subscription",
    items: { contract_record: "c1" },
    events: ["contract_ended"],
  },
};

/** A record of a class whose clock starts on a day; made at noon of that day in Seoul. */
async function makeRecord(engine: TestEngine, recordClass: string, start: string): Promise<string> {
  const making = MAKING[recordClass];
  if (making === undefined) throw new Error(`no way to make ${recordClass}`);
  engine.clock.set(`${start}T12:00:00+09:00`);
  const { method } = making;
  const options = method === undefined ? {} : { method };
  const subject = await collect(engine.context, making.occasion, making.items, options);
  for (const event of making.events) {
    await recordEvent(engine.context, { subject, event, day: start, recordClass });
  }
  return subject;
}

async function classCount(db: Database, recordClass: string): Promise<number> {
  const rows = await db.query("select id from record where class = $1", [recordClass]);
  return rows.length;
}

async function useService(context: EngineContext, subject?: string): Promise<string> {
  const items = { usage_record: "joined", ip_public: "192.0.2.17" };
  return collect(context, "service_use", items, subject === undefined ? {} : { subject });
}

/** A leaf of the log, whichever it is. */
const ONE_LEAF = { seq: expect.any(Number) as number, hash: expect.any(String) as string };

const ZONE = process.env["TZ"];
afterEach(() => {
  if (ZONE === undefined) delete process.env["TZ"];
  else process.env["TZ"] = ZONE;
});

eachDatabase((_kind, open) => {
  test.each(VECTORS)("$says: $start → $last, gone at $eligible", async (vector) => {
    const engine = await testEngine(await open());
    const { context, clock } = engine;
    const subject = await makeRecord(engine, vector.class, vector.start);
    const { records } = await subjectRecords(context, subject);
    expect(records.find((record) => record.recordClass === vector.class)?.endsOn).toBe(vector.last);
    clock.set(Date.parse(vector.eligible) - 1000);
    expect((await keep(context)).days.filter((day) => day.recordClass === vector.class)).toEqual(
      [],
    );
    expect(await classCount(context.db, vector.class)).toBe(1);
    clock.set(vector.eligible);
    expect(
      (await upcoming(context, 0)).find((due) => due.recordClass === vector.class),
    ).toMatchObject({
      eligibleAt: Date.parse(vector.eligible),
      deadlineAt: Date.parse(vector.deadline),
    });
    const report = await keep(context);
    expect(report.days.filter((day) => day.recordClass === vector.class)).toEqual([
      {
        recordClass: vector.class,
        expiredOn: vector.last,
        records: 1,
        subjects: 1,
        overdue: false,
        state: "rows_removed",
        leaves: [ONE_LEAF],
      },
    ]);
    expect(await classCount(context.db, vector.class)).toBe(0);
  });

  describe.each(["UTC", "America/Los_Angeles", "Pacific/Kiritimati"])(
    "in a process in %s",
    (zone) => {
      test.each([
        ["2026-01-31T23:59:59.999+09:00", "2027-01-31"],
        ["2026-02-01T00:00:00.000+09:00", "2027-02-01"],
      ])("what is collected at %s is kept until %s in Seoul", async (at, last) => {
        process.env["TZ"] = zone;
        const { context, clock } = await testEngine(await open());
        clock.set(at);
        const subject = await useService(context);
        const { records } = await subjectRecords(context, subject);
        expect(records.find(({ recordClass }) => recordClass === "usage")?.endsOn).toBe(last);
      });
    },
  );

  test("a second run finds nothing to do", async () => {
    const { context, clock } = await testEngine(await open());
    await useService(context);
    clock.set("2027-11-24T00:00:00+09:00");
    expect((await keep(context)).records).toBe(2);
    const after = await countRows(context.db);
    expect((await keep(context)).days).toEqual([]);
    expect(await countRows(context.db)).toEqual({ ...after, sweep_run: 2 });
    expect(after).toMatchObject({ record: 0, destruction: 2 });
  });

  test.each([
    ["2027-03-01T00:00:00+09:00", false],
    ["2027-03-01T00:00:00.001+09:00", true],
    ["2027-03-02T00:00:00+09:00", true],
  ])("run at %s, five days after midnight: overdue %s", async (at, overdue) => {
    const { context, clock } = await testEngine(await open());
    await useService(context); // visit: last day 2027-02-23, deadline 2027-03-01 00:00
    clock.set(at);
    expect((await keep(context)).days).toMatchObject([{ expiredOn: "2027-02-23", overdue }]);
    const rows = await context.db.query("select overdue, irrecoverable from destruction");
    expect(rows).toEqual([{ overdue, irrecoverable: true }]);
  });

  test("what has ended cannot be read, even before it is destroyed", async () => {
    const { context, clock } = await testEngine(await open());
    const subject = await useService(context);
    const ask = async (): Promise<Items> =>
      read(context, subject, ["usage_record"], { purpose: "improvement" });
    clock.set("2027-11-23T23:59:59+09:00");
    expect(await ask()).toEqual({ usage_record: "joined" });
    clock.set("2027-11-24T00:00:00+09:00");
    expect(await ask()).toEqual({});
  });

  test("a clock that jumps back is not believed", async () => {
    const { context, clock } = await testEngine(await open());
    await useService(context);
    clock.set("2027-12-01T00:00:00+09:00");
    await keep(context);
    await useService(context);
    clock.set("2027-11-30T00:00:00+09:00");
    await expect(keep(context)).rejects.toMatchObject({ code: "ERR_CLOCK_WENT_BACK" });
    const leaves = await context.db.query(
      "select 1 from audit_leaf where kind = 'clock_went_back'",
    );
    expect(leaves).toHaveLength(1);
    clock.set("2027-12-01T00:00:00+09:00");
    expect((await keep(context)).records).toBe(0);
  });

  test.each([
    ["the first removal of look-up tags", /delete from lookup/, 1],
    ["the first removal of records", /delete from record\s/, 1],
    ["the second batch", /delete from record\s/, 2],
    ["the ledger", /insert into destruction/, 2],
    ["the log", /insert into audit_leaf/, 2],
  ])(
    "killed at %s, the next run ends it: nothing lost, nothing twice",
    async (_at, pattern, nth) => {
      const db = await open();
      const engine = await testEngine(db);
      const { context, clock } = engine;
      const subject = await useService(context);
      await fillClassDay(context, subject, 2_300);
      const member = await collect(context, "sign_up", SIGN_UP, SIGN_UP_OPTIONS);
      clock.set("2027-11-24T00:00:00+09:00");
      const broken = { ...context, db: failingAt(db, pattern, nth) };
      await expect(keep(broken)).rejects.toThrow("killed here");
      const [counted] = await db.query<{ gone: number }>(
        "select coalesce(sum(records), 0)::int8 as gone from destruction",
      );
      const left = (await countRows(db))["record"] ?? 0;
      expect(left + (counted?.gone ?? 0)).toBe(2_303);
      await keep(context);
      expect(await countRows(db)).toMatchObject({ record: 1, lookup: 3 });
      const ledger = await db.query(
        `select class, sum(records)::int8 as records, sum(subjects)::int8 as subjects
         from destruction group by class order by class`,
      );
      expect(ledger).toEqual([
        { class: "usage", records: 2_301, subjects: 2 },
        { class: "visit", records: 1, subjects: 1 },
      ]);
      expect((await subjectRecords(context, member)).total).toBe(1);
    },
  );

  test("a clock with two events waits for both and starts with the later", async () => {
    const { context, clock } = await testEngine(await open());
    clock.set("2026-03-10T12:00:00+09:00");
    const subject = await collect(context, "payment", { payment_record: "10,000", card: "tok_1" });
    const payment = async (): Promise<unknown> =>
      (await subjectRecords(context, subject)).records.find((r) => r.recordClass === "payment");
    const report = async (event: string, day: string): Promise<number> =>
      recordEvent(context, { subject, event, day });
    expect(await report("supply_completed", "2026-03-05")).toBe(0);
    expect(await payment()).toMatchObject({ endsOn: null, endsWith: ["payment_completed"] });
    expect(await report("payment_completed", "2026-03-01")).toBe(1);
    expect(await payment()).toMatchObject({ endsOn: "2031-03-05", endsWith: [] });
    // A later event of the same kind never restarts the clock.
    expect(await report("payment_completed", "2026-03-10")).toBe(0);
    expect(await payment()).toMatchObject({ endsOn: "2031-03-05" });
    expect(await read(context, subject, ["payment_record"], { purpose: "contract" })).toEqual({
      payment_record: "10,000",
    });
  });

  test("a profile dies with the withdrawal, and only the profile", async () => {
    const { context, clock } = await testEngine(await open());
    const subject = await collect(context, "sign_up", SIGN_UP, SIGN_UP_OPTIONS);
    await useService(context, subject);
    clock.set("2026-12-24T15:00:00+09:00");
    await recordEvent(context, { subject, event: "withdrawal", day: "2026-12-24" });
    expect(await read(context, subject, ["email"], { purpose: "contract" })).toEqual({});
    expect((await keep(context)).days).toEqual([
      {
        recordClass: "profile",
        expiredOn: "2026-12-23",
        records: 1,
        subjects: 1,
        overdue: false,
        state: "rows_removed",
        leaves: [ONE_LEAF],
      },
    ]);
    expect(await countRows(context.db)).toMatchObject({ record: 2, lookup: 0, record_event: 0 });
  });

  test.each([
    ["an event the policy lacks", { event: "moonrise", day: "2026-11-23" }],
    ["a built-in that cannot be reported", { event: "collected", day: "2026-11-23" }],
    ["a member of every object", { event: "constructor", day: "2026-11-23" }],
    ["a day that is none", { event: "withdrawal", day: "2026-02-30" }],
    ["a day to come", { event: "withdrawal", day: "2026-11-24" }],
  ])("%s starts no clock", async (_says, what) => {
    const { context } = await testEngine(await open());
    const subject = await collect(context, "sign_up", SIGN_UP, SIGN_UP_OPTIONS);
    await expect(recordEvent(context, { subject, ...what })).rejects.toMatchObject({
      code: "ERR_USAGE",
    });
  });

  test("the schedule ahead says what ends, and what is due already", async () => {
    const { context, clock } = await testEngine(await open());
    const subject = await useService(context);
    await useService(context, subject);
    expect(await upcoming(context, 91)).toEqual([]);
    const visit = {
      recordClass: "visit",
      lastDay: "2027-02-23",
      eligibleAt: Date.parse("2027-02-24T00:00:00+09:00"),
      deadlineAt: Date.parse("2027-03-01T00:00:00+09:00"),
      records: 2,
      subjects: 1,
    };
    expect(await upcoming(context, 93)).toEqual([visit]);
    expect((await upcoming(context, 366)).map(({ recordClass }) => recordClass)).toEqual([
      "visit",
      "usage",
    ]);
    clock.set("2027-02-24T00:00:00+09:00");
    expect(await upcoming(context, 0)).toEqual([visit]);
  });
});

/** Many more records of one class-day, so that a sweep needs several batches. */
async function fillClassDay(context: EngineContext, subject: string, many: number): Promise<void> {
  const other = await useService(context);
  await context.db.query("delete from record where subject = $1 and class = 'visit'", [
    Buffer.from(other, "hex"),
  ]);
  await context.db.query(
    `insert into record
     select subject, decode(lpad(to_hex(n), 32, '0'), 'hex'), class, compartment, occasion, method,
            policy_version, policy_hash, collected_on, collected_at, expires_on, items, source, sealed
       from record, generate_series(1, $2::int) as n
      where subject = $1 and class = 'usage'`,
    [Buffer.from(subject, "hex"), many - 1],
  );
}
