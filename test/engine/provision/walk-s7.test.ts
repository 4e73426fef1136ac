/**
 * The audit walk S7, purpose limits and disclosures (P2.1, P3, PIPA 17, 18): an analyst, a campaign,
 * a letter and a warrant, a partner, and the auditor who compares.
 */
import { expect, test } from "vitest";
import { collect } from "../../../src/engine/collection/collect.ts";
import { giveConsent } from "../../../src/engine/consent/consent.ts";
import type { EngineContext, Items } from "../../../src/engine/jikim.ts";
import { exportTo } from "../../../src/engine/processor/export-to.ts";
import { approveDocument, registerDocument } from "../../../src/engine/provision/document.ts";
import { provisionsOf } from "../../../src/engine/provision/ledger.ts";
import { provide } from "../../../src/engine/provision/provide.ts";
import { releaseDocument } from "../../../src/engine/provision/release.ts";
import { statistics } from "../../../src/engine/provision/statistics.ts";
import { find } from "../../../src/engine/use/find.ts";
import { read } from "../../../src/engine/use/read.ts";
import { eachDatabase } from "../../support/databases.ts";
import { activate } from "../../support/processors.ts";
import { BY, knowVersion, partnerPolicies, putStaff, refusalOf } from "../../support/recipients.ts";
import { SIGN_UP, SIGN_UP_OPTIONS, testEngine } from "../../support/test-engine.ts";

const EVIDENCE = { lang: "ko", shown: ["동의합니다."], method: "site" };
const PARTNER = { recipient: "partner", items: ["email"] };

async function members(context: EngineContext, countries: readonly string[]): Promise<string[]> {
  const subjects: string[] = [];
  for (const [at, country] of countries.entries()) {
    const items: Items = { ...SIGN_UP, user_id: `u-${at}`, email: `u${at}@example.org`, country };
    subjects.push(await collect(context, "sign_up", items, SIGN_UP_OPTIONS));
  }
  return subjects;
}

eachDatabase((_kind, open) => {
  test("S7: only aggregates, only opted-in people, no letter, no unnamed partner, no gap", async () => {
    const db = await open();
    const { before, after } = await partnerPolicies();
    const early = await testEngine(db, { compiled: before });
    await knowVersion(db, before);
    for (const id of ["7", "8"]) await putStaff(early.context, id);
    const countries = ["KR", "KR", "KR", "KR", "KR", "KR", "JP", "JP", "US", "US", "US"];
    const people = await members(early.context, countries);
    const [first = "", second = "", third = ""] = people;

    // 1. An analyst asks for addresses "for statistics" and gets a table without small cells.
    const analyst = { purpose: "improvement", by: BY };
    expect((await refusalOf(read(early.context, first, ["email"], analyst))).rules).toEqual([
      "item-not-for-purpose",
    ]);
    const counted = { purpose: "contract", item: "country" };
    const table = await statistics(early.context, counted);
    expect(table).toMatchObject({ cells: [{ value: "KR", people: 6 }], suppressed: 2, total: 11 });

    // 2. A campaign finds whoever opted in, and nobody else.
    await giveConsent(early.context, second, "marketing", EVIDENCE);
    const campaign = { purpose: "marketing" };
    const asked = people.map((_, at) => ({ email: `u${at}@example.org` }));
    const found = await Promise.all(asked.map((each) => find(early.context, each, campaign)));
    expect(found.flat()).toEqual([second]);
    expect((await refusalOf(read(early.context, first, ["email"], campaign))).rules).toEqual([
      "consent-missing",
    ]);

    // 3. A letter is refused and told; a warrant with two approvals releases its fields alone.
    const demand = {
      subject: first,
      authority: "시험경찰서",
      number: "2026-1",
      article: "형사소송법 제215조",
      items: ["name"],
      validUntil: "2026-11-30",
      staff: "7",
    };
    const letter = registerDocument(early.context, { ...demand, kind: "letter" });
    expect((await refusalOf(letter)).rules).toEqual(["document-not-binding"]);
    const id = await registerDocument(early.context, { ...demand, kind: "warrant" });
    for (const staff of ["7", "8"]) await approveDocument(early.context, id, staff);
    expect(await releaseDocument(early.context, id, { by: BY })).toMatchObject({
      values: { name: "김시험" },
    });
    expect(await provisionsOf(early.context, first)).toMatchObject([{ recipient: "시험경찰서" }]);

    // 4. The partner: no consent, then one to a text that lacked it, then one that named it.
    await giveConsent(early.context, third, "partner", EVIDENCE);
    await knowVersion(db, after);
    const context: EngineContext = { ...early.context, plan: after.plan };
    expect((await refusalOf(provide(context, first, PARTNER))).rules).toEqual(["consent-missing"]);
    expect((await refusalOf(provide(context, third, PARTNER))).rules).toEqual(["consent-version"]);
    await giveConsent(context, third, "partner", EVIDENCE);
    expect(await provide(context, third, PARTNER)).toEqual({ email: "u2@example.org" });

    // 5. The auditor: whatever the log says has left stands in a ledger, and the other way round.
    await activate(context, "kcp");
    await collect(
      context,
      "payment",
      { payment_record: "33000 KRW", card: "tok" },
      { subject: first },
    );
    await exportTo(context, first, { processor: "kcp", work: "payment", items: ["card"] });
    expect(await egress(context)).toEqual({ told: 3, provided: 2, exported: 1 });
  });
});

/** Leaves of what left, and lines of the ledgers. */
async function egress(context: EngineContext): Promise<object | undefined> {
  const [row] = await context.db.query(
    `select (select count(*) from audit_leaf
              where kind in ('provided', 'processor_exported'))::int as told,
            (select count(*) from provision)::int as provided,
            (select count(*) from processor_export)::int as exported`,
  );
  return row;
}
