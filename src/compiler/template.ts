/**
 * Sentence templates. `{name}` is a value; `{name:을}` adds the particle that fits, `{name:또는}`
 * and `{name:or}` join a list by "or", `{count:article/articles}` adds the noun for one or for any
 * other number. A part in square brackets that speaks of a value is left
 * out when that value is an empty list; square brackets without a value are plain text.
 */
import { present } from "../base/assert.ts";
import type { Lang } from "../policy/model.ts";
import { formatValue, sentenceCase } from "./format-value.ts";
import { withParticle } from "./josa.ts";
import type { Values } from "./value.ts";

const SLOT = /\{([a-z][a-z0-9_]*)(?::([^{}]+))?\}/g;
const OPTIONAL = /\[([^[\]]*\{[^[\]]*)\]/g;

/**
 * Names of the values a template speaks of, sorted, each once.
 * @example placeholdersOf("{items:을} {days} 동안") // ["days", "items"]
 */
export function placeholdersOf(template: string): readonly string[] {
  return [...new Set([...template.matchAll(SLOT)].map((match) => match[1] ?? ""))].toSorted();
}

/** The template with its values set. The parser has refused a placeholder bound to nothing. */
export function fillTemplate(
  template: string,
  values: Values,
  lang: Lang,
): { readonly text: string; readonly open: boolean } {
  const names = placeholdersOf(template);
  const open = names.some((name) => values[name]?.kind === "open");
  const shown = template.replace(OPTIONAL, (_, part: string) =>
    placeholdersOf(part).some((name) => isEmpty(values, name)) ? "" : part,
  );
  const text = shown.replace(SLOT, (_, name: string, modifier: string | undefined) =>
    fillSlot(values, name, modifier, lang),
  );
  return { text: sentenceCase(text, lang), open };
}

function isEmpty(values: Values, name: string): boolean {
  const value = values[name];
  return value?.kind === "labels" && value.labels.length === 0;
}

function fillSlot(values: Values, name: string, modifier: string | undefined, lang: Lang): string {
  const value = present(values[name], `the placeholder {${name}} is bound to a value`);
  if (modifier === "or" || modifier === "또는") return formatValue(value, lang, "or");
  const text = formatValue(value, lang);
  const [one, many] = modifier?.split("/") ?? [];
  if (many !== undefined)
    return `${text} ${value.kind === "count" && value.count === 1 ? one : many}`;
  return modifier === undefined ? text : withParticle(text, modifier);
}
