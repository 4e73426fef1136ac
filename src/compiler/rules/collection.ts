/** Collection (PIPA 15, 16): the age limit, a sentence an occasion, then where data comes from. */
import type { Occasion, Policy } from "../../policy/model.ts";
import { count, label, labelsOf, named, stated, type Values } from "../value.ts";
import { type Draft, draft, type FormOf, type Source } from "./draft.ts";

type CollectionDraft = Draft<FormOf<"collection">>;

export function draftCollection({ policy }: Source): readonly CollectionDraft[] {
  const methods = stated(Object.values(policy.methods));
  return [
    ...draftMinimumAge(policy),
    ...stated(Object.values(policy.occasions))
      .filter((occasion) => !onlyFromThirdParties(policy, occasion))
      .flatMap((occasion) => draftOccasion(policy, occasion)),
    draft("collection/origin", { values: { methods: labelsOf(methods) }, about: methods }),
    ...methods
      .filter((method) => method.source === "third_party")
      .map((method) =>
        draft("collection/third_party_source", {
          ref: method.id,
          values: { method: label(method.label) },
          about: [method],
        }),
      ),
  ];
}

function draftMinimumAge(policy: Policy): readonly CollectionDraft[] {
  if (policy.minimumAge === null) return [];
  const declared = named(policy.declarations, [policy.minimumAge.declaration]);
  const values = { age: count(policy.minimumAge.years) };
  return [draft("collection/minimum_age", { values, about: declared })];
}

/** Such data is spoken of by its method (`collection/third_party_source`). */
function onlyFromThirdParties(policy: Policy, occasion: Occasion): boolean {
  const methods = named(policy.methods, occasion.methods);
  return methods.length > 0 && methods.every((method) => method.source === "third_party");
}

/** One sentence an occasion; where it opens the service, one more says what is optional. */
function draftOccasion(policy: Policy, occasion: Occasion): readonly CollectionDraft[] {
  const form = formOf(occasion);
  const ref = occasion.id;
  const about = [occasion, ...named(policy.items, [...occasion.requires, ...occasion.offers])];
  const drafts: CollectionDraft[] = [
    draft(form, { ref, values: OCCASION_VALUES[form](policy, occasion), about }),
  ];
  if (form === "collection/occasion" && occasion.opens && occasion.offers.length > 0) {
    const optional = labelsOf(named(policy.items, occasion.offers));
    const values = { occasion: label(occasion.label), optional };
    drafts.push(draft("collection/optional", { ref, values, about: [occasion] }));
  }
  return drafts;
}

type OccasionForm =
  | "collection/occasion"
  | "collection/isolated"
  | "collection/automatic"
  | "collection/exclusive"
  | "collection/same_as";

function formOf(occasion: Occasion): OccasionForm {
  if (occasion.sameAs !== null) return "collection/same_as";
  if (occasion.automatic) return "collection/automatic";
  if (occasion.isolated) return "collection/isolated";
  return occasion.exclusive ? "collection/exclusive" : "collection/occasion";
}

const OCCASION_VALUES = {
  "collection/occasion": requiredAndOptional,
  "collection/isolated": requiredAndOptional,
  "collection/automatic": allItems,
  "collection/exclusive": allItems,
  "collection/same_as": (policy, occasion) => ({
    occasion: label(occasion.label),
    same: labelsOf(named(policy.occasions, [occasion.sameAs ?? occasion.id])),
  }),
} as const satisfies Record<OccasionForm, (policy: Policy, occasion: Occasion) => Values>;

function requiredAndOptional(policy: Policy, occasion: Occasion): Values {
  return {
    occasion: label(occasion.label),
    required: labelsOf(named(policy.items, occasion.requires)),
    optional: labelsOf(named(policy.items, occasion.offers)),
  };
}

function allItems(policy: Policy, occasion: Occasion): Values {
  return {
    occasion: label(occasion.label),
    items: labelsOf(named(policy.items, [...occasion.requires, ...occasion.offers])),
  };
}
