/** The shipped policy with a third party that receives data by consent, and staff to hand it over. */
import { present } from "../../src/base/assert.ts";
import { dayOf } from "../../src/base/calendar.ts";
import { compile, type Compiled } from "../../src/compiler/compile.ts";
import { collect } from "../../src/engine/collection/collect.ts";
import { approveDocument, registerDocument } from "../../src/engine/provision/document.ts";
import { releaseDocument } from "../../src/engine/provision/release.ts";
import { statistics } from "../../src/engine/provision/statistics.ts";
import type { EngineContext } from "../../src/engine/jikim.ts";
import { readPolicy } from "../../src/engine/read-policy.ts";
import type { StaffRole } from "../../src/engine/staff/staff.ts";
import type { Policy } from "../../src/policy/model.ts";
import type { Database, Sql } from "../../src/store/database.ts";
import { moment } from "../../src/store/column-value.ts";
import { payingMember } from "./processors.ts";
import { REMOTEMEETING, type TestEngine, testEngine } from "./test-engine.ts";

export const BY = Object.freeze({ staff: "7", reason: "문의 482 확인", from: "10.0.0.7" });

/** The policy with the purpose, the consent and the occasion a partner needs, then the partner. */
export async function partnerPolicies(): Promise<{
  readonly before: Compiled;
  readonly after: Compiled;
}> {
  const { policy, law } = await readPolicy(REMOTEMEETING);
  const { marketing } = policy.consents;
  const { sign_up: signUp } = policy.occasions;
  const { marketing: purpose } = policy.purposes;
  const id = "partner_offers";
  const without: Policy = {
    ...policy,
    purposes: { ...policy.purposes, [id]: { ...present(purpose, "marketing"), id, tasks: [] } },
    consents: {
      ...policy.consents,
      partner: { ...present(marketing, "marketing"), id: "partner", purposes: [id], occasions: [] },
    },
    occasions: {
      ...policy.occasions,
      sign_up: {
        ...present(signUp, "sign-up"),
        purposes: { ...signUp?.purposes, [id]: ["email", "name", "country"] },
      },
    },
  };
  const partner = {
    id: "partner",
    label: { ko: "제휴사", en: "a partner" },
    gap: false,
    per: [],
    purpose: id,
    items: ["email", "name"],
    keep: "P6M",
  };
  const provision = { ...policy.provision, recipients: { partner } };
  return { before: compile(without, law), after: compile({ ...without, provision }, law) };
}

/** Lets a store know a version, as it does when it has run under it. */
export async function knowVersion(sql: Sql, { policy, law, hash }: Compiled): Promise<void> {
  await sql.query(
    `insert into policy_version (hash, policy, announced, effective, document, first_run_at)
     values ($1, $2, $3, $4, $5, now())
     on conflict do nothing`,
    [hash, policy.id, policy.announced, policy.effective, JSON.stringify({ policy, law })],
  );
}

/** An engine under the policy with the partner. */
export async function partnerEngine(db: Database): Promise<TestEngine> {
  const { after } = await partnerPolicies();
  const engine = await testEngine(db, { compiled: after });
  await knowVersion(db, after);
  return engine;
}

/** A member of staff; the pass opens nothing. */
export async function putStaff(
  { db, clock }: EngineContext,
  id: string,
  roles: readonly StaffRole[] = ["staff"],
): Promise<void> {
  await db.query("insert into staff (id, roles, pass_hash, added_at) values ($1, $2, '-', $3)", [
    id,
    roles,
    moment(clock.now()),
  ]);
}

/** Demands in each state, a release and a table of counts, under the policy that ships. */
export async function someProvisions(context: EngineContext): Promise<void> {
  for (const id of ["701", "702"]) await putStaff(context, id);
  const { clock } = context;
  const validUntil = dayOf(clock.now() + 7 * 86_400_000, context.plan.timeZone);
  const demand = {
    authority: "시험지방법원",
    article: "형사소송법 제215조",
    items: ["name", "payment_record"],
    validUntil,
    staff: "701",
  };
  const subject = await payingMember(context);
  const kinds = ["warrant", "court_order", "statute"] as const;
  const ids: string[] = [];
  for (const [at, kind] of kinds.entries()) {
    const number = `2026-시험-${at}`;
    ids.push(await registerDocument(context, { ...demand, subject, kind, number }));
  }
  const [done = "", ready = ""] = ids;
  for (const id of [done, ready]) {
    for (const staff of ["701", "702"]) await approveDocument(context, id, staff);
  }
  const by = { staff: "701", reason: "영장 집행", from: "203.0.113.7" };
  await releaseDocument(context, done, { by });
  await collect(context, "service_use", { os: "Linux" }, { subject });
  await statistics(context, { purpose: "improvement", item: "os", recipient: "시험연구원" });
}

/** Rules of a refusal, sorted; fails when it was none. */
export async function refusalOf(
  work: Promise<unknown>,
): Promise<{ readonly code: unknown; readonly rules: readonly string[] }> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Error)) throw new Error("it was not refused");
  const { code, facts } = error as Error & {
    readonly code?: unknown;
    readonly facts?: { readonly reasons?: readonly { readonly rule: string }[] };
  };
  return { code, rules: (facts?.reasons ?? []).map(({ rule }) => rule).toSorted() };
}
