/**
 * The clocks a record lives by: those of the version it was collected under and those of the
 * version in force, and of the two the one that ends sooner. So a new version never lengthens what
 * was promised about data that is already there (that would need a new consent), and what it
 * shortens holds for that data too.
 */
import { compilePlan } from "../../compiler/compile-plan.ts";
import type { Clock, Plan } from "../../compiler/plan.ts";
import type { Law } from "../../policy/law.ts";
import type { Policy } from "../../policy/model.ts";
import type { Sql } from "../../store/database.ts";
import type { EngineContext } from "../jikim.ts";
import { expiresOn, type Happened } from "./expiry.ts";

type Clocks = ReadonlyMap<string, Clock>;

export interface VersionClocks {
  /** Hash of each version → its clocks; that of the plan in force is among them. */
  readonly byHash: ReadonlyMap<string, Clocks>;
  /** What governs a record; empty: no version has a rule for its class. */
  governing(policyHash: string, recordClass: string): readonly Clock[];
  /** Classes whose clock waits for an event, in any version. */
  waitingFor(event: string): readonly string[];
  /** Every class a version has a rule for. */
  readonly classes: ReadonlySet<string>;
}

// A hash names its text for ever, so what was compiled once is not compiled again.
const COMPILED = new WeakMap<Plan, Map<string, Clocks>>();

/** The clocks of every version this store has run under. */
export async function versionClocks(
  { plan }: Pick<EngineContext, "plan">,
  sql: Sql,
): Promise<VersionClocks> {
  const byHash = COMPILED.get(plan) ?? new Map([[plan.hash, plan.clocks]]);
  COMPILED.set(plan, byHash);
  const rows = await sql.query<{ hash: string; document: string }>(
    `select hash, document from policy_version
      where policy = $1 and hash <> all($2::text[]) order by first_run_at, hash`,
    [plan.policy.id, [...byHash.keys()]],
  );
  for (const { hash, document } of rows) {
    // The engine wrote it when the version first ran; the check of past texts looks at it again.
    const { policy, law } = JSON.parse(document) as { readonly policy: Policy; readonly law: Law };
    byHash.set(hash, compilePlan(policy, law, hash).clocks);
  }
  return Object.freeze<VersionClocks>({
    byHash,
    governing(policyHash, recordClass) {
      const own = byHash.get(policyHash)?.get(recordClass);
      const present = plan.clocks.get(recordClass);
      return [...new Set([own, present])].filter((clock) => clock !== undefined);
    },
    waitingFor(event) {
      const all = [...byHash.values()].flatMap((clocks) => [...clocks.values()]);
      const waiting = all.filter(({ recordClass }) => recordClass.from.laterOf.includes(event));
      return [...new Set(waiting.map(({ recordClass }) => recordClass.id))];
    },
    classes: new Set([...byHash.values()].flatMap((clocks) => [...clocks.keys()])),
  });
}

/** The soonest last day of several clocks; null while all of them wait. */
export function soonestEnd(clocks: readonly Clock[], happened: Happened): string | null {
  let soonest: string | null = null;
  for (const clock of clocks) {
    const last = expiresOn(clock, happened);
    if (last !== null && (soonest === null || last < soonest)) soonest = last;
  }
  return soonest;
}
