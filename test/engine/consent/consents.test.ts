/** Consent from the form to the end of its evidence (S1), on both stores. */
import { expect, test } from "vitest";
import { collect } from "../../../src/engine/collection/collect.ts";
import {
  changeConsent,
  type ConsentEvidence,
  insertConsent,
} from "../../../src/engine/consent/consent.ts";
import { consentHistory } from "../../../src/engine/consent/consent-history.ts";
import { endEvidence } from "../../../src/engine/consent/end-evidence.ts";
import { foundUnderAge } from "../../../src/engine/consent/found-under-age.ts";
import { runConsentClocks } from "../../../src/engine/consent/run-consent-clocks.ts";
import { shownHash } from "../../../src/engine/consent/shown-text.ts";
import type { EngineContext } from "../../../src/engine/jikim.ts";
import { messagesOf } from "../../../src/engine/message/list-messages.ts";
import { runMessages } from "../../../src/engine/message/run-messages.ts";
import { recordEvent } from "../../../src/engine/retention/record-event.ts";
import { keep } from "../../../src/engine/retention/sweep.ts";
import { read } from "../../../src/engine/use/read.ts";
import { bytes } from "../../../src/store/column-value.ts";
import { shipped } from "../../support/compiled.ts";
import { countRows, eachDatabase } from "../../support/databases.ts";
import { SIGN_UP, SIGN_UP_OPTIONS, testEngine } from "../../support/test-engine.ts";

const SHOWN = ["이용 목적: 마케팅과 광고", "보유 기간: 탈퇴할 때까지"];
const SITE: ConsentEvidence = { lang: "ko", shown: SHOWN, method: "site" };
const MARKETING = { purpose: "marketing" };
const ENTRY = {
  email: "e@example.org",
  name: "시험",
  phone: "02-000-0000",
  postcode: "ZZ1 0ZZ",
  address: "시험로 1",
};
const ENTERED = { consents: ["event_entry"], method: "event", shown: SHOWN, lang: "ko" };

async function leafKinds({ db }: EngineContext): Promise<readonly string[]> {
  const rows = await db.query<{ kind: string }>("select kind from audit_leaf order by seq");
  return rows.map(({ kind }) => kind);
}

