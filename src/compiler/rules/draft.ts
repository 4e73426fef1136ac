/**
 * A draft is a promise without its number. Each clause kind has a rule that drafts its sentences,
 * in order, from what the policy declares.
 */
import type { Law } from "../../policy/law.ts";
import type { ClauseKind, Declared, Policy } from "../../policy/model.ts";
import type { Plan } from "../plan.ts";
import type { PromiseForm, Value } from "../promise.ts";
import { count, NOTHING, period, resolutionsOf, type Values } from "../value.ts";

/** What a rule reads. Law and plan are there once compiled; a draft has the same form without. */
export interface Source {
  readonly policy: Policy;
  readonly law: Law | null;
  readonly plan: Plan | null;
}

/** Forms of one clause kind. */
export type FormOf<K extends ClauseKind> = Extract<PromiseForm, `${K}/${string}`>;

export interface Draft<F extends PromiseForm = PromiseForm> {
  readonly form: F;
  readonly ref: string | null;
  readonly values: Values;
  readonly per: readonly string[];
}

interface Details {
  readonly ref?: string;
  readonly values?: Values;
  /** The declared things the sentence speaks of; their resolutions bear on it. */
  readonly about?: readonly (Pick<Declared, "per"> | undefined)[];
}

export function draft<F extends PromiseForm>(form: F, details: Details = {}): Draft<F> {
  return {
    form,
    ref: details.ref ?? null,
    values: details.values ?? {},
    per: resolutionsOf(details.about ?? []),
  };
}

/** The number of the article that carries a clause kind; nothing when none does. */
export function articleOf(policy: Policy, kind: ClauseKind): Value {
  const article = policy.articles.find((each) => each.clauses.includes(kind));
  return article === undefined ? NOTHING : count(article.number);
}

/**
 * The period behind a word such as "without delay", if the policy itself names one. A number
 * that only the law gives governs the engine but is not put into the policy's mouth.
 */
export function parameterOf(source: Source, name: string): Value {
  const own = Object.hasOwn(source.policy.parameters, name) ? source.policy.parameters[name] : null;
  const governing = source.plan?.parameters.get(name)?.value ?? own;
  return typeof own === "string" && typeof governing === "string" ? period(governing) : NOTHING;
}
