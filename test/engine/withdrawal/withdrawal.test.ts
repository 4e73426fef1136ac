/** Membership withdrawal: what it destroys, moves and keeps, and that each step is taken once. */
import { describe, expect, test } from "vitest";
import { collect } from "../../../src/engine/collection/collect.ts";
import { giveConsent } from "../../../src/engine/consent/consent.ts";
import { placeHold } from "../../../src/engine/hold/place-hold.ts";
import type { EngineContext } from "../../../src/engine/jikim.ts";
import { runMessages } from "../../../src/engine/message/run-messages.ts";
import { exportTo } from "../../../src/engine/processor/export-to.ts";
import { openItems, type PlaceRow } from "../../../src/engine/record.ts";
import { recordEvent } from "../../../src/engine/retention/record-event.ts";
import { keep } from "../../../src/engine/retention/sweep.ts";
import { find } from "../../../src/engine/use/find.ts";
import { read } from "../../../src/engine/use/read.ts";
import { forgetWithdrawals } from "../../../src/engine/withdrawal/forget-withdrawals.ts";
import { previewWithdrawal } from "../../../src/engine/withdrawal/preview.ts";
import {
  continueWithdrawals,
  withdraw,
  type WithdrawOptions,
} from "../../../src/engine/withdrawal/withdraw.ts";
import {
  WITHDRAWAL_STEPS,
  type WithdrawalStep,
} from "../../../src/engine/withdrawal/withdrawal-row.ts";
import type { Database } from "../../../src/store/database.ts";
import { countRows, eachDatabase } from "../../support/databases.ts";
import { killedAt } from "../../support/killed-at.ts";
import { activate, processorEngine } from "../../support/processors.ts";
import { SIGN_UP, SIGN_UP_OPTIONS, testEngine } from "../../support/test-engine.ts";
import { classesOf, leavesOf, memberWithHistory } from "./support.ts";

const BY_MEMBER: WithdrawOptions = { confirmedBy: "member", channel: "site" };
/** Moments at which a withdrawal is killed, evenly over all its statements and commits. */
const POINTS = 7;
const handle = (subject: string): Uint8Array => new Uint8Array(Buffer.from(subject, "hex"));

type Copy = PlaceRow & { readonly sealed: Uint8Array };

/** Every sealed record as a copy made now would hold it. */
const copyOf = (db: Database): Promise<readonly Copy[]> =>
  db.query<Copy>(
    "select subject, id, class, compartment, expires_on, sealed from record order by class, id",
  );

/** The classes of a copy's records that still open, each once. */
async function openable(context: EngineContext, copy: readonly Copy[]): Promise<string[]> {
  const found = new Set<string>();
  for (const row of copy) {
    try {
      await openItems(context.keeper, [row]);
      found.add(row.class);
    } catch (error) {
      expect(error).toMatchObject({ code: "ERR_KEY_GONE" });
    }
  }
  return [...found];
}

/** One person with the two processors of S2. */
async function leaver(db: Database, payments = 3) {
  const { context, clock } = await processorEngine(db);
  await activate(context, "kcp");
  await activate(context, "benchmark");
  const subject = await memberWithHistory(context, { payments });
  await exportTo(context, subject, { processor: "kcp", work: "payment", items: ["card"] });
  const mail = { processor: "benchmark", work: "marketing_mail", items: ["email"] };
  await exportTo(context, subject, mail);
  return { context, clock, subject };
}

/** What must hold of somebody who has left, however often it was interrupted. */
async function expectGone(context: EngineContext, subject: string, payments = 3): Promise<void> {
  const { db } = context;
  const of = [handle(subject)];
  expect(await classesOf(db, subject)).toEqual({ recording: 3, usage: 3, visit: 3 });
  expect(await classesOf(await context.archive(), subject, "archived_record")).toEqual({
    complaint: 1,
    contract: 1,
    payment: payments,
  });
  const rows = async (table: Promise<readonly unknown[]>): Promise<number> => (await table).length;
  expect({
    tags: await rows(db.query("select from lookup where subject = $1", of)),
    sessions: await rows(db.query("select from session where subject = $1", of)),
    reseals: await rows(db.query("select from reseal where subject = $1", of)),
    moves: await rows(db.query("select from archive_move where subject = $1", of)),
    restrictions: await rows(db.query("select from restriction where subject = $1", of)),
    orders: await rows(db.query("select from processor_order where subject = $1", of)),
    messages: await rows(db.query("select from message where subject = $1", of)),
    keysGone: await rows(db.query("select from destruction where caches_drained_at is not null")),
  }).toEqual({
    tags: 0,
    sessions: 0,
    reseals: 0,
    moves: 0,
    restrictions: 1,
    orders: 2,
    messages: 1,
    keysGone: 4,
  });
  expect(await leavesOf(db, subject)).toMatchObject({ withdrawal_confirmed: 1, withdrawn: 1 });
}

