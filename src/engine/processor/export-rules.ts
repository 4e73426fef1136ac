/** May this processor get these items for this work? Unless the plan says yes: no. */
import type { Plan } from "../../compiler/plan.ts";

/** Every rule an export can be refused by. */
export const EXPORT_RULES = [
  "processor-unlisted",
  "processor-not-active",
  "work-undeclared",
  "work-not-given-to-it",
  "nothing-asked",
  "too-much",
  "item-undeclared",
  "item-not-needed",
  "item-gone",
  "consent-missing",
  "restricted",
] as const;
export type ExportRule = (typeof EXPORT_RULES)[number];

export interface ExportReason {
  readonly rule: ExportRule;
  /** An item of the policy, or `null` where the name is none of its. */
  readonly item: string | null;
}

export interface ExportAsked {
  readonly processor: string;
  readonly work: string;
  readonly items: readonly string[];
}

const MOST_ITEMS = 64;

/** Every reason of the plan against an export; state and consent are asked elsewhere. */
export function refusalsByPlan(plan: Plan, asked: ExportAsked): readonly ExportReason[] {
  const reasons: ExportReason[] = [];
  const because = (rule: ExportRule, item: string | null = null): void => {
    reasons.push({ rule, item });
  };
  const processor = plan.processors.get(asked.processor)?.processor;
  const work = Object.hasOwn(plan.policy.works, asked.work)
    ? plan.policy.works[asked.work]
    : undefined;
  if (processor === undefined) because("processor-unlisted");
  if (work === undefined) because("work-undeclared");
  else if (processor !== undefined && !processor.work.includes(work.id)) {
    because("work-not-given-to-it");
  }
  if (asked.items.length === 0) because("nothing-asked");
  if (asked.items.length > MOST_ITEMS) {
    because("too-much");
    return reasons;
  }
  for (const item of new Set(asked.items)) {
    if (!plan.items.has(item)) because("item-undeclared");
    else if (work !== undefined && !work.items.includes(item)) because("item-not-needed", item);
  }
  return reasons;
}
