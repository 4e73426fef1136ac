/** What may be stored but not used: from the commit of the restriction, in every use there is. */
import { expect, test } from "vitest";
import { collect } from "../../../src/engine/collection/collect.ts";
import { giveConsent } from "../../../src/engine/consent/consent.ts";
import type { EngineContext } from "../../../src/engine/jikim.ts";
import { exportTo } from "../../../src/engine/processor/export-to.ts";
import { provide } from "../../../src/engine/provision/provide.ts";
import { find } from "../../../src/engine/use/find.ts";
import { resumePurpose, stopPurpose } from "../../../src/engine/use/purpose-stop.ts";
import { matches, read } from "../../../src/engine/use/read.ts";
import {
  liftRestriction,
  type NewRestriction,
  restrict,
} from "../../../src/engine/use/restriction.ts";
import { countRows, eachDatabase } from "../../support/databases.ts";
import { activate, payingMember, processorEngine } from "../../support/processors.ts";
import { partnerEngine, refusalOf } from "../../support/recipients.ts";
import { SIGN_UP, SIGN_UP_OPTIONS, testEngine } from "../../support/test-engine.ts";

const CONTRACT = { purpose: "contract" };
const EVIDENCE = { lang: "ko", shown: ["동의합니다."], method: "site" };

const place = (context: EngineContext, what: NewRestriction): Promise<string> =>
  context.db.transaction(async (tx) => restrict(context, tx, what));
const lift = (context: EngineContext, subject: string, id: string): Promise<void> =>
  context.db.transaction(async (tx) => liftRestriction(context, tx, subject, id));
const signUp = (context: EngineContext): Promise<string> =>
  collect(context, "sign_up", SIGN_UP, SIGN_UP_OPTIONS);

