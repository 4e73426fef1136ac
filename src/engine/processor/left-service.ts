/** Who has left the service, as far as records tell: nothing of theirs waits for it any more. */
import type { Plan } from "../../compiler/plan.ts";

/** Record classes that end with a withdrawal, such as the profile. */
export function classesUntilWithdrawal(plan: Plan): readonly string[] {
  return [...plan.clocks.values()]
    .filter(({ recordClass }) => recordClass.from.laterOf.includes("withdrawal"))
    .map(({ recordClass }) => recordClass.id);
}
