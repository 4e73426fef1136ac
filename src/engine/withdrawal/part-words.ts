/** What becomes of a class of records, in words: what, what happens, until when, why. */
import type { Compiled } from "../../compiler/compile.ts";
import {
  formatDay,
  formatList,
  formatPeriod,
  labelIn,
  sentenceCase,
} from "../../compiler/format-value.ts";
import { ruleOf } from "../../compiler/statute.ts";
import type { Lang } from "../../policy/model.ts";
import { type Fate, FATES, type WithdrawalPart } from "./sort-records.ts";

/** A part in words. */
export interface PartWords {
  readonly name: string;
  readonly fate: Fate;
  readonly records: number;
  /** What happens to them. */
  readonly what: string;
  /** Last day, or what it waits for; empty: they are gone. */
  readonly until: string;
  /** The statute's article, or whose period it is. */
  readonly why: string;
}

const FATE_WORDS: Readonly<Record<Lang, Readonly<Record<Fate, string>>>> = {
  ko: { destroyed: "파기", moved: "따로 옮겨 보관", kept: "쓰지 않고 남겨 둠" },
  en: { destroyed: "destroyed", moved: "moved apart and kept", kept: "kept, unused" },
};

const WHY_WORDS: Readonly<Record<Lang, { readonly ended: string; readonly accepted: string }>> = {
  ko: { ended: "목적이 끝남", accepted: "가입할 때 알린 보유 기간" },
  en: { ended: "its purpose ends", accepted: "the period told when it was collected" },
};

/** Parts in words: first what is destroyed, then what moves, then what is kept. Names of an earlier version of the policy stand as they are. */
export function partWords(
  { policy, law, plan }: Compiled,
  parts: readonly WithdrawalPart[],
  lang: Lang,
): readonly PartWords[] {
  const sorted = parts.toSorted((a, b) => FATES.indexOf(a.fate) - FATES.indexOf(b.fate));
  return sorted.map((part) => {
    const label = policy.records[part.recordClass]?.label;
    const article = ruleOf(law, part.law)?.article;
    const words = WHY_WORDS[lang];
    const own = part.fate === "destroyed" ? words.ended : words.accepted;
    return Object.freeze({
      name: label === undefined ? part.recordClass : sentenceCase(labelIn(label, lang), lang),
      fate: part.fate,
      records: part.records,
      what: FATE_WORDS[lang][part.fate],
      until: untilWords(part, { policy, plan }, lang),
      why: part.fate === "destroyed" || article === undefined ? own : labelIn(article, lang),
    });
  });
}

function untilWords(
  { recordClass, until, waits }: WithdrawalPart,
  { policy, plan }: Pick<Compiled, "policy" | "plan">,
  lang: Lang,
): string {
  if (until !== null) return formatDay(until, lang);
  if (waits.length === 0) return "";
  const events = formatList(
    waits.map((event) => labelIn(policy.events[event]?.label ?? {}, lang)),
    lang,
  );
  const keep = plan.clocks.get(recordClass)?.keep ?? null;
  const period = keep === null ? "" : formatPeriod(keep, lang);
  if (lang === "ko") return keep === null ? `${events} 때까지` : `${events} 뒤 ${period}`;
  return keep === null ? `until ${events}` : `${period} from ${events}`;
}
