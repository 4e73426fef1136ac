/**
 * A controller's own wording may say a sentence differently, never with other figures: each
 * figure is a placeholder bound to the data, so that the text cannot drift from what runs.
 */
import type { Report } from "./check.ts";
import type { ClauseKind, Policy } from "./model.ts";
import { taskRef } from "./task-ref.ts";

/** Sentence form → names of its placeholders. */
export type Sentences = Readonly<Record<string, readonly string[]>>;

export function checkWording(policy: Policy, report: Report, sentences: Sentences | null): void {
  for (const [key, label] of Object.entries(policy.wording)) {
    const [kind = "", name = "", ref] = key.split("/");
    const form = `${kind}/${name}`;
    const bound = sentences?.[form];
    if (sentences && !bound) {
      report("wording-key-unknown", `wording.${key}`, `there is no sentence form \`${form}\``);
    } else if (ref !== undefined && !knownRefs(policy, kind).has(ref)) {
      report(
        "wording-key-unknown",
        `wording.${key}`,
        `nothing of \`${kind}\` is called \`${ref}\``,
      );
    }
    for (const [lang, text] of Object.entries(label)) {
      checkText(text, bound ?? null, (code, message) =>
        report(code, `wording.${key}.${lang}`, message),
      );
    }
  }
}

/** Words of the law that are written with a digit: third party, third country. No figures. */
const FIXED_WORDS = ["제3자", "제3국"] as const;

/**
 * The first figure that stands in prose by itself, or `null`.
 * @example literalFigure("제3자에게 3일 동안") // "3", of the days
 */
export function literalFigure(prose: string): string | null {
  const rest = FIXED_WORDS.reduce((text, word) => text.replaceAll(word, " "), prose);
  return /\p{Number}+/u.exec(rest)?.[0] ?? null;
}

type Say = (code: "wording-unbound" | "wording-literal-figure", message: string) => void;

function checkText(text: string, bound: readonly string[] | null, say: Say): void {
  const prose = text.replaceAll(/\{([^{}]*)\}/g, (_, inside: string) => {
    // `{items:을}` asks for the particle that fits the last word of `items`.
    const name = inside.split(":", 1)[0] ?? "";
    const known = bound?.includes(name) ?? /^[a-z][a-z_]*$/.test(name);
    if (!known) say("wording-unbound", `\`{${inside.slice(0, 60)}}\` is bound to nothing`);
    return "";
  });
  if (/[{}]/.test(prose)) say("wording-unbound", "a brace stands alone");
  const figure = literalFigure(prose);
  if (figure !== null) {
    say("wording-literal-figure", `\`${figure.slice(0, 20)}\` stands in prose by itself`);
  }
}

/** What the sentences of a clause kind can speak of. */
function knownRefs(policy: Policy, kind: string): ReadonlySet<string> {
  const { occasions, methods, provision, works, processors, records, rights } = policy;
  const events = Object.keys(policy.events);
  const refs: Partial<Record<ClauseKind, readonly string[]>> = {
    collection: [...Object.keys(occasions), ...Object.keys(methods)],
    purpose: [
      ...Object.keys(policy.purposes),
      ...Object.values(policy.purposes).flatMap((purpose) =>
        purpose.tasks.map((task) => taskRef(policy, purpose, task)),
      ),
    ],
    provision: Object.keys(provision.recipients),
    processor: [...Object.keys(works), ...Object.keys(processors), ...events],
    retention: Object.keys(records),
    right: [...rights.channels, ...rights.offers, ...rights.scopes],
  };
  return new Set(refs[kind as ClauseKind] ?? []);
}
