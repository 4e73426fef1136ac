/** Purposes (PIPA 15, 18, 22): what data may be used for, and what two kinds of task oblige. */
import type { Policy, Purpose } from "../../policy/model.ts";
import { taskRef } from "../../policy/task-ref.ts";
import { label, labelsOf, stated } from "../value.ts";
import { type Draft, draft, type FormOf, type Source } from "./draft.ts";

type PurposeDraft = Draft<FormOf<"purpose">>;

export function draftPurpose({ policy }: Source): readonly PurposeDraft[] {
  const all = Object.values(policy.purposes);
  const purposes = stated(all);
  return [
    draft("purpose/bound", { values: { purposes: labelsOf(all) } }),
    ...purposes.map((purpose) => draftUse(policy, purpose)),
    ...purposes.flatMap((purpose) => draftDuties(policy, purpose)),
  ];
}

function draftUse(policy: Policy, purpose: Purpose): PurposeDraft {
  const details = { ref: purpose.id, about: [purpose] };
  const values = { purpose: label(purpose.label), tasks: labelsOf(purpose.tasks) };
  if (purpose.basis !== "consent") return draft("purpose/use", { ...details, values });
  const consents = Object.values(policy.consents).filter((consent) =>
    consent.purposes.includes(purpose.id),
  );
  return draft("purpose/consent", { ref: purpose.id, values, about: [purpose, ...consents] });
}

function draftDuties(policy: Policy, purpose: Purpose): readonly PurposeDraft[] {
  return purpose.tasks.flatMap((task) => {
    if (task.duty === null) return [];
    const ref = taskRef(policy, purpose, task);
    const values = { task: label(task.label) };
    return [draft(`purpose/${task.duty}`, { ref, values, about: [purpose] })];
  });
}