eachDatabase((_name, open) => {
  test("S2: a paid history is split as told before, and nothing else is left", async () => {
    const { context, subject } = await leaver(await open(), 14);
    const before = await classesOf(context.db, subject);
    const copy = await copyOf(context.db);
    const preview = await previewWithdrawal(context, subject);
    expect(preview.processors).toEqual(["benchmark", "kcp"]);
    expect(preview.parts.map(({ recordClass, fate, until }) => [recordClass, fate, until])).toEqual(
      [
        ["usage", "kept", "2027-11-23"],
        ["recording", "kept", "2027-02-23"],
        ["contract", "moved", "2031-11-23"],
        ["payment", "moved", "2031-11-23"],
        ["complaint", "moved", null], // the dispute is open: three years from its closing
        ["visit", "kept", "2027-02-23"],
        ["profile", "destroyed", null],
        ["payment_means", "destroyed", null],
        ["support_ticket", "destroyed", null],
        ["meeting", "destroyed", null],
      ],
    );
    const counts = preview.parts.map(({ recordClass, records }) => [recordClass, records] as const);
    expect(Object.fromEntries(counts)).toEqual(before);

    const steps: WithdrawalStep[] = [];
    const done = await withdraw(context, subject, {
      ...BY_MEMBER,
      onStep: (step) => void steps.push(step),
    });
    expect(steps).toEqual(WITHDRAWAL_STEPS);
    expect(done).toMatchObject({ step: "told", orders: 2, parts: preview.parts });
    await expectGone(context, subject, 14);
    expect(await openable(context, copy)).toEqual(["visit"]);
    // What stays opens where it is, sealed anew where its old lock died.
    expect(await openable(context, await copyOf(context.db))).toEqual([
      "recording",
      "usage",
      "visit",
    ]);
    const archived = await (
      await context.archive()
    ).query<{ items: readonly string[] }>(
      "select distinct items from archived_record order by items",
    );
    expect(archived.map(({ items }) => items)).toEqual([
      ["contract_record", "email", "name"],
      ["email", "inquiry_text", "name"],
      ["email", "name", "payment_record"],
    ]);
  });

  test("from the freeze on nothing is used, taken or found, and a new sign-up is a new person", async () => {
    const { context, subject } = await leaver(await open());
    await withdraw(context, subject, BY_MEMBER);
    const by = { user_id: SIGN_UP["user_id"] ?? "", company_id: SIGN_UP["company_id"] ?? "" };
    expect(await find(context, by, { purpose: "user_management" })).toEqual([]);
    const asked = read(context, subject, ["usage_record"], { purpose: "improvement" });
    await expect(asked).rejects.toMatchObject({ code: "ERR_RESTRICTED" });
    const more = collect(context, "service_use", { usage_record: "late" }, { subject });
    await expect(more).rejects.toMatchObject({ code: "ERR_SUBJECT_UNKNOWN" });
    const shown = { lang: "ko", shown: ["?"], method: "site" };
    const consent = giveConsent(context, subject, "marketing", shown);
    await expect(consent).rejects.toMatchObject({ code: "ERR_SUBJECT_UNKNOWN" });

    const again = await collect(context, "sign_up", SIGN_UP, {
      ...SIGN_UP_OPTIONS,
      unique: ["company_id", "user_id"],
    });
    expect(again).not.toBe(subject);
    expect(await find(context, by, { purpose: "user_management" })).toEqual([again]);
    expect(await classesOf(await context.archive(), again, "archived_record")).toEqual({});
  });

  test("the person is told what was destroyed and what is kept, at the address that died", async () => {
    const { context, subject } = await leaver(await open());
    await withdraw(context, subject, { ...BY_MEMBER, lang: "en" });
    const [row] = await context.db.query<{ address: Uint8Array; facts: string; lang: string }>(
      "select address, facts, lang from message where subject = $1",
      [handle(subject)],
    );
    expect(JSON.parse(row?.facts ?? "")).toEqual({
      day: "2026-11-23",
      destroyed: { meeting: 3, payment_means: 3, profile: 1, support_ticket: 1 },
      moved: { complaint: 1, contract: 1, payment: 3 },
      kept: { recording: 3, usage: 3, visit: 3 },
      until: {
        contract: "2031-11-23",
        payment: "2031-11-23",
        recording: "2027-02-23",
        usage: "2027-11-23",
        visit: "2027-02-23",
      },
      orders: 2,
    });
    const letters: string[] = [];
    await runMessages(context, {
      name: "test",
      send: async ({ to, lines }) => void letters.push(to, ...lines),
    });
    expect(letters[0]).toBe("Kim.Test@Example.org");
    expect(letters.length).toBeGreaterThan(3);
    // Neither the row of the withdrawal nor the message holds an address any more.
    const left = await context.db.query(
      `select from withdrawal where address is not null
       union all select from message where address is not null`,
    );
    expect(left).toEqual([]);
  });

  test.each([
    ["nobody", { confirmedBy: "nobody", channel: "site" }],
    ["no channel", { confirmedBy: "member", channel: "rumour" }],
    ["staff without a handle", { confirmedBy: "staff", channel: "phone" }],
    ["a representative nobody looked at", { confirmedBy: "representative", channel: "letter" }],
    ["a name instead of a handle", { confirmedBy: "staff", channel: "phone", by: "Kim 1234" }],
  ])("confirmed by %s: nothing happens at all", async (_says, options) => {
    const { context } = await testEngine(await open());
    const subject = await collect(context, "sign_up", SIGN_UP, SIGN_UP_OPTIONS);
    const before = await countRows(context.db);
    await expect(withdraw(context, subject, options as WithdrawOptions)).rejects.toMatchObject({
      code: "ERR_WITHDRAWAL_UNCONFIRMED",
    });
    expect(await countRows(context.db)).toEqual(before);
  });

  test("a second time, and two at once: one withdrawal", async () => {
    const { context, subject } = await leaver(await open());
    const [one, other] = await Promise.all([
      withdraw(context, subject, BY_MEMBER),
      withdraw(context, subject, { confirmedBy: "staff", channel: "phone", by: "7" }),
    ]);
    expect(one).toEqual(other);
    expect(await withdraw(context, subject, BY_MEMBER)).toEqual(one);
    await expectGone(context, subject);
    expect(await continueWithdrawals(context)).toEqual({ finished: 0, stopped: {} });
  });

  test("nobody of that handle, and somebody of whom nothing is held", async () => {
    const { context } = await testEngine(await open());
    for (const subject of ["00".repeat(8), "nobody"]) {
      const asked = withdraw(context, subject, BY_MEMBER);
      await expect(asked).rejects.toMatchObject({ code: "ERR_SUBJECT_UNKNOWN" });
    }
    expect(await countRows(context.db)).toMatchObject({ withdrawal: 0, audit_leaf: 0 });
  });

  test("an archive that is away stops everything before the first removal, and later nothing", async () => {
    const { context, subject } = await leaver(await open());
    const before = await classesOf(context.db, subject);
    const away = { ...context, archive: () => Promise.reject(new Error("away")) };
    await expect(withdraw(away, subject, BY_MEMBER)).rejects.toThrow("away");
    expect(await countRows(context.db)).toMatchObject({ withdrawal: 0, restriction: 0 });
    let opened = 0; // there when the wish is confirmed, away when it is needed
    const goes = {
      ...context,
      archive: () => ((opened += 1) > 1 ? Promise.reject(new Error("away")) : context.archive()),
    };
    await expect(withdraw(goes, subject, BY_MEMBER)).rejects.toThrow("away");
    expect(await classesOf(context.db, subject)).toEqual(before);
    expect(await continueWithdrawals(context)).toEqual({ finished: 1, stopped: {} });
    await expectGone(context, subject);
  });

  test("A2: without proof that the period was accepted, usage records and recordings go too", async () => {
    const { context } = await testEngine(await open());
    const used = { usage_record: "joined", ip_public: "192.0.2.17" };
    const subject = await collect(context, "service_use", used);
    const { parts } = await previewWithdrawal(context, subject);
    expect(parts.map(({ recordClass, fate }) => [recordClass, fate])).toEqual([
      ["usage", "destroyed"],
      ["visit", "kept"],
    ]);
    await withdraw(context, subject, BY_MEMBER);
    expect(await classesOf(context.db, subject)).toEqual({ visit: 1 });
  });

  test("a withdrawal that goes on days later counts from the day of the wish", async () => {
    const { context, clock, subject } = await leaver(await open());
    clock.set("2026-11-23T23:59:59+09:00");
    const { context: dying } = killedAt(context, 120);
    await expect(withdraw(dying, subject, BY_MEMBER)).rejects.toThrow("killed here");
    clock.set("2026-11-26T03:00:00+09:00");
    await continueWithdrawals(context);
    const rows = await (
      await context.archive()
    ).query("select distinct expires_on from archived_record where class = 'contract'");
    expect(rows).toEqual([{ expires_on: "2031-11-23" }]);
    await expectGone(context, subject);
  });

  test("what a legal hold covers outlives the withdrawal, out of everybody's reach", async () => {
    const { context, subject } = await leaver(await open());
    await placeHold(context, {
      subject,
      classes: ["profile"],
      document: "2026-가합-17",
      until: "2027-06-30",
      by: "7",
    });
    await withdraw(context, subject, BY_MEMBER);
    const held = await context.db.query("select class from held_record where subject = $1", [
      handle(subject),
    ]);
    expect(held).toEqual([{ class: "profile" }]);
    expect(await classesOf(context.db, subject)).toEqual({ recording: 3, usage: 3, visit: 3 });
  });

  test("the line of a withdrawal is proof for three years, and then it goes too", async () => {
    const { context, clock, subject } = await leaver(await open());
    await withdraw(context, subject, BY_MEMBER);
    clock.set("2027-11-24T12:00:00+09:00");
    await keep(context); // usage records and visits have ended: nothing of theirs is here
    clock.set("2029-11-23T12:00:00+09:00");
    expect(await forgetWithdrawals(context)).toBe(0);
    clock.set("2029-11-24T12:00:00+09:00");
    expect(await forgetWithdrawals(context)).toBe(1);
    expect(await countRows(context.db)).toMatchObject({ withdrawal: 0, restriction: 0 });
  });

  test("the dispute that was open is closed later: its clock runs in the archive", async () => {
    const { context, clock, subject } = await leaver(await open());
    await withdraw(context, subject, BY_MEMBER);
    clock.set("2026-12-24T10:00:00+09:00");
    await recordEvent(context, { subject, event: "ticket_closed", day: "2026-12-24" });
    const rows = await (
      await context.archive()
    ).query("select expires_on from archived_record where class = 'complaint'");
    expect(rows).toEqual([{ expires_on: "2029-12-24" }]);
  });

  describe("interrupted", () => {
    test("at any step: the next run ends it, nothing lost and nothing twice", async () => {
      const whole = await leaver(await open());
      const counting = killedAt(whole.context, Number.POSITIVE_INFINITY);
      await withdraw(counting.context, whole.subject, BY_MEMBER);
      const steps = counting.steps();
      expect(steps).toBeGreaterThan(100);
      const points = Array.from({ length: POINTS }, (_, at) =>
        Math.floor(((at + 0.5) * steps) / POINTS),
      );
      for (const point of points) {
        const { context, subject } = await leaver(await open());
        const copy = await copyOf(context.db);
        const died = withdraw(killedAt(context, point).context, subject, BY_MEMBER);
        await expect(died, `at ${point}`).rejects.toThrow("killed here");
        await continueWithdrawals(context);
        const done = await withdraw(context, subject, BY_MEMBER);
        expect(done.step, `at ${point}`).toBe("told");
        await expectGone(context, subject);
        expect(await openable(context, copy)).toEqual(["visit"]);
      }
    });
  });

  test("statements do not grow with the people there are, nor with what one has paid", async () => {
    const statementsOf = async (others: number, payments: number): Promise<number> => {
      const { context } = await testEngine(await open());
      for (let other = 0; other < others; other += 1) {
        await memberWithHistory(context, { payments: 1, usages: 1, userId: `other-${other}` });
      }
      const subject = await memberWithHistory(context, { payments, usages: payments });
      const counting = killedAt(context, Number.POSITIVE_INFINITY);
      await withdraw(counting.context, subject, BY_MEMBER);
      return counting.steps();
    };
    const few = await statementsOf(0, 2);
    expect(await statementsOf(8, 2)).toBe(few);
    expect(await statementsOf(0, 40)).toBe(few);
  });
});
