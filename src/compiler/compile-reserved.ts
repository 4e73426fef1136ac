/** Records that serve one task alone: which they are says the statute that keeps them. */
import type { Law } from "../policy/law.ts";
import type { Policy } from "../policy/model.ts";
import type { ReservedFor } from "./plan.ts";
import { ruleOf } from "./statute.ts";

/** The category under which law files list records of complaints and disputes. */
const DISPUTE_CATEGORY = "complaint";

/**
 * Classes a statute keeps for disputes, where a task of the policy says that its records serve it
 * alone (`keep_for_dispute`), with the tasks that open them.
 */
export function compileReserved(
  policy: Policy,
  law: Law,
): ReadonlyMap<string, readonly ReservedFor[]> {
  const tasks = Object.values(policy.purposes).flatMap((purpose) =>
    purpose.tasks
      .filter(({ duty }) => duty === "keep_for_dispute")
      .map(({ id }) => Object.freeze({ purpose: purpose.id, task: id })),
  );
  if (tasks.length === 0) return new Map();
  const kept = Object.values(policy.records).filter(({ basis, law: rule }) => {
    const demand = ruleOf(law, rule)?.demand;
    return basis === "law" && demand?.kind === "retention" && demand.category === DISPUTE_CATEGORY;
  });
  return new Map(kept.map(({ id }) => [id, Object.freeze(tasks)]));
}
