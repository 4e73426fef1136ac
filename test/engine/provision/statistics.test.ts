/** Counts instead of people: of what may be counted, without the cells that point at somebody. */
import { expect, test } from "vitest";
import { collect } from "../../../src/engine/collection/collect.ts";
import { giveConsent } from "../../../src/engine/consent/consent.ts";
import { listStatistics } from "../../../src/engine/provision/ledger.ts";
import { statistics } from "../../../src/engine/provision/statistics.ts";
import { stopPurpose } from "../../../src/engine/use/purpose-stop.ts";
import { restrict } from "../../../src/engine/use/restriction.ts";
import { countRows, eachDatabase } from "../../support/databases.ts";
import { partnerEngine, refusalOf } from "../../support/recipients.ts";
import {
  SIGN_UP,
  SIGN_UP_OPTIONS,
  type TestEngine,
  testEngine,
} from "../../support/test-engine.ts";

const ASKED = { purpose: "improvement", item: "os" };
const EVIDENCE = { lang: "ko", shown: ["동의합니다."], method: "site" };

/** People who use the service, so many of each system; some of them twice. */
async function users(
  { context, clock }: TestEngine,
  systems: Readonly<Record<string, number>>,
): Promise<readonly string[]> {
  const subjects: string[] = [];
  for (const [os, people] of Object.entries(systems)) {
    for (let each = 0; each < people; each += 1) {
      const subject = await collect(context, "service_use", { os: "old", device: "d" });
      clock.set(clock.now() + 1000);
      await collect(context, "service_use", { os }, { subject });
      subjects.push(subject);
    }
  }
  return subjects;
}

eachDatabase((_kind, open) => {
  test("people are counted once, by their newest record, and small cells are left out", async () => {
    const engine = await testEngine(await open());
    const { context } = engine;
    await users(engine, { linux: 6, windows: 5, plan9: 1, haiku: 4 });
    const table = await statistics(context, { ...ASKED, recipient: "한국시험연구원" });
    expect(table).toEqual({
      item: "os",
      smallest: 5,
      cells: [
        { value: "linux", people: 6 },
        { value: "windows", people: 5 },
      ],
      suppressed: 2,
      total: 16,
    });
    expect(await listStatistics(context, { limit: 5 })).toMatchObject([
      { item: "os", recipient: "한국시험연구원", cells: 2, suppressed: 2 },
    ]);
    const stored = JSON.stringify(await context.db.query("select * from provision_statistic"));
    expect(stored).not.toContain("연구원");
  });

  test.each([
    ["e-mail addresses", { item: "email", purpose: "contract" }, ["item-identifying"]],
    ["passwords", { item: "password", purpose: "contract" }, ["item-one-way"]],
    ["what the purpose may not see", { item: "ip_public" }, ["item-not-for-purpose"]],
    ["a purpose the policy lacks", { purpose: "curiosity" }, ["purpose-unknown"]],
    ["a limit below the policy's", { smallest: 4 }, ["cell-too-small"]],
    ["a limit that is none", { smallest: Number.NaN }, ["cell-too-small"]],
    ["a recipient without a name", { recipient: " " }, ["recipient-unlisted"]],
  ])("statistics of %s are refused and told", async (_says, change, rules) => {
    const engine = await testEngine(await open());
    const { context } = engine;
    await users(engine, { linux: 6 });
    const refused = await refusalOf(statistics(context, { ...ASKED, ...change }));
    expect(refused).toEqual({ code: "ERR_PROVISION_REFUSED", rules });
    expect(await countRows(context.db)).toMatchObject({ provision_statistic: 0 });
    const leaves = await context.db.query(
      "select facts from audit_leaf where kind = 'provision_refused'",
    );
    expect(leaves).toHaveLength(1);
  });

  test("whoever is restricted or did not agree is not counted", async () => {
    const engine = await partnerEngine(await open());
    const { context } = engine;
    const [first = ""] = await users(engine, { linux: 6 });
    await restrict(context, context.db, { subject: first, reason: "objection" });
    expect((await statistics(context, ASKED)).total).toBe(5);
    const agreed = { purpose: "partner_offers", item: "country" };
    for (let each = 0; each < 6; each += 1) {
      const items = { ...SIGN_UP, user_id: `u${each}` };
      const subject = await collect(context, "sign_up", items, SIGN_UP_OPTIONS);
      if (each < 5) await giveConsent(context, subject, "partner", EVIDENCE);
    }
    expect((await statistics(context, agreed)).cells).toEqual([{ value: "KR", people: 5 }]);
    await stopPurpose(context, "improvement");
    expect((await refusalOf(statistics(context, ASKED))).rules).toEqual(["purpose-stopped"]);
  });
});