eachDatabase((_kind, open) => {
  test("S1.2, S1.4: an account without the optional things, and none without the declaration", async () => {
    const { context } = await testEngine(await open());
    await collect(context, "sign_up", SIGN_UP, SIGN_UP_OPTIONS);
    const before = await countRows(context.db);
    const silent = { ...SIGN_UP_OPTIONS, declares: [] };
    await expect(collect(context, "sign_up", SIGN_UP, silent)).rejects.toMatchObject({
      code: "ERR_COLLECTION_REFUSED",
    });
    expect(await countRows(context.db)).toEqual({ ...before, audit_leaf: 2 });
  });

  test("a consent is evidence: version, text, order, language, channel and time, nothing overwritten", async () => {
    const { context, clock } = await testEngine(await open());
    const subject = await collect(context, "sign_up", SIGN_UP, {
      ...SIGN_UP_OPTIONS,
      consents: ["terms", "marketing"],
      shown: SHOWN,
    });
    clock.set("2026-11-24T09:00:00+09:00");
    const by = { staff: "s17" };
    const phoned = { ...SITE, method: "phone", shown: SHOWN.toReversed(), by };
    expect(await changeConsent(context, subject, { ...phoned, withdraw: "marketing" })).toEqual({
      changed: true,
      ended: 0,
    });
    expect(await changeConsent(context, subject, { ...SITE, give: "marketing" })).toEqual({
      changed: true,
      ended: 0,
    });
    const acts = await consentHistory(context, subject);
    expect(acts.filter(({ consent }) => consent === "marketing")).toEqual([
      {
        consent: "marketing",
        given: true,
        at: clock.now(),
        lang: "ko",
        policyHash: context.plan.hash,
        method: "site",
        takenBy: null,
        shown: SHOWN,
      },
      expect.objectContaining({
        given: false,
        method: "phone",
        takenBy: "s17",
        shown: SHOWN.toReversed(),
      }),
      expect.objectContaining({ given: true, method: "sign_up", shown: SHOWN }),
    ]);
    expect(shownHash(SHOWN)).not.toEqual(shownHash(SHOWN.toReversed()));
    expect(await countRows(context.db)).toMatchObject({ shown_text: 2, consent: 4 });
  });

  test("a text that holds a value of the person is not stored, its hash is", async () => {
    const { context } = await testEngine(await open());
    const shown = [`Hello ${SIGN_UP["name"] ?? ""}, kim.test@EXAMPLE.org`];
    await collect(context, "sign_up", SIGN_UP, { ...SIGN_UP_OPTIONS, shown });
    expect(await countRows(context.db)).toMatchObject({ shown_text: 0, consent: 1 });
    const [row] = await context.db.query<{ shown_hash: Uint8Array }>(
      "select shown_hash from consent",
    );
    expect(Buffer.from(row?.shown_hash ?? [])).toEqual(Buffer.from(shownHash(shown)));
  });

  test.each([
    ["a consent of nobody", { ...SITE, give: "fame" }],
    ["a giving of which nothing was shown", { ...SITE, shown: [], give: "marketing" }],
    ["a giving to blank paper", { ...SITE, shown: [" "], give: "marketing" }],
    ["a channel that is a sentence", { ...SITE, method: "by phone!", give: "marketing" }],
    ["a language that is none", { ...SITE, lang: "한국어", give: "marketing" }],
    ["staff by name", { ...SITE, by: { staff: "김 담당" }, give: "marketing" }],
    ["a text with a card number", { ...SITE, shown: ["4111111111111111"], give: "marketing" }],
    ["a text without end", { ...SITE, shown: ["x".repeat(200_001)], give: "marketing" }],
  ])("%s is refused and leaves nothing", async (_says, change) => {
    const { context } = await testEngine(await open());
    const subject = await collect(context, "sign_up", SIGN_UP, SIGN_UP_OPTIONS);
    const before = await countRows(context.db);
    await expect(changeConsent(context, subject, change)).rejects.toMatchObject({
      code: "ERR_USAGE",
    });
    expect(await countRows(context.db)).toEqual(before);
  });

  test("opting in and out is told within fourteen days, and use follows at once", async () => {
    const { context } = await testEngine(await open());
    const subject = await collect(context, "sign_up", SIGN_UP, {
      ...SIGN_UP_OPTIONS,
      consents: ["terms", "marketing"],
      shown: SHOWN,
    });
    expect(await read(context, subject, ["email"], MARKETING)).toHaveProperty("email");
    await changeConsent(context, subject, { ...SITE, withdraw: "marketing" });
    await expect(read(context, subject, ["email"], MARKETING)).rejects.toMatchObject({
      code: "ERR_USE_REFUSED",
    });
    const told = await messagesOf(context, subject);
    expect(told.map(({ kind, dueOn }) => [kind, dueOn])).toEqual([
      ["marketing_result", "2026-12-07"],
      ["marketing_result", "2026-12-07"],
    ]);
    expect(told.map(({ lines }) => lines.join(" "))).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/알서포트.*2026년 11월 23일.*동의하셨고/),
        expect.stringMatching(/알서포트.*2026년 11월 23일.*거두셨고/),
      ]),
    );
    expect(await runMessages(context)).toMatchObject({ sent: 2 });
  });

  test("what is not advertising is told too, where a person can be reached", async () => {
    const { context } = await testEngine(await open());
    const subject = await collect(context, "sign_up", SIGN_UP, SIGN_UP_OPTIONS);
    await changeConsent(context, subject, { ...SITE, withdraw: "terms" });
    expect((await messagesOf(context, subject)).map(({ kind }) => kind)).toEqual([
      "consent_changed",
    ]);
    const guest = await collect(context, "event_entry", ENTRY, ENTERED);
    await changeConsent(context, guest, { ...SITE, withdraw: "event_entry" });
    expect(await messagesOf(context, guest)).toEqual([]);
  });

  test("advertising is confirmed again before every second anniversary, also of a leap day", async () => {
    const { context, clock } = await testEngine(await open(), { now: "2028-02-29T23:59:00+09:00" });
    const subject = await collect(context, "sign_up", SIGN_UP, {
      ...SIGN_UP_OPTIONS,
      consents: ["terms", "marketing"],
      shown: SHOWN,
    });
    const asked = async (at: string): Promise<number> => {
      clock.set(at);
      return (await runConsentClocks(context)).reconfirmed;
    };
    expect(await asked("2030-01-28T23:59:59+09:00")).toBe(0);
    expect(await asked("2030-01-29T00:00:00+09:00")).toBe(1);
    expect(await asked("2030-01-29T00:00:00+09:00")).toBe(0);
    expect(await asked("2030-03-01T00:00:00+09:00")).toBe(0); // silence keeps it
    expect(await read(context, subject, ["email"], MARKETING)).toHaveProperty("email");
    expect(await asked("2032-01-30T00:00:00+09:00")).toBe(1);
    const told = await messagesOf(context, subject);
    const again = told.filter(({ kind }) => kind === "marketing_reconfirm");
    expect(again.map(({ dueOn }) => dueOn)).toEqual(["2032-02-29", "2030-02-28"]);
    await changeConsent(context, subject, { ...SITE, withdraw: "marketing" });
    expect(await asked("2034-02-10T00:00:00+09:00")).toBe(0);
  });

  test("a run that was missed asks at once", async () => {
    const { context, clock } = await testEngine(await open());
    await collect(context, "sign_up", SIGN_UP, {
      ...SIGN_UP_OPTIONS,
      consents: ["terms", "marketing"],
    });
    clock.set("2029-05-01T00:00:00+09:00");
    expect(await runConsentClocks(context)).toEqual({ reconfirmed: 1, ended: 0 });
  });

  test("what rests on a withdrawn consent alone ends, and nothing else", async () => {
    const { context, clock } = await testEngine(await open());
    const member = await collect(context, "sign_up", SIGN_UP, SIGN_UP_OPTIONS);
    const guest = await collect(context, "event_entry", ENTRY, ENTERED);
    expect(await changeConsent(context, guest, { ...SITE, withdraw: "event_entry" })).toEqual({
      changed: true,
      ended: 1,
    });
    expect(await changeConsent(context, member, { ...SITE, withdraw: "terms" })).toMatchObject({
      ended: 0,
    });
    expect((await keep(context)).days).toMatchObject([
      { recordClass: "event_entry", expiredOn: "2026-11-22", overdue: false },
    ]);
    clock.set("2026-11-24T00:00:00+09:00");
    expect((await keep(context)).records).toBe(0);
    expect(await read(context, member, ["email"], { purpose: "contract" })).toHaveProperty("email");
  });

  test("a record with a running clock that rests on consent is erased in every copy", async () => {
    const { context } = await testEngine(await open(), { compiled: shipped("paper-lane") });
    const visit = { page_view: "/pens", cookie: "c-1" };
    const shown = ["We count visits."];
    const subject = await collect(context, "analytics", visit, {
      consents: ["analytics"],
      shown,
      lang: "en",
    });
    const act = { shown, lang: "en", method: "form" };
    expect(await changeConsent(context, subject, { ...act, withdraw: "analytics" })).toEqual({
      changed: true,
      ended: 1,
    });
    expect(await countRows(context.db)).toMatchObject({ record: 0 });
    expect(await leafKinds(context)).toContain("erased");
  });

  test("a crash after the withdrawal leaves nothing behind for longer than a day", async () => {
    const { context } = await testEngine(await open());
    const guest = await collect(context, "event_entry", ENTRY, ENTERED);
    await insertConsent(context.db, {
      subject: bytes(guest),
      id: context.random.bytes(16),
      consent: "event_entry",
      given: false,
      at: context.clock.now(),
      policyHash: context.plan.hash,
      lang: "ko",
      shownHash: shownHash([]),
      method: "site",
      takenBy: null,
    });
    expect(await runConsentClocks(context)).toMatchObject({ ended: 1 });
    expect(await runConsentClocks(context)).toMatchObject({ ended: 0 });
    expect((await keep(context)).records).toBe(1);
  });

  test("evidence lives as long as its data and three years, and then goes with what was told", async () => {
    const { context, clock } = await testEngine(await open());
    const member = await collect(context, "sign_up", SIGN_UP, {
      ...SIGN_UP_OPTIONS,
      consents: ["terms", "marketing"],
      shown: SHOWN,
    });
    await collect(context, "event_entry", ENTRY, ENTERED);
    await runMessages(context);
    expect(await endEvidence(context)).toEqual({ consents: 0, declarations: 0, messages: 0 });
    await recordEvent(context, { subject: member, event: "withdrawal", day: "2026-11-23" });
    clock.set("2026-11-24T00:00:00+09:00");
    await keep(context);
    await endEvidence(context);
    clock.set("2029-11-24T23:59:59+09:00");
    await keep(context);
    expect(await endEvidence(context)).toEqual({ consents: 0, declarations: 0, messages: 0 });
    clock.set("2029-11-25T00:00:00+09:00");
    expect(await endEvidence(context)).toEqual({ consents: 2, declarations: 1, messages: 1 });
    expect(await endEvidence(context)).toEqual({ consents: 0, declarations: 0, messages: 0 });
    // The guest's entry still waits for its event, and so does its evidence.
    expect(await countRows(context.db)).toMatchObject({ consent: 1, record: 1, message: 0 });
    expect(await leafKinds(context)).toContain("evidence_ended");
  });

  test("a policy without a period for evidence keeps none beyond the data", async () => {
    const { context, clock } = await testEngine(await open(), { compiled: shipped("paper-lane") });
    const shown = ["A newsletter a month."];
    const subject = await collect(
      context,
      "newsletter",
      { email: "n@example.org" },
      { consents: ["newsletter"], shown, lang: "en" },
    );
    const act = { shown, lang: "en", method: "form" };
    await changeConsent(context, subject, { ...act, withdraw: "newsletter" });
    await keep(context);
    expect(await endEvidence(context)).toMatchObject({ consents: 0 });
    clock.set(clock.now() + 24 * 3_600_000);
    expect(await endEvidence(context)).toMatchObject({ consents: 2 });
    expect(await countRows(context.db)).toMatchObject({ record: 0, consent: 0 });
  });

  test("S1.5: a child found later is locked, told and gone, but for what a statute keeps", async () => {
    const { context } = await testEngine(await open());
    const subject = await collect(context, "sign_up", SIGN_UP, SIGN_UP_OPTIONS);
    await collect(context, "service_use", { usage_record: "joined" }, { subject });
    await collect(context, "payment", { payment_record: "10,000", card: "tok_1" }, { subject });
    await context.db.query(
      `insert into session (subject, token_hash, started_at, seen_at, ends_at)
       values ($1, $2, now(), now(), now() + interval '1 hour')`,
      [bytes(subject), new Uint8Array(32)],
    );
    expect(await foundUnderAge(context, subject, { lang: "ko" })).toEqual({
      destroyed: 3,
      kept: { payment: 1 },
      destroyedBy: "2026-11-28",
    });
    expect(await countRows(context.db)).toMatchObject({ record: 1, session: 0, restriction: 1 });
    await expect(
      read(context, subject, ["payment_record"], { purpose: "contract" }),
    ).rejects.toMatchObject({ code: "ERR_RESTRICTED" });
    expect(await runMessages(context)).toMatchObject({ sent: 1 });
    expect(await messagesOf(context, subject)).toMatchObject([
      { kind: "child_found", state: "sent" },
    ]);
    expect(await leafKinds(context)).toContain("child_found");
    expect(await foundUnderAge(context, subject, { lang: "ko" })).toMatchObject({ destroyed: 0 });
    expect(await countRows(context.db)).toMatchObject({ restriction: 1, message: 1 });
    await expect(foundUnderAge(context, "00000000000000ff", { lang: "ko" })).rejects.toMatchObject({
      code: "ERR_SUBJECT_UNKNOWN",
    });
  });
});
