import type { Law, LawRule } from "../policy/law.ts";
import type { Value } from "./promise.ts";
import { label, OPEN } from "./value.ts";

/** The rule of the law file with this id (`kr/pipa-21-1`). */
export function ruleOf(law: Law | null, id: string | null): LawRule | undefined {
  return law !== null && id !== null && Object.hasOwn(law.rules, id) ? law.rules[id] : undefined;
}

/** How a sentence names a statute; open when the law file does not know the rule. */
export function statuteOf(law: Law | null, id: string | null): Value {
  const rule = ruleOf(law, id);
  return rule === undefined ? OPEN : label(rule.article);
}
