/**
 * Which consents the rules on advertising speak of (정보통신망법 제50조, 시행령 제62조의2, 제62조의3):
 * those a person is offered and need not give, for a purpose that rests on consent alone. Their
 * results are told, and they are confirmed again.
 */
import type { Plan } from "../../compiler/plan.ts";

// Where neither policy nor law gives a time: that of the decree, which is the stricter.
const RESULT_UNTOLD = "P14D";

/** Consents nobody needs to give, to purposes that rest on consent. */
export function advertisingConsents(plan: Plan): readonly string[] {
  const gates = [...plan.gates.values()];
  const offered = new Set(gates.flatMap((gate) => gate.offeredConsents));
  const required = new Set(gates.flatMap((gate) => gate.requiredConsents));
  return Object.values(plan.policy.consents)
    .filter(({ id }) => offered.has(id) && !required.has(id))
    .filter(({ purposes }) => purposes.some((each) => plan.uses.get(each)?.basis === "consent"))
    .map(({ id }) => id);
}

/** How long telling the result may take. */
export function resultPeriod(plan: Plan): string {
  return String(plan.parameters.get("ad_result_notice")?.value ?? RESULT_UNTOLD);
}
