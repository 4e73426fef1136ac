/** May this purpose see these items of these occasions? Unless the plan says yes: no. */
import { JikimError } from "../../base/errors.ts";
import type { Plan, Use } from "../../compiler/plan.ts";
import type { Sql } from "../../store/database.ts";
import { appendLeaf } from "../audit/append-leaf.ts";
import { liveConsents } from "../consent/live-consents.ts";
import type { EngineContext } from "../jikim.ts";
import type { AskedUse } from "./asked-use.ts";

/** Every rule a use can be refused by. */
export const USE_RULES = [
  "purpose-unknown",
  "purpose-stopped",
  "too-much",
  "item-undeclared",
  "item-one-way",
  "item-not-findable",
  "item-not-for-purpose",
  "task-unknown",
  "item-not-for-task",
  "consent-missing",
  "restricted",
  "place-live-only",
  "ground-missing",
  "staff-unknown",
  "staff-reason",
  "staff-role",
  "subject-unknown",
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
 * What the plan allows of the living records, or every reason against it: purpose × class × item ×
 * task. What belongs to a subject is asked elsewhere: consent (consentedOccasions), and what lies
 * over the records (overlaysOf).
 * @param how `find`: the items must also be ones that can be looked up
 */
export function allowedBy(
  plan: Plan,
  items: readonly string[],
  asked: Omit<AskedUse, "by">,
  how: "read" | "find",
): { readonly use: Use; readonly allowed: Allowed } | { readonly reasons: readonly UseReason[] } {
  const use = plan.uses.get(asked.purpose);
  if (use === undefined) return { reasons: [{ rule: "purpose-unknown", item: null }] };
  if (items.length > MOST_ITEMS) return { reasons: [{ rule: "too-much", item: null }] };
  if (!isTaskOf(plan, asked)) return { reasons: [{ rule: "task-unknown", item: null }] };
  const reasons: UseReason[] = [];
  const allowed = new Map<string, readonly string[]>();
  for (const name of items) {
    const item = plan.items.get(name);
    const bound = [...use.items].filter(([, set]) => set.has(name)).map(([id]) => id);
    const occasions = bound.filter((occasion) => isOpenTo(plan, asked, occasion, name));
    if (item === undefined) reasons.push({ rule: "item-undeclared", item: null });
    else if (item.stored === "one_way") reasons.push({ rule: "item-one-way", item: name });
    else if (how === "find" && !item.find) reasons.push({ rule: "item-not-findable", item: name });
    else if (bound.length === 0) reasons.push({ rule: "item-not-for-purpose", item: name });
    else if (occasions.length === 0) reasons.push({ rule: "item-not-for-task", item: name });
    else allowed.set(name, occasions);
  }
  return reasons.length > 0 ? { reasons } : { use, allowed };
}

function isTaskOf({ policy }: Plan, { purpose, task }: Omit<AskedUse, "by">): boolean {
  const tasks = policy.purposes[purpose]?.tasks ?? [];
  return task === undefined || tasks.some(({ id }) => id === task);
}

/**
 * Records kept for disputes open for their task alone, and their task opens nothing else (P2.7):
 * whoever handles a dispute has no need of the rest, and everybody else none of the dispute.
 */
function isOpenTo(
  plan: Plan,
  asked: Omit<AskedUse, "by">,
  occasion: string,
  item: string,
): boolean {
  if (asked.ground === "request") return true;
  const recordClass = plan.gates.get(occasion)?.classOf.get(item) ?? "";
  const opens = ({ purpose, task }: { purpose: string; task: string }): boolean =>
    purpose === asked.purpose && task === asked.task;
  const reserved = plan.reserved.get(recordClass);
  if (reserved !== undefined) return reserved.some(opens);
  return ![...plan.reserved.values()].some((tasks) => tasks.some(opens));
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

/**
 * Refuses a use: a leaf that counts the rules, and an error with `facts.reasons`. ERR_RESTRICTED
 * when a restriction is all that stands in the way, else ERR_USE_REFUSED.
 */
export async function refuseUse(
  context: EngineContext,
  purpose: string | null,
  reasons: readonly UseReason[],
): Promise<never> {
  const known = purpose !== null && context.plan.uses.has(purpose) ? purpose : null;
  const rules: Record<string, number> = {};
  for (const { rule } of reasons) rules[rule] = (rules[rule] ?? 0) + 1;
  await appendLeaf(context.db, context.clock.now(), "use_refused", { purpose: known, rules });
  const facts = { purpose: known, reasons };
  if (reasons.every(({ rule }) => rule === "restricted")) {
    throw new JikimError("ERR_RESTRICTED", "it may be stored, but not used for now", facts);
  }
  throw new JikimError("ERR_USE_REFUSED", "the policy does not allow this use", facts);
}
