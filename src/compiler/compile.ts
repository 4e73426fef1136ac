/**
 * The one door: policy and law in, everything that follows from them out. Pure and total over
 * values the parser accepted; nothing personal comes in or goes out.
 */
import type { Law } from "../policy/law.ts";
import type { Lang, Policy } from "../policy/model.ts";
import { compileCookies } from "./compile-cookies.ts";
import { compilePage } from "./compile-page.ts";
import { compilePlan } from "./compile-plan.ts";
import { compileRecord } from "./compile-record.ts";
import type { Page } from "./page.ts";
import type { CookieConfiguration, Plan, ProcessingActivity } from "./plan.ts";
import { policyHash } from "./policy-hash.ts";
import type { PolicyPromise } from "./promise.ts";
import { derivePromises } from "./promises.ts";

export interface Compiled {
  readonly policy: Policy;
  readonly law: Law;
  /** sha256 of the canonical policy and law, hex. */
  readonly hash: string;
  readonly plan: Plan;
  readonly promises: readonly PolicyPromise[];
  /** The record of processing activities, one row an occasion. */
  readonly activities: readonly ProcessingActivity[];
  readonly cookies: CookieConfiguration;
  /** The page in a language the policy publishes; else throws `ERR_USAGE`. */
  readonly page: (lang: Lang) => Page;
}

/**
 * Compiles a policy under a law.
 * @example
 * const compiled = compile(policy, law);
 * compiled.promises.length; // the number of sentences
 * pageToHtml(compiled.page("ko"));
 */
export function compile(policy: Policy, law: Law): Compiled {
  const hash = policyHash(policy, law);
  const plan = compilePlan(policy, law, hash);
  const promises = derivePromises(policy, { law, plan });
  return Object.freeze({
    policy,
    law,
    hash,
    plan,
    promises,
    activities: compileRecord(policy, plan),
    cookies: compileCookies(policy),
    page: (lang: Lang) => compilePage({ policy, law, plan, promises }, lang),
  });
}
