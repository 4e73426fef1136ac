/** Provision by consent: refused unless a living consent names this recipient and these items. */
import { expect, test } from "vitest";
import { collect } from "../../../src/engine/collection/collect.ts";
import { giveConsent, withdrawConsent } from "../../../src/engine/consent/consent.ts";
import type { EngineContext } from "../../../src/engine/jikim.ts";
import { provisionsOf } from "../../../src/engine/provision/ledger.ts";
import { provide } from "../../../src/engine/provision/provide.ts";
import { endUseEvidence } from "../../../src/engine/use/end-use-evidence.ts";
import { accessesOf } from "../../../src/engine/use/staff-access.ts";
import { countRows, eachDatabase } from "../../support/databases.ts";
import {
  BY,
  knowVersion,
  partnerEngine,
  partnerPolicies,
  putStaff,
  refusalOf,
} from "../../support/recipients.ts";
import { SIGN_UP, SIGN_UP_OPTIONS, testEngine } from "../../support/test-engine.ts";

const EVIDENCE = { lang: "ko", shown: ["제휴사에 제공합니다."], method: "site" };
const ASKED = { recipient: "partner", items: ["email", "name"] };
const signUp = (context: EngineContext): Promise<string> =>
  collect(context, "sign_up", SIGN_UP, SIGN_UP_OPTIONS);

eachDatabase((_kind, open) => {
  test("with a living consent the values go, and the ledger tells the person", async () => {
    const { context, clock } = await partnerEngine(await open());
    await putStaff(context, "7");
    const subject = await signUp(context);
    await giveConsent(context, subject, "partner", EVIDENCE);
    expect(await provide(context, subject, { ...ASKED, by: BY })).toEqual({
      email: "Kim.Test@Example.org",
      name: "김시험",
    });
    const told = {
      at: clock.now(),
      basis: "consent",
      recipient: "partner",
      purpose: "partner_offers",
      items: ["email", "name"],
      document: null,
    };
    expect(await provisionsOf(context, subject)).toEqual([told]);
    expect(await accessesOf(context, subject)).toMatchObject([{ refused: false }]);
    const [leaf] = await context.db.query<{ facts: object }>(
      "select facts from audit_leaf where kind = 'provided'",
    );
    expect(leaf?.facts).toMatchObject({ subject, basis: "consent", recipient: "partner" });
    const stored = JSON.stringify(await context.db.query("select * from provision"));
    expect(stored).not.toContain("example.org");
  });

  test.each([
    ["without a consent", {}, [], ["consent-missing", "consent-missing"]],
    [
      "to somebody the policy does not name",
      { recipient: "acme" },
      ["partner"],
      ["recipient-unlisted"],
    ],
    ["to an inherited name", { recipient: "constructor" }, ["partner"], ["recipient-unlisted"]],
    ["of an item it does not get", { items: ["country"] }, ["partner"], ["item-not-for-recipient"]],
    ["of an item the policy lacks", { items: ["emial"] }, ["partner"], ["item-undeclared"]],
    ["of a password", { items: ["password"] }, ["partner"], ["item-one-way"]],
    ["of nothing", { items: [] }, ["partner"], ["nothing-asked"]],
    ["by nobody of the staff", { by: { ...BY, staff: "8" } }, ["partner"], ["staff-unknown"]],
    ["on the consent to something else", {}, ["marketing"], ["consent-missing", "consent-missing"]],
  ])("a provision %s is refused, stores nothing and is told", async (...given) => {
    const [, change, consents, rules] = given;
    const { context } = await partnerEngine(await open());
    await putStaff(context, "7");
    const subject = await signUp(context);
    for (const consent of consents) await giveConsent(context, subject, consent, EVIDENCE);
    const asked = { ...ASKED, ...change };
    const refused = await refusalOf(provide(context, subject, asked));
    expect(refused).toEqual({ code: "ERR_PROVISION_REFUSED", rules });
    expect((await countRows(context.db))["provision"]).toBe(0);
    const leaves = await context.db.query(
      "select facts from audit_leaf where kind = 'provision_refused'",
    );
    expect(leaves).toHaveLength(1);
  });

  test("a consent given before the recipient was named covers nothing of it", async () => {
    const db = await open();
    const { before, after } = await partnerPolicies();
    const early = await testEngine(db, { compiled: before });
    await knowVersion(db, before);
    const subject = await signUp(early.context);
    await giveConsent(early.context, subject, "partner", EVIDENCE);
    await knowVersion(db, after);
    const context: EngineContext = { ...early.context, plan: after.plan };
    expect(await refusalOf(provide(context, subject, ASKED))).toEqual({
      code: "ERR_PROVISION_REFUSED",
      rules: ["consent-version"],
    });
    await giveConsent(context, subject, "partner", EVIDENCE);
    expect(await provide(context, subject, ASKED)).toHaveProperty("email");
    await withdrawConsent(context, subject, "partner", EVIDENCE);
    expect((await refusalOf(provide(context, subject, ASKED))).code).toBe("ERR_PROVISION_REFUSED");
  });

  test("the policy that ships names nobody: every provision is refused", async () => {
    const { context } = await testEngine(await open());
    const subject = await signUp(context);
    const refused = await refusalOf(provide(context, subject, ASKED));
    expect(refused.rules).toContain("recipient-unlisted");
  });

  test("the ledger outlives the person's records by three years and then goes", async () => {
    const { context, clock } = await partnerEngine(await open());
    const subject = await signUp(context);
    await giveConsent(context, subject, "partner", EVIDENCE);
    await provide(context, subject, ASKED);
    clock.set("2035-01-01T12:00:00+09:00");
    await endUseEvidence(context);
    expect(await provisionsOf(context, subject)).toHaveLength(1);
    await context.db.query("delete from lookup");
    await context.db.query("delete from record");
    await context.db.query("delete from consent");
    clock.set("2029-11-23T12:00:00+09:00");
    await endUseEvidence(context);
    expect(await provisionsOf(context, subject)).toHaveLength(1);
    clock.set("2029-11-24T12:00:00+09:00");
    await endUseEvidence(context);
    expect(await provisionsOf(context, subject)).toEqual([]);
  });
});
