/** Every promise about use and provision is shown a planted violation and has to turn red. */
import { expect, test } from "vitest";
import { present } from "../../src/base/assert.ts";
import type { Compiled } from "../../src/compiler/compile.ts";
import { collect } from "../../src/engine/collection/collect.ts";
import { giveConsent } from "../../src/engine/consent/consent.ts";
import type { EngineContext } from "../../src/engine/jikim.ts";
import { approveDocument, registerDocument } from "../../src/engine/provision/document.ts";
import { provide } from "../../src/engine/provision/provide.ts";
import { releaseDocument } from "../../src/engine/provision/release.ts";
import { statistics } from "../../src/engine/provision/statistics.ts";
import { read } from "../../src/engine/use/read.ts";
import { liftRestriction, restrict } from "../../src/engine/use/restriction.ts";
import type { Found } from "../../src/proof/check.ts";
import { CHECKS } from "../../src/proof/checks.ts";
import { type ProofContext, runChecks } from "../../src/proof/run-checks.ts";
import type { Verdict } from "../../src/proof/verdict.ts";
import type { Plan } from "../../src/compiler/plan.ts";
import type { Recipient } from "../../src/policy/model.ts";
import type { Database, Sql } from "../../src/store/database.ts";
import { eachDatabase, type OpenEmpty } from "../support/databases.ts";
import { BY, partnerEngine, putStaff } from "../support/recipients.ts";
import { SIGN_UP, SIGN_UP_OPTIONS } from "../support/test-engine.ts";

interface World {
  readonly context: EngineContext;
  readonly compiled: Compiled;
  readonly proof: ProofContext;
}

const EVIDENCE = { lang: "ko", shown: ["동의합니다."], method: "site" };
const DISPUTE = {
  name: "박시험",
  email: "park@example.org",
  inquiry_text: "두 번 결제되었습니다.",
};
const MANAGE = { purpose: "user_management", by: BY };

/** A member whose data staff looked at, a partner got, a court demanded; a restriction that is over. */
async function world(open: OpenEmpty): Promise<World> {
  const { context, compiled, clock } = await partnerEngine(await open());
  const later = (): void => clock.set(clock.now() + 60_000);
  for (const id of ["7", "8"]) await putStaff(context, id);
  const subject = await collect(context, "sign_up", SIGN_UP, SIGN_UP_OPTIONS);
  await collect(context, "dispute", DISPUTE, { subject, method: "phone_fax" });
  await collect(context, "service_use", { os: "Linux" }, { subject });
  for (const consent of ["partner", "marketing"]) {
    await giveConsent(context, subject, consent, EVIDENCE);
  }
  later();
  await read(context, subject, ["email"], { ...MANAGE, purpose: "marketing" });
  await read(context, subject, ["inquiry_text"], { ...MANAGE, task: "dispute_records" });
  await provide(context, subject, { recipient: "partner", items: ["email"] });
  const id = await registerDocument(context, {
    subject,
    kind: "warrant",
    authority: "시험지방법원",
    number: "2026영장000",
    article: "형사소송법 제215조",
    items: ["name"],
    validUntil: "2026-11-23",
    staff: "7",
  });
  for (const staff of ["7", "8"]) await approveDocument(context, id, staff);
  await releaseDocument(context, id, { by: BY });
  await statistics(context, { purpose: "improvement", item: "os" });
  later();
  const held = await restrict(context, context.db, { subject, reason: "correction" });
  later();
  await liftRestriction(context, context.db, subject, held);
  later();
  await read(context, subject, ["name"], MANAGE);
  return { context, compiled, proof: { compiled, db: context.db, clock } };
}

/** What one check finds. */
async function look(sql: Sql, compiled: Compiled, key: string, now: number): Promise<Found> {
  const promise = present(
    compiled.promises.find((each) => each.key === key),
    `there is a promise ${key}`,
  );
  const check = CHECKS[promise.form];
  if (typeof check === "string") throw new Error(`${key} is only words`);
  return check({ compiled, sql, now, archive: async () => Promise.resolve(null) }, promise);
}

/** Does the work in a transaction of which nothing is left. */
async function planted<T>(db: Database, work: (tx: Sql) => Promise<T>): Promise<T> {
  const done: T[] = [];
  const undo = new Error("undone");
  await db
    .transaction(async (tx) => {
      done.push(await work(tx));
      throw undo;
    })
    .catch((error: unknown) => {
      if (error !== undo) throw error;
    });
  return present(done[0], "the work was done");
}

async function verdictOf(proof: ProofContext, key: string): Promise<Verdict> {
  const verdict = (await runChecks(proof)).find((each) => each.key === key);
  return present(verdict, `there is a promise ${key}`);
}

const OTHER_ID = "decode(repeat('ab', 16), 'hex')";

