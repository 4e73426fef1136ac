/** May this purpose see these items of these occasions? Unless the plan says yes: no. */
import { JikimError } from "../../base/errors.ts";
import type { Plan, Use } from "../../compiler/plan.ts";
import type { Sql } from "../../store/database.ts";
import { appendLeaf } from "../audit/append-leaf.ts";
import { liveConsents } from "../consent/consent.ts";
import type { EngineContext } from "../jikim.ts";

/** Every rule a use can be refused by. */
export const USE_RULES = [
  "purpose-unknown",
  "too-much",
  "item-undeclared",
  "item-one-way",
  "item-not-findable",
  "item-not-for-purpose",
  "consent-missing",
] as const;
export type UseRule = (typeof USE_RULES)[number];

export interface UseReason {
  readonly rule: UseRule;
  /** An item of the policy, or `null` where the name is none of its. */
  readonly item: string | null;
}

const MOST_ITEMS = 64;

/** Item → occasions from which the purpose may use it. */
export type Allowed = ReadonlyMap<string, readonly string[]>;

/**
 * What the plan allows, or every reason against it. Consent is not asked here: it belongs to a
 * subject (see consentedOccasions).
 * @param how `find`: the items must also be ones that can be looked up
 */
export function allowedBy(
  plan: Plan,
  items: readonly string[],
  purpose: string,
  how: "read" | "find",
): { readonly use: Use; readonly allowed: Allowed } | { readonly reasons: readonly UseReason[] } {
  const use = plan.uses.get(purpose);
  if (use === undefined) return { reasons: [{ rule: "purpose-unknown", item: null }] };
  if (items.length > MOST_ITEMS) return { reasons: [{ rule: "too-much", item: null }] };
  const reasons: UseReason[] = [];
  const allowed = new Map<string, readonly string[]>();
  for (const name of items) {
    const item = plan.items.get(name);
    const occasions = [...use.items].filter(([, set]) => set.has(name)).map(([id]) => id);
    if (item === undefined) reasons.push({ rule: "item-undeclared", item: null });
    else if (item.stored === "one_way") reasons.push({ rule: "item-one-way", item: name });
    else if (how === "find" && !item.find) reasons.push({ rule: "item-not-findable", item: name });
    else if (occasions.length === 0) reasons.push({ rule: "item-not-for-purpose", item: name });
    else allowed.set(name, occasions);
  }
  return reasons.length > 0 ? { reasons } : { use, allowed };
}

/**
 * The occasions left when the purpose rests on consent: those a living consent of the subject
 * covers. Other bases leave all of them.
 */
export async function consentedOccasions(
  context: EngineContext,
  sql: Sql,
  use: Use,
  subject: Uint8Array,
): Promise<(occasion: string) => boolean> {
  if (use.basis !== "consent") return () => true;
  const live = await liveConsents(sql, subject);
  const covering = use.consents
    .filter((id) => live.has(id))
    .map((id) => context.plan.policy.consents[id]?.occasions ?? []);
  return (occasion) =>
    covering.some((occasions) => occasions.length === 0 || occasions.includes(occasion));
}

/** Refuses a use: a leaf that counts the rules, and ERR_USE_REFUSED with `facts.reasons`. */
export async function refuseUse(
  context: EngineContext,
  purpose: string,
  reasons: readonly UseReason[],
): Promise<never> {
  const known = context.plan.uses.has(purpose) ? purpose : null;
  const rules: Record<string, number> = {};
  for (const { rule } of reasons) rules[rule] = (rules[rule] ?? 0) + 1;
  await appendLeaf(context.db, context.clock.now(), "use_refused", { purpose: known, rules });
  throw new JikimError("ERR_USE_REFUSED", "the policy does not allow this use", {
    purpose: known,
    reasons,
  });
}
