/** Purposes and consents: what may be read, and from which moment it may not. */
import { expect, test } from "vitest";
import { collect } from "../../src/engine/collection/collect.ts";
import { giveConsent, withdrawConsent } from "../../src/engine/consent/consent.ts";
import { subjectRecords } from "../../src/engine/subject-records.ts";
import { find } from "../../src/engine/use/find.ts";
import { read } from "../../src/engine/use/read.ts";
import { countRows, eachDatabase } from "../support/databases.ts";
import { SIGN_UP, SIGN_UP_OPTIONS, testEngine } from "../support/test-engine.ts";

const EVIDENCE = { lang: "ko", shown: ["마케팅에 이용합니다."], method: "site" };
const MARKETING = { purpose: "marketing" };

const REFUSED = [
  {
    says: "a purpose the policy lacks",
    items: ["email"],
    purpose: "espionage",
    rule: "purpose-unknown",
  },
  {
    says: "a purpose named like a member of every object",
    items: ["email"],
    purpose: "constructor",
    rule: "purpose-unknown",
  },
  {
    says: "an item the policy lacks",
    items: ["emial"],
    purpose: "contract",
    rule: "item-undeclared",
  },
  {
    says: "an item of another purpose",
    items: ["email"],
    purpose: "improvement",
    rule: "item-not-for-purpose",
  },
  {
    says: "one item too many",
    items: ["email", "password"],
    purpose: "contract",
    rule: "item-one-way",
  },
  {
    says: "a consent that was not given",
    items: ["email"],
    purpose: "marketing",
    rule: "consent-missing",
  },
  {
    says: "a hundred items",
    items: Array.from({ length: 100 }, () => "email"),
    purpose: "contract",
    rule: "too-much",
  },
];

eachDatabase((_kind, open) => {
  test.each(REFUSED)("a read is refused for $says", async ({ items, purpose, rule }) => {
    const { context } = await testEngine(await open());
    const subject = await collect(context, "sign_up", SIGN_UP, SIGN_UP_OPTIONS);
    await expect(read(context, subject, items, { purpose })).rejects.toMatchObject({
      code: "ERR_USE_REFUSED",
      facts: { reasons: expect.arrayContaining([expect.objectContaining({ rule })]) },
    });
    const [leaf] = await context.db.query<{ facts: { rules: Record<string, number> } }>(
      "select facts from audit_leaf where kind = 'use_refused'",
    );
    expect(leaf?.facts.rules[rule]).toBe(1);
  });

  test("marketing reads with a living consent and stops with its withdrawal", async () => {
    const { context, clock } = await testEngine(await open());
    const subject = await collect(context, "sign_up", SIGN_UP, SIGN_UP_OPTIONS);
    const ask = async (): Promise<unknown> => read(context, subject, ["email"], MARKETING);
    const look = async (): Promise<readonly string[]> =>
      find(context, { email: "kim.test@example.org" }, MARKETING);
    await expect(ask()).rejects.toMatchObject({ code: "ERR_USE_REFUSED" });
    expect(await look()).toEqual([]);
    await giveConsent(context, subject, "marketing", EVIDENCE);
    expect(await ask()).toEqual({ email: "Kim.Test@Example.org" });
    expect(await look()).toEqual([subject]);
    // The same moment on the clock: the order of the acts decides, not the time.
    await withdrawConsent(context, subject, "marketing", EVIDENCE);
    await expect(ask()).rejects.toMatchObject({ code: "ERR_USE_REFUSED" });
    expect(await look()).toEqual([]);
    clock.set("2026-11-22T12:00:00+09:00");
    await giveConsent(context, subject, "marketing", EVIDENCE);
    expect(await ask()).toEqual({ email: "Kim.Test@Example.org" });
    const { consents } = await subjectRecords(context, subject);
    expect(consents.map(({ consent, given }) => [consent, given])).toEqual([
      ["marketing", true],
      ["marketing", false],
      ["marketing", true],
      ["terms", true],
    ]);
  });

  test("a consent for one occasion opens no other", async () => {
    const { context } = await testEngine(await open());
    const subject = await collect(context, "sign_up", SIGN_UP, SIGN_UP_OPTIONS);
    await giveConsent(context, subject, "event_entry", EVIDENCE);
    expect(await read(context, subject, ["email"], MARKETING)).toEqual({});
    expect(await find(context, { email: "kim.test@example.org" }, MARKETING)).toEqual([]);
  });

  test("a consent the policy lacks is no consent", async () => {
    const { context } = await testEngine(await open());
    const subject = await collect(context, "sign_up", SIGN_UP, SIGN_UP_OPTIONS);
    const before = await countRows(context.db);
    for (const consent of ["everything", "constructor"]) {
      await expect(giveConsent(context, subject, consent, EVIDENCE)).rejects.toMatchObject({
        code: "ERR_USAGE",
      });
    }
    await expect(
      giveConsent(context, "00000000000000ff", "marketing", EVIDENCE),
    ).rejects.toMatchObject({ code: "ERR_SUBJECT_UNKNOWN" });
    expect(await countRows(context.db)).toEqual(before);
  });
});
