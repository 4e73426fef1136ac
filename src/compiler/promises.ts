/**
 * From declarations to promises. Each clause kind has one rule; an article numbers the sentences
 * of its kinds through, in order; the preamble (`scope`) is article 0 and in every policy.
 */
import type { Law } from "../policy/law.ts";
import type { ClauseKind, Policy } from "../policy/model.ts";
import type { Plan } from "./plan.ts";
import type { PolicyPromise } from "./promise.ts";
import { draftCollection } from "./rules/collection.ts";
import type { Draft, FormOf, Source } from "./rules/draft.ts";
import { draftProcessor } from "./rules/processor.ts";
import { draftProvision } from "./rules/provision.ts";
import { draftPurpose } from "./rules/purpose.ts";
import {
  draftContact,
  draftCookie,
  draftDestruction,
  draftDuty,
  draftLink,
  draftNotice,
  draftSafeguard,
  draftScope,
} from "./rules/rest.ts";
import { draftRetention } from "./rules/retention.ts";
import { draftRight } from "./rules/right.ts";

/** The rule of each clause kind. A kind without a rule does not compile. */
export const RULES = {
  scope: draftScope,
  collection: draftCollection,
  purpose: draftPurpose,
  provision: draftProvision,
  processor: draftProcessor,
  retention: draftRetention,
  destruction: draftDestruction,
  right: draftRight,
  duty: draftDuty,
  cookie: draftCookie,
  safeguard: draftSafeguard,
  contact: draftContact,
  link: draftLink,
  notice: draftNotice,
} as const satisfies { [K in ClauseKind]: (source: Source) => readonly Draft<FormOf<K>>[] };

/**
 * Every sentence of a policy, in the order of the page: `P0.1`, `P0.2`, `P1.1` …
 *
 * @param around The law, which names statutes, and the plan, which holds governing parameters.
 * Numbers, forms and keys are the same without them.
 * @example derivePromises(policy).map((promise) => promise.id) // ["P0.1", "P0.2", "P1.1", …]
 */
export function derivePromises(
  policy: Policy,
  around: { readonly law?: Law; readonly plan?: Plan } = {},
): readonly PolicyPromise[] {
  const source: Source = { policy, law: around.law ?? null, plan: around.plan ?? null };
  const articles: readonly { number: number; clauses: readonly ClauseKind[] }[] = [
    { number: 0, clauses: ["scope"] },
    ...policy.articles,
  ];
  return Object.freeze(
    articles.flatMap(({ number, clauses }) =>
      clauses
        .flatMap((kind) => RULES[kind](source).map((each) => ({ ...each, kind })))
        .map(({ form, ref, values, per, kind }, index) =>
          Object.freeze({
            id: `P${number}.${index + 1}`,
            article: number,
            kind,
            form,
            ref,
            key: ref === null ? form : `${form}/${ref}`,
            values: Object.freeze(values),
            per: Object.freeze(per),
          }),
        ),
    ),
  );
}