eachDatabase((_kind, open) => {
  test("restricted items are stored, not read, and the rest goes on", async () => {
    const { context } = await testEngine(await open());
    const subject = await signUp(context);
    const id = await place(context, { subject, reason: "correction", items: ["email"] });
    expect(await refusalOf(read(context, subject, ["email", "name"], CONTRACT))).toEqual({
      code: "ERR_RESTRICTED",
      rules: ["restricted"],
    });
    expect(await read(context, subject, ["name"], CONTRACT)).toEqual({ name: "김시험" });
    expect(await find(context, { email: "kim.test@example.org" }, CONTRACT)).toEqual([]);
    expect(await find(context, { user_id: "kim-test" }, CONTRACT)).toEqual([subject]);
    await lift(context, subject, id);
    await lift(context, subject, id);
    const values = await read(context, subject, ["email"], CONTRACT);
    expect(values).toEqual({ email: "Kim.Test@Example.org" });
    const kinds = await context.db.query<{ kind: string }>(
      "select kind from audit_leaf where kind like 'restriction%' order by seq",
    );
    expect(kinds.map(({ kind }) => kind)).toEqual(["restriction_placed", "restriction_lifted"]);
  });

  test("each restriction is lifted for itself", async () => {
    const { context } = await testEngine(await open());
    const subject = await signUp(context);
    const one = await place(context, { subject, reason: "correction", items: ["email"] });
    const two = await place(context, { subject, reason: "correction", items: ["email"] });
    await lift(context, subject, one);
    await expect(read(context, subject, ["email"], CONTRACT)).rejects.toMatchObject({
      code: "ERR_RESTRICTED",
    });
    await lift(context, subject, two);
    expect(await read(context, subject, ["email"], CONTRACT)).toHaveProperty("email");
  });

  test("a person restricted as a whole cannot log in; one purpose of theirs does not stop it", async () => {
    const { context } = await testEngine(await open());
    const subject = await signUp(context);
    const login = (): Promise<boolean> =>
      matches(context, subject, "password", "correct horse battery");
    await place(context, { subject, reason: "objection", purposes: ["improvement"] });
    await place(context, { subject, reason: "correction", items: ["email"] });
    expect(await login()).toBe(true);
    const id = await place(context, { subject, reason: "withdrawal" });
    expect(await login()).toBe(false);
    await lift(context, subject, id);
    expect(await login()).toBe(true);
  });

  test("an objection to one purpose leaves the others", async () => {
    const { context } = await testEngine(await open());
    const subject = await signUp(context);
    await place(context, { subject, reason: "objection", purposes: ["contract"] });
    await expect(read(context, subject, ["name"], CONTRACT)).rejects.toMatchObject({
      code: "ERR_RESTRICTED",
    });
    const values = await read(context, subject, ["name"], { purpose: "user_management" });
    expect(values).toEqual({ name: "김시험" });
  });

  test("the person themselves may see what is restricted", async () => {
    const { context } = await testEngine(await open());
    const subject = await signUp(context);
    await place(context, { subject, reason: "suspension" });
    const asked = { ...CONTRACT, ground: "request" } as const;
    expect(await read(context, subject, ["name"], asked)).toEqual({ name: "김시험" });
  });

  test("nothing restricted leaves for a processor", async () => {
    const db = await open();
    const { context } = await processorEngine(db);
    await activate(context, "kcp");
    const payer = await payingMember(context);
    const card = { processor: "kcp", work: "payment", items: ["card"] };
    await exportTo(context, payer, card);
    await place(context, { subject: payer, reason: "suspension" });
    const before = await countRows(db);
    expect(await refusalOf(exportTo(context, payer, card))).toMatchObject({
      code: "ERR_RESTRICTED",
    });
    expect((await countRows(db))["processor_export"]).toBe(before["processor_export"]);
  });

  test("nothing restricted leaves for a third party", async () => {
    const { context: partners } = await partnerEngine(await open());
    const subject = await signUp(partners);
    await giveConsent(partners, subject, "partner", EVIDENCE);
    await place(partners, { subject, reason: "correction", items: ["name"] });
    const given = { recipient: "partner", items: ["email", "name"] };
    expect(await refusalOf(provide(partners, subject, given))).toEqual({
      code: "ERR_RESTRICTED",
      rules: ["restricted"],
    });
    expect((await countRows(partners.db))["provision"]).toBe(0);
    expect(await provide(partners, subject, { ...given, items: ["email"] })).toHaveProperty(
      "email",
    );
  });

  test("a purpose is stopped for everyone by one row, and allowed again by another", async () => {
    const { context } = await testEngine(await open());
    const first = await signUp(context);
    const other = { ...SIGN_UP, user_id: "lee-test", email: "lee@example.org" };
    const second = await collect(context, "sign_up", other, SIGN_UP_OPTIONS);
    const records = (await countRows(context.db))["record"];
    await stopPurpose(context, "contract");
    for (const subject of [first, second]) {
      expect(await refusalOf(read(context, subject, ["name"], CONTRACT))).toEqual({
        code: "ERR_USE_REFUSED",
        rules: ["purpose-stopped"],
      });
    }
    const looked = find(context, { user_id: "lee-test" }, CONTRACT);
    expect((await refusalOf(looked)).rules).toEqual(["purpose-stopped"]);
    expect(await countRows(context.db)).toMatchObject({ purpose_stop: 1, record: records });
    await resumePurpose(context, "contract");
    expect(await read(context, second, ["name"], CONTRACT)).toHaveProperty("name");
  });

  test.each([
    ["nobody's handle", { subject: "00000000000000ff" }, "ERR_SUBJECT_UNKNOWN"],
    ["an item the policy lacks", { items: ["emial"] }, "ERR_USAGE"],
    ["a purpose the policy lacks", { purposes: ["curiosity"] }, "ERR_USAGE"],
    ["an empty list, which is neither none nor all", { items: [] }, "ERR_USAGE"],
  ])("a restriction on %s is refused and stores nothing", async (_says, change, code) => {
    const { context } = await testEngine(await open());
    const subject = await signUp(context);
    const before = await countRows(context.db);
    const what = { subject, reason: "suspension" as const, ...change };
    expect(await refusalOf(place(context, what))).toMatchObject({ code });
    expect(await countRows(context.db)).toEqual(before);
  });

  test("lifting what never was is refused", async () => {
    const { context } = await testEngine(await open());
    const subject = await signUp(context);
    for (const id of ["00000000000000000000000000000001", "none"]) {
      expect(await refusalOf(lift(context, subject, id))).toMatchObject({ code: "ERR_USAGE" });
    }
  });
});
