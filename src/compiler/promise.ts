/**
 * A promise: one sentence of the policy, derived from its declarations by the rule of its form.
 * Its number is article and place (`P1.2`); its key is what wording overrides and links use.
 */
import type { ClauseKind, Day, Label, Period } from "../policy/model.ts";

/** The forms a sentence can have, by clause kind. A form is `kind/name`. */
export const PROMISE_FORMS = [
  "scope/people",
  "scope/headings",
  "collection/minimum_age",
  "collection/occasion",
  "collection/optional",
  "collection/isolated",
  "collection/automatic",
  "collection/exclusive",
  "collection/same_as",
  "collection/origin",
  "collection/third_party_source",
  "purpose/bound",
  "purpose/use",
  "purpose/consent",
  "purpose/confirm_withdrawal",
  "purpose/keep_for_dispute",
  "provision/scope",
  "provision/beyond_scope",
  "provision/default",
  "provision/exception_consent",
  "provision/exception_authority",
  "provision/exception_statistics",
  "provision/recipient",
  "provision/otherwise",
  "provision/recorded",
  "processor/closed_list",
  "processor/work",
  "processor/work_with_consent",
  "processor/until",
  "processor/needed_items",
  "retention/purpose_achieved",
  "retention/on_request",
  "retention/row",
  "retention/row_by_law",
  "retention/statutory_use",
  "retention/no_default",
  "destruction/separate_database",
  "destruction/separate_cabinet",
  "destruction/after_period",
  "destruction/no_other_use",
  "destruction/paper",
  "destruction/electronic",
  "right/channels",
  "right/access",
  "right/correction",
  "right/withdrawal",
  "right/erasure",
  "right/suspension",
  "right/consent_withdrawal",
  "right/portability",
  "right/objection",
  "right/correction_restricts",
  "right/correction_notifies",
  "right/deleted_not_used",
  "right/access_channel",
  "right/identity_first",
  "right/representative",
  "right/scope_own_data",
  "right/scope_use_and_provision",
  "right/scope_consents",
  "duty/keep_current",
  "duty/change_password",
  "duty/no_transfer",
  "duty/log_out",
  "duty/disclaimer",
  "cookie/uses",
  "cookie/not_identifying",
  "cookie/refusable",
  "cookie/levels",
  "cookie/refusal_harmless",
  "cookie/analysis",
  "cookie/guide",
  "safeguard/backup",
  "safeguard/antivirus",
  "safeguard/encrypted_transfer",
  "safeguard/intrusion_blocking",
  "safeguard/limited_handlers",
  "safeguard/handler_passwords",
  "safeguard/password_renewal",
  "safeguard/training",
  "safeguard/handover",
  "safeguard/joining_and_leaving",
  "safeguard/security_pledge",
  "safeguard/privacy_body",
  "safeguard/immediate_correction",
  "contact/shown",
  "contact/complaints",
  "contact/prompt_answer",
  "contact/agencies",
  "link/outside",
  "notice/ordinary",
  "notice/important",
  "notice/dates",
  "notice/past_texts",
] as const satisfies readonly `${ClauseKind}/${string}`[];
export type PromiseForm = (typeof PROMISE_FORMS)[number];

/** A figure or name of a sentence, bound to the data it comes from. */
export type Value =
  | { readonly kind: "labels"; readonly labels: readonly Label[] }
  | { readonly kind: "label"; readonly label: Label }
  | { readonly kind: "period"; readonly period: Period }
  | { readonly kind: "day"; readonly day: Day }
  | { readonly kind: "count"; readonly count: number }
  | { readonly kind: "word"; readonly word: string }
  | { readonly kind: "open" }; // a fact the text leaves open

export interface PolicyPromise {
  /** `P1.2`: article 1, second sentence. */
  readonly id: string;
  readonly article: number;
  readonly kind: ClauseKind;
  readonly form: PromiseForm;
  /** What it speaks of, where a form is used more than once: an occasion, class, purpose, work. */
  readonly ref: string | null;
  /** Stable across renumbering: `collection/occasion/sign_up`. */
  readonly key: string;
  readonly values: Readonly<Record<string, Value>>;
  /** Resolutions that bear on it. */
  readonly per: readonly string[];
}
