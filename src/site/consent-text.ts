/**
 * What a person is told before a consent (PIPA 15②, 22): for what, which items, until when, and
 * that refusing is free. Made from the plan; the same lines are the evidence of what was shown.
 */
import type { Compiled } from "../compiler/compile.ts";
import { periodInWords } from "../html/figures.ts";
import { html } from "../html/markup.ts";
import type { Markup } from "../html/markup.ts";
import type { UiLang } from "../html/reader.ts";
import { eventWords } from "./event-words.ts";
import { say, sayAll } from "./say.ts";

interface ConsentWords {
  readonly purpose: string;
  readonly items: string;
  readonly keep: string;
  readonly refuse: string;
  readonly until: (events: string) => string;
  readonly for: (period: string, events: string) => string;
  readonly must: string;
  readonly may: string;
}

const WORDS: Record<UiLang, ConsentWords> = {
  ko: {
    purpose: "이용 목적",
    items: "이용하는 항목",
    keep: "보유 기간",
    refuse: "거부할 권리",
    until: (events) => `${events} 때까지`,
    for: (period, events) => `${events} 때부터 ${period}`,
    must: "동의하지 않을 수 있습니다. 다만 이 동의 없이는 가입할 수 없습니다.",
    may: "동의하지 않아도 그대로 가입하고 쓸 수 있습니다. 동의한 뒤에도 언제든지 거둘 수 있습니다.",
  },
  en: {
    purpose: "What for",
    items: "Which items",
    keep: "How long",
    refuse: "Your right to refuse",
    until: (events) => `until ${events}`,
    for: (period, events) => `${period} from ${events}`,
    must: "You may refuse. Without this consent an account cannot be opened, though.",
    may: "You may refuse and still sign up and use everything. You can withdraw it at any time.",
  },
};

export interface ConsentText {
  readonly lines: readonly (readonly [term: string, text: string])[];
  /** What must stand out on the form (PIPA 22②): what for, and how long. */
  readonly important: readonly string[];
  readonly refusal: string;
}

/**
 * The text of one consent at an occasion.
 * @example consentText(compiled, { consent: "marketing", occasion: "sign_up", required: false }, "ko")
 */
export function consentText(
  compiled: Compiled,
  ask: { readonly consent: string; readonly occasion: string; readonly required: boolean },
  lang: UiLang,
): ConsentText {
  const words = WORDS[lang];
  const { policy, plan } = compiled;
  const gate = plan.gates.get(ask.occasion);
  const purposes = policy.consents[ask.consent]?.purposes ?? [];
  const items = new Set(purposes.flatMap((id) => gate?.occasion.purposes[id] ?? []));
  const classes = new Set([...items].flatMap((item) => gate?.classOf.get(item) ?? []));
  const purposeText = sayAll(
    purposes.flatMap((id) => policy.purposes[id]?.label ?? []),
    lang,
  );
  const itemText = sayAll(
    [...items].flatMap((id) => policy.items[id]?.label ?? []),
    lang,
  );
  const keepText = [...classes].map((id) => keepWords(compiled, id, lang)).join(", ");
  const refusal = ask.required ? words.must : words.may;
  return {
    lines: [
      [words.purpose, purposeText],
      [words.items, itemText],
      [words.keep, keepText],
      [words.refuse, refusal],
    ],
    important: [`${words.purpose}: ${purposeText}`, `${words.keep}: ${keepText}`],
    refusal,
  };
}

/** The text as it becomes evidence: the name of the consent, then line by line. */
export function consentEvidence(
  { policy }: Compiled,
  consent: string,
  { lines }: ConsentText,
  lang: UiLang,
): string {
  const label = say(policy.consents[consent]?.label ?? {}, lang);
  return [label, ...lines.map((line) => line.join(": "))].join("\n");
}

function keepWords(compiled: Compiled, recordClass: string, lang: UiLang): string {
  const clock = compiled.plan.clocks.get(recordClass);
  if (clock === undefined) return "";
  const events = eventWords(compiled, clock.recordClass.from.laterOf, lang);
  const words = WORDS[lang];
  return clock.keep === null
    ? words.until(events)
    : words.for(periodInWords(clock.keep, lang), events);
}

/** The text as a list of terms. */
export function consentFold({ lines }: ConsentText): Markup {
  return html`<dl class="fold terms">
    ${lines.map(
      ([term, text]) =>
        html`<div>
          <dt>${term}</dt>
          <dd>${text}</dd>
        </div>`,
    )}
  </dl>`;
}
