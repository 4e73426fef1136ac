/** The checks of consents, guests, children and moved clocks go red when something is planted. */
import { expect, test } from "vitest";
import { present } from "../../src/base/assert.ts";
import type { Compiled } from "../../src/compiler/compile.ts";
import { collect } from "../../src/engine/collection/collect.ts";
import { changeConsent } from "../../src/engine/consent/consent.ts";
import { foundUnderAge } from "../../src/engine/consent/found-under-age.ts";
import { runConsentClocks } from "../../src/engine/consent/run-consent-clocks.ts";
import type { EngineContext } from "../../src/engine/jikim.ts";
import { runMessages } from "../../src/engine/message/run-messages.ts";
import { recordEvent } from "../../src/engine/retention/record-event.ts";
import { keep } from "../../src/engine/retention/sweep.ts";
import { runChecks } from "../../src/proof/run-checks.ts";
import type { ProofContext } from "../../src/proof/run-checks.ts";
import type { Verdict } from "../../src/proof/verdict.ts";
import { eachDatabase, type OpenEmpty } from "../support/databases.ts";
import { SIGN_UP, SIGN_UP_OPTIONS, type TestEngine, testEngine } from "../support/test-engine.ts";

const MARKETING = "purpose/consent/marketing";
const ACT = { lang: "ko", shown: ["마케팅·광고 정보 받기"], method: "site" };
const ENTRY = { email: "e@example.org", name: "시험", phone: "02-0000-0000" };

interface World extends TestEngine {
  readonly proof: ProofContext;
  readonly member: string;
  readonly guest: string;
}

/** A member who opted in, with a dispute closed, and a guest who entered an event. */
async function world(open: OpenEmpty): Promise<World> {
  const engine = await testEngine(await open());
  const { context, compiled, clock } = engine;
  await addVersion(context, compiled);
  const member = await collect(context, "sign_up", SIGN_UP, {
    ...SIGN_UP_OPTIONS,
    consents: ["terms", "marketing"],
    shown: ACT.shown,
  });
  const dispute = { name: "시험", email: "a@example.org", inquiry_text: "?" };
  await collect(context, "dispute", dispute, { subject: member, method: "phone_fax" });
  await recordEvent(context, { subject: member, event: "ticket_closed", day: "2026-11-23" });
  const guest = await collect(
    context,
    "event_entry",
    { ...ENTRY, postcode: "00000", address: "시험로 1" },
    { consents: ["event_entry"], method: "event", shown: ACT.shown },
  );
  await runMessages(context);
  return { ...engine, proof: { compiled, db: context.db, clock }, member, guest };
}

async function addVersion(context: EngineContext, compiled: Compiled): Promise<void> {
  const { policy, law } = compiled;
  await context.db.query(
    `insert into policy_version (hash, policy, announced, effective, document, first_run_at)
     values ($1, $2, $3, $4, $5, now())`,
    [compiled.hash, policy.id, policy.announced, policy.effective, JSON.stringify({ policy, law })],
  );
}

async function verdictOf(proof: ProofContext, key: string): Promise<Verdict> {
  return present(
    (await runChecks(proof)).find((each) => each.key === key),
    key,
  );
}

async function wrongCodes(proof: ProofContext, key: string): Promise<readonly string[]> {
  const { evidence } = await verdictOf(proof, key);
  return evidence.filter(({ facts }) => Number(facts["violations"]) > 0).map(({ code }) => code);
}

interface Planted {
  readonly key: string;
  readonly code: string;
  readonly says: string;
  readonly statement: string;
}

const PLANTED: readonly Planted[] = [
  {
    key: "scope/people",
    code: "records-rest-on-the-same",
    says: "a guest's record without the consent a member's would need",
    statement: "delete from consent where consent = 'event_entry'",
  },
  {
    key: "scope/people",
    code: "records-rest-on-the-same",
    says: "a member's record without the declaration",
    statement: "delete from declaration",
  },
  {
    key: MARKETING,
    code: "consents-evidenced",
    says: "an act without its language",
    statement: "update consent set lang = '' where consent = 'marketing'",
  },
  {
    key: MARKETING,
    code: "consents-evidenced",
    says: "an act under a text nobody has any more",
    statement: "update consent set policy_hash = 'gone' where consent = 'marketing'",
  },
  {
    key: MARKETING,
    code: "results-of-advertising-told",
    says: "an opt-in nobody was told the result of",
    statement: "delete from message",
  },
  {
    key: MARKETING,
    code: "results-told-in-time",
    says: "a result that still waits after its day",
    statement: `update message set state = 'queued', sent_at = null, carrier = null,
                       next_at = queued_at, due_on = '2026-11-22'`,
  },
  {
    key: MARKETING,
    code: "advertising-confirmed-again",
    says: "an opt-in of three years ago that was never asked about",
    statement: "update consent set at = at - interval '3 years' where consent = 'marketing'",
  },
  {
    key: "retention/no_default",
    code: "evidence-not-past-its-day",
    says: "evidence whose time is over",
    statement: "update declaration set ended_on = '2023-11-17'",
  },
  {
    key: "retention/row_by_law/complaint",
    code: "last-day-as-promised",
    says: "a last day that does not follow from its event",
    statement: "update record_event set happened_on = happened_on - 1",
  },
  {
    key: "retention/row_by_law/complaint",
    code: "last-day-as-promised",
    says: "a clock that did not start though its event has come",
    statement: "update record set expires_on = null where class = 'complaint'",
  },
];

eachDatabase((_name, open) => {
  test.each(PLANTED)("$says breaks $key", async ({ key, code, statement }) => {
    const { proof, context } = await world(open);
    expect([key, (await verdictOf(proof, key)).status]).toEqual([key, "kept"]);
    await context.db.query(statement);
    expect((await verdictOf(proof, key)).status).toBe("broken");
    expect(await wrongCodes(proof, key)).toContain(code);
  });

  test("advertising confirmed in time keeps the promise, later does not", async () => {
    const { proof, context, clock } = await world(open);
    clock.set("2028-11-20T00:00:00+09:00");
    await runConsentClocks(context);
    await runMessages(context);
    clock.set("2028-11-24T00:00:00+09:00");
    expect(await wrongCodes(proof, MARKETING)).toEqual([]);
    await context.db.query(
      "update message set sent_at = '2028-11-24' where kind = 'marketing_reconfirm'",
    );
    expect(await wrongCodes(proof, MARKETING)).toEqual(["advertising-confirmed-again"]);
  });

  test("what rests on a withdrawn consent may stay for the days of grace and no longer", async () => {
    const { proof, context, clock, guest } = await world(open);
    await changeConsent(context, guest, { ...ACT, withdraw: "event_entry" });
    clock.set("2026-11-28T12:00:00+09:00");
    expect(await wrongCodes(proof, MARKETING)).toEqual([]);
    clock.set("2026-11-29T12:00:00+09:00");
    expect(await wrongCodes(proof, MARKETING)).toEqual(["withdrawn-consents-ended"]);
    await keep(context);
    expect(await wrongCodes(proof, MARKETING)).toEqual([]);
  });

  test("a child's records may stay for the days of grace and no longer", async () => {
    const { proof, context, clock, member, guest } = await world(open);
    const key = "collection/minimum_age";
    await foundUnderAge(context, guest, { lang: "ko" });
    clock.set("2026-11-29T12:00:00+09:00");
    expect(await wrongCodes(proof, key)).toEqual([]);
    await context.db.query("update restriction set subject = $1", [Buffer.from(member, "hex")]);
    expect(await wrongCodes(proof, key)).toEqual(["children-destroyed"]);
  });
});
