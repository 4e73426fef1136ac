/**
 * What a processor still lacks before anything may be given to it. One table, asked when it goes
 * live and again at every export: what was complete once may have come apart since.
 */
import { lastDay } from "../../base/calendar.ts";
import { isOverseas } from "../../compiler/compile-record.ts";
import type { Plan } from "../../compiler/plan.ts";
import type { Processor } from "../../policy/model.ts";
import { CONTRACT_CONTENTS, type ProcessorFacts } from "./facts.ts";

/** Everything that can be missing, in the order in which an operator would mend it. */
export const MISSING = [
  "contract",
  "contract-contents",
  "sub-consent",
  "identity",
  "country",
  "items",
  "period",
  "contact-abroad",
  "overseas-disclosure",
  "publication",
  "people-told",
  "carrier",
] as const;
export type Missing = (typeof MISSING)[number];

export interface Readiness {
  readonly plan: Plan;
  readonly processor: Processor;
  readonly facts: ProcessorFacts;
  readonly today: string;
  /** Does the store know the version of the policy that names it? */
  readonly recorded: boolean;
}

// Where neither policy nor law says how long a notice on the site stands.
const POSTING_UNTOLD = "P30D";

/** What is missing; empty when the processor may go live. */
export function missingOf(readiness: Readiness): readonly Missing[] {
  return MISSING.filter((each) => isMissing(each, readiness));
}

function isMissing(what: Missing, readiness: Readiness): boolean {
  const { plan, processor, facts, today } = readiness;
  const { policy } = plan;
  const abroad = isOverseas(policy, processor);
  switch (what) {
    case "contract": // PIPA 26①: in writing
      return facts.contract === null || facts.contract.signedOn > today;
    case "contract-contents": // decree 28①
      return (facts.contract?.contents.length ?? 0) < CONTRACT_CONTENTS.length;
    case "sub-consent": // PIPA 26⑥: agreed to before anybody else works on it
      return facts.subProcessors.some(({ consent }) => !isPast(consent?.on ?? null, today));
    case "identity":
      return processor.verify && facts.identity === null;
    case "country":
      return isOpen(processor.country);
    case "items":
      return (plan.processors.get(processor.id)?.items.size ?? 0) === 0;
    case "period":
      return processor.until.length === 0;
    case "contact-abroad": // PIPA 28의8② 3.
      return abroad && isOpen(processor.contact);
    case "overseas-disclosure": // PIPA 28의8②
      return abroad && isOpen(processor.overseas);
    case "publication": // PIPA 26②: the version that names it is in force
      return !readiness.recorded || policy.effective > today;
    case "people-told": // PIPA 26③
      return isMarketing(plan, processor) && !isTold(readiness);
    case "carrier":
      return facts.carrier === null;
    default:
      throw new Error("unknown requirement", { cause: what satisfies never });
  }
}

/** Does it do work for a purpose that rests on consent? Those people are told one by one. */
export function isMarketing({ policy }: Plan, processor: Processor): boolean {
  return processor.work.some((id) => {
    const purpose = policy.works[id]?.purpose ?? "";
    return policy.purposes[purpose]?.basis === "consent";
  });
}

/** One by one, or posted on the site for as long as decree 28⑤ asks. */
function isTold({ plan, facts, today }: Readiness): boolean {
  if (isPast(facts.peopleToldOn, today)) return true;
  if (facts.peoplePostedOn === null) return false;
  const period = String(plan.parameters.get("substitute_posting")?.value ?? POSTING_UNTOLD);
  return lastDay(facts.peoplePostedOn, period) < today;
}

function isPast(day: string | null, today: string): boolean {
  return day !== null && day <= today;
}

function isOpen(fact: unknown): boolean {
  return typeof fact === "object" && fact !== null && "unconfirmed" in fact;
}
