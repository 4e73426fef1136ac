/** The outbox: what is queued, how it leaves, and that nothing of a person stays in it. */
import { expect, test } from "vitest";
import { collect } from "../../../src/engine/collection/collect.ts";
import { erase } from "../../../src/engine/destruction/erase.ts";
import type { EngineContext } from "../../../src/engine/jikim.ts";
import type { MessageCarrier, MessageLetter } from "../../../src/engine/message/carrier.ts";
import { messagesOf, newestMessages } from "../../../src/engine/message/list-messages.ts";
import { MESSAGE_FACTS, MESSAGE_KINDS } from "../../../src/engine/message/message-facts.ts";
import { messageText } from "../../../src/engine/message/message-words.ts";
import { queueMessage } from "../../../src/engine/message/queue-message.ts";
import { runMessages } from "../../../src/engine/message/run-messages.ts";
import { restrict } from "../../../src/engine/use/restriction.ts";
import { shipped } from "../../support/compiled.ts";
import { eachDatabase } from "../../support/databases.ts";
import { SIGN_UP, SIGN_UP_OPTIONS, testEngine } from "../../support/test-engine.ts";

const DAY = "2026-11-23";
const CHANGED = { consent: "marketing", given: true, day: DAY } as const;

/** A carrier that keeps what it was given, and fails while it is told to. */
function testCarrier(): MessageCarrier & { readonly letters: MessageLetter[]; failing: boolean } {
  const carrier = {
    name: "test",
    letters: [] as MessageLetter[],
    failing: false,
    send(letter: MessageLetter): Promise<void> {
      if (carrier.failing) return Promise.reject(new Error("the mail server is away"));
      carrier.letters.push(letter);
      return Promise.resolve();
    },
  };
  return carrier;
}

async function queue(
  context: EngineContext,
  subject: string,
  more: { readonly about?: string; readonly dueOn?: string; readonly address?: string } = {},
): Promise<string | null> {
  return context.db.transaction(async (tx) =>
    queueMessage(context, tx, {
      subject,
      kind: "consent_changed",
      lang: "ko",
      facts: CHANGED,
      ...more,
    }),
  );
}

