import type { Lang, Policy } from "../policy/model.ts";
import type { PolicyPromise } from "./promise.ts";
import { SENTENCES } from "./sentences-table.ts";
import { fillTemplate } from "./template.ts";

/**
 * The sentence of a promise in one language. The policy's own wording goes first: that of the
 * key (`retention/row/usage`), then that of the form (`retention/row`).
 *
 * @returns The text, and whether it shows a fact the policy leaves open ("to be confirmed").
 * @example renderSentence(promise, policy, "en").text // "We keep usage records for 1 year …"
 */
export function renderSentence(
  promise: PolicyPromise,
  policy: Policy,
  lang: Lang,
): { readonly text: string; readonly open: boolean } {
  const own = wordingOf(policy, promise.key, lang) ?? wordingOf(policy, promise.form, lang);
  return fillTemplate(own ?? SENTENCES[promise.form][lang], promise.values, lang);
}

function wordingOf(policy: Policy, key: string, lang: Lang): string | undefined {
  return Object.hasOwn(policy.wording, key) ? policy.wording[key]?.[lang] : undefined;
}
