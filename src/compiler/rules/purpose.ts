/** Purposes (PIPA 15, 18, 22): what data may be used for, and what two kinds of task oblige. */
import type { Policy, Purpose } from "../../policy/model.ts";
import { label, labelsOf, stated } from "../value.ts";
import { type Draft, draft, type FormOf, type Source } from "./draft.ts";

type PurposeDraft = Draft<FormOf<"purpose">>;

export function draftPurpose({ policy }: Source): readonly PurposeDraft[] {
  const all = Object.values(policy.purposes);
  const purposes = stated(all);
  return [
    draft("purpose/bound", { values: { purposes: labelsOf(all) } }),
    ...purposes.map((purpose) => draftUse(policy, purpose)),
    ...purposes.flatMap((purpose) => draftDuties(purpose, purposes)),
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

function draftDuties(purpose: Purpose, all: readonly Purpose[]): readonly PurposeDraft[] {
  return purpose.tasks.flatMap((task) => {
    if (task.duty === null) return [];
    const namesakes = all.filter((each) => each.tasks.some(({ id }) => id === task.id));
    // Task ids are unique within their purpose only; a key is unique in the policy.
    const ref = namesakes.length > 1 ? `${purpose.id}.${task.id}` : task.id;
    const values = { task: label(task.label) };
    return [draft(`purpose/${task.duty}`, { ref, values, about: [purpose] })];
  });
}