/** Promise → violations planted in what use leaves behind. */
const LINES: readonly (readonly [key: string, statement: string])[] = [
  ["purpose/bound", "update access_log set items = '{password}'"],
  ["purpose/bound", "delete from access_log"],
  ["purpose/bound", "update restriction set placed_at = placed_at - interval '90 seconds'"],
  ["purpose/bound", "update restriction set lifted_at = null"],
  ["purpose/use/user_management", "update access_log set items = '{card}'"],
  ["purpose/consent/marketing", "update access_log set items = '{card}'"],
  [
    "purpose/keep_for_dispute/dispute_records",
    "update access_log set items = '{phone}' where task is not null",
  ],
  ["provision/scope", "update access_log set items = '{password}'"],
  ["provision/beyond_scope", "delete from consent where consent = 'marketing'"],
  ["provision/default", "update provision set recipient = 'acme' where basis = 'consent'"],
  ["provision/default", "update provision set policy_hash = 'none'"],
  ["provision/exception_consent", "delete from consent where consent = 'partner'"],
  [
    "provision/exception_consent",
    "update provision set at = at - interval '1 hour' where basis = 'consent'",
  ],
  ["provision/exception_consent", "update consent set given = false where consent = 'partner'"],
  [
    "provision/exception_authority",
    "update provision set items = '{name,email}' where basis = 'authority'",
  ],
  [
    "provision/exception_authority",
    `update provision set document = ${OTHER_ID} where basis = 'authority'`,
  ],
  [
    "provision/exception_authority",
    "update provision_document set released_at = null; " +
      "update provision_document set second_approved_by = null, second_approved_at = null",
  ],
  ["provision/exception_authority", "update provision_document set valid_until = '2026-11-22'"],
  ["provision/exception_authority", "delete from provision where basis = 'authority'"],
  ["provision/exception_statistics", "update provision_statistic set smallest = 2"],
  ["provision/exception_statistics", "update provision_statistic set item = 'email'"],
  ["provision/recipient/partner", "update provision set items = '{email,phone}'"],
  ["provision/recipient/partner", "update provision set purpose = 'marketing' where purpose <> ''"],
  ["provision/recipient/partner", "update consent set given = false where consent = 'partner'"],
  [
    "provision/otherwise",
    "update policy_version set document = jsonb_set(document::jsonb, " +
      "'{policy,provision,recipients}', '{}')::text",
  ],
  ["provision/otherwise", "update provision set items = '{email,phone}' where basis = 'consent'"],
  ["provision/recorded", "delete from provision"],
  ["provision/recorded", "delete from audit_leaf where kind = 'provided'"],
  ["provision/recorded", "update provision set items = '{name,phone}'"],
];

/** Plans wider than their document. */
const WIDER: readonly (readonly [key: string, change: (compiled: Compiled) => Compiled])[] = [
  ["purpose/keep_for_dispute/dispute_records", (it) => withPlan(it, { reserved: new Map() })],
  ["provision/beyond_scope", withWiderUse],
  ["provision/default", withNobody],
  ["provision/exception_consent", withNobody],
  ["provision/recipient/partner", withWiderPartner],
  ["provision/otherwise", withNobody],
  ["provision/exception_statistics", withNothingToFind],
];

eachDatabase((_name, open) => {
  test("what was used and provided by the rules keeps every promise", async () => {
    const { proof } = await world(open);
    const verdicts = (await runChecks(proof)).filter(({ key }) =>
      /^(?:purpose\/(?!confirm)|provision\/)/.test(key),
    );
    expect(verdicts.filter(({ status }) => status !== "kept")).toEqual([]);
    expect(verdicts.map(({ key }) => key)).toEqual([
      "purpose/bound",
      "purpose/use/contract",
      "purpose/use/user_management",
      "purpose/use/improvement",
      "purpose/consent/marketing",
      "purpose/consent/partner_offers",
      "purpose/keep_for_dispute/dispute_records",
      "provision/scope",
      "provision/beyond_scope",
      "provision/default",
      "provision/exception_consent",
      "provision/exception_authority",
      "provision/exception_statistics",
      "provision/recipient/partner",
      "provision/otherwise",
      "provision/recorded",
    ]);
  });

  test("each promise turns red by what is planted against it", async () => {
    const { context, compiled } = await world(open);
    for (const [key, statement] of LINES) {
      const verdict = await planted(context.db, async (tx) => {
        for (const part of statement.split("; ")) await tx.query(part);
        return look(tx, compiled, key, context.clock.now());
      });
      expect(verdict.status, `${key} by: ${statement}`).toBe("broken");
    }
  });

  test.each(WIDER)("a plan wider than the document breaks %s", async (key, change) => {
    const { proof, compiled } = await world(open);
    const verdict = await verdictOf({ ...proof, compiled: change(compiled) }, key);
    expect(verdict.status).toBe("broken");
  });
});

function withPlan(compiled: Compiled, change: Partial<Plan>): Compiled {
  return { ...compiled, plan: { ...compiled.plan, ...change } };
}

/** The plan lets a purpose see more than the document binds to it. */
function withWiderUse(compiled: Compiled): Compiled {
  const { uses } = compiled.plan;
  const improvement = present(uses.get("improvement"), "a purpose of the policy");
  const items = new Map([...improvement.items, ["sign_up", new Set(["email"])]]);
  return withPlan(compiled, {
    uses: new Map([...uses, ["improvement", { ...improvement, items }]]),
  });
}

/** The plan has recipients that differ from the document's. */
function withRecipients(
  compiled: Compiled,
  change: (partner: Recipient) => Readonly<Record<string, Recipient>>,
): Compiled {
  const { plan } = compiled;
  const { provision } = plan.policy;
  const partner = present(provision.recipients["partner"], "a recipient of the policy");
  const recipients = { ...provision.recipients, ...change(partner) };
  return withPlan(compiled, {
    policy: { ...plan.policy, provision: { ...provision, recipients } },
  });
}

function withNobody(compiled: Compiled): Compiled {
  const items = [...compiled.plan.items.keys()];
  return withRecipients(compiled, (partner) => ({ "-": { ...partner, id: "-", items } }));
}

function withWiderPartner(compiled: Compiled): Compiled {
  return withRecipients(compiled, (partner) => ({
    partner: { ...partner, items: [...partner.items, "phone"] },
  }));
}

function withNothingToFind(compiled: Compiled): Compiled {
  const items = [...compiled.plan.items].map(
    ([id, item]) => [id, { ...item, find: false }] as const,
  );
  return withPlan(compiled, { items: new Map(items) });
}