eachDatabase((_kind, open) => {
  test("a message is sent to the address of the moment it is sent, once", async () => {
    const { context } = await testEngine(await open());
    const carrier = testCarrier();
    const subject = await collect(context, "sign_up", SIGN_UP, SIGN_UP_OPTIONS);
    const id = await queue(context, subject);
    expect(await runMessages(context, carrier)).toEqual({ sent: 1, faults: {}, failed: 0 });
    expect(await runMessages(context, carrier)).toEqual({ sent: 0, faults: {}, failed: 0 });
    expect(carrier.letters).toHaveLength(1);
    expect(carrier.letters[0]).toMatchObject({ id, to: SIGN_UP["email"], lang: "ko" });
    expect(await messagesOf(context, subject)).toMatchObject([{ state: "sent", carrier: "test" }]);
    const [row] = await context.db.query("select * from message");
    expect(JSON.stringify(row)).not.toMatch(/example\.org|김시험/i);
  });

  test("a carrier that is away is tried again with longer waits", async () => {
    const { context, clock } = await testEngine(await open());
    const carrier = testCarrier();
    const subject = await collect(context, "sign_up", SIGN_UP, SIGN_UP_OPTIONS);
    await queue(context, subject);
    carrier.failing = true;
    expect(await runMessages(context, carrier)).toMatchObject({ faults: { "carrier-failed": 1 } });
    expect(await runMessages(context, carrier)).toMatchObject({ sent: 0, faults: {} });
    clock.set(clock.now() + 5 * 60_000);
    expect(await runMessages(context, carrier)).toMatchObject({ faults: { "carrier-failed": 1 } });
    carrier.failing = false;
    clock.set(clock.now() + 15 * 60_000);
    expect(await runMessages(context, carrier)).toMatchObject({ sent: 1 });
    expect(await newestMessages(context)).toMatchObject([{ attempts: 3, lastFault: null }]);
  });

  test("what may not be used is not written to, until it may", async () => {
    const { context, clock } = await testEngine(await open());
    const carrier = testCarrier();
    const subject = await collect(context, "sign_up", SIGN_UP, SIGN_UP_OPTIONS);
    await queue(context, subject);
    await context.db.transaction(async (tx) =>
      restrict(context, tx, { subject, reason: "suspension" }),
    );
    expect(await runMessages(context, carrier)).toMatchObject({
      sent: 0,
      faults: { "address-restricted": 1 },
      failed: 0,
    });
    await context.db.query("update restriction set lifted_at = placed_at");
    clock.set(clock.now() + 24 * 3_600_000);
    expect(await runMessages(context, carrier)).toMatchObject({ sent: 1 });
  });

  test("nobody is written to whose address is gone, and the message says so", async () => {
    const { context } = await testEngine(await open());
    const subject = await collect(context, "sign_up", SIGN_UP, SIGN_UP_OPTIONS);
    await queue(context, subject);
    await erase(context, subject, { items: ["email"] });
    expect(await runMessages(context, testCarrier())).toEqual({
      sent: 0,
      faults: { "address-gone": 1 },
      failed: 1,
    });
    expect(await newestMessages(context)).toMatchObject([
      { state: "failed", lastFault: "address-gone", nextAt: null },
    ]);
  });

  test("an address that waits for somebody who leaves is sealed, and gone once it was used", async () => {
    const { context } = await testEngine(await open());
    const carrier = testCarrier();
    const subject = await collect(context, "sign_up", SIGN_UP, SIGN_UP_OPTIONS);
    await queue(context, subject, { address: "leaver@example.org" });
    await erase(context, subject, { items: ["email"] });
    const [before] = await context.db.query<{ address: Uint8Array }>("select address from message");
    expect(Buffer.from(before?.address ?? []).toString("latin1")).not.toContain("leaver");
    expect(await runMessages(context, carrier)).toMatchObject({ sent: 1 });
    expect(carrier.letters[0]?.to).toBe("leaver@example.org");
    const [after] = await context.db.query("select address, state from message");
    expect(after).toEqual({ address: null, state: "sent" });
    expect(await context.db.query("select slot from given_up_lock")).toHaveLength(1);
  });

  test("what answers the same thing by the same day is queued once", async () => {
    const { context } = await testEngine(await open());
    const subject = await collect(context, "sign_up", SIGN_UP, SIGN_UP_OPTIONS);
    const about = { about: "00".repeat(16), dueOn: "2026-12-07" };
    expect(await queue(context, subject, about)).toMatch(/^[0-9a-f]{32}$/);
    expect(await queue(context, subject, about)).toBeNull();
    expect(await queue(context, subject, { ...about, dueOn: "2028-12-07" })).not.toBeNull();
  });

  test.each([
    ["a name nobody published", { ...CHANGED, consent: "kim_secret" }],
    ["a value for a name", { ...CHANGED, consent: "kim@example.org" }],
    ["a fact too many", { ...CHANGED, email: "kim@example.org" }],
    ["a fact too few", { consent: "marketing", given: true }],
    ["a day that is none", { ...CHANGED, day: "2026-02-30" }],
  ])("%s does not come into the outbox", async (_says, facts) => {
    const { context } = await testEngine(await open());
    const subject = await collect(context, "sign_up", SIGN_UP, SIGN_UP_OPTIONS);
    const broken = { subject, kind: "consent_changed", lang: "ko", facts } as const;
    await expect(
      queueMessage(context, context.db, broken as Parameters<typeof queueMessage>[2]),
    ).rejects.toThrow("assertion failed");
    expect(await newestMessages(context)).toEqual([]);
  });
});

test("every kind says what happened, in both languages, without an identifier", () => {
  const { policy } = shipped("remotemeeting");
  const facts = {
    name: "marketing",
    count: 3,
    day: DAY,
    flag: true,
    counts: { payment: 14, profile: 1 },
    days: { payment: "2031-11-23" },
  };
  for (const kind of MESSAGE_KINDS) {
    const given = Object.fromEntries(
      Object.entries(MESSAGE_FACTS[kind]).map(([name, type]) => [name, facts[type]]),
    );
    for (const lang of ["ko", "en"] as const) {
      const message = { kind, lang, facts: given } as Parameters<typeof messageText>[1];
      const { title, lines } = messageText(policy, message);
      const text = [title, ...lines].join("\n");
      expect(title.length).toBeGreaterThan(5);
      expect(lines.length).toBeGreaterThan(1);
      expect(text, kind).not.toMatch(/undefined|null|\[object|marketing_|payment\b(?! and)|NaN/);
      expect(/[가-힣]/.test(text)).toBe(lang === "ko");
    }
  }
});
