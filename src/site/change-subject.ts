/**
 * What a change speaks of, by the labels of the policy: `records.usage.keep` is "서비스 이용 기록".
 * A page shows no identifier: what has no label here is left to the sentences below.
 */
import { isDay, isPeriod } from "../base/calendar.ts";
import {
  BASIS_WORDS,
  BUILT_IN_EVENT_WORDS,
  CHANNEL_WORDS,
  COOKIE_LEVEL_WORDS,
  RETENTION_BASIS_WORDS,
  RIGHT_WORDS,
} from "../compiler/words.ts";
import { count, dayInWords, periodInWords } from "../html/figures.ts";
import type { UiLang } from "../html/reader.ts";
import type { Change } from "../policy/diff-policies.ts";
import type { Label, Policy } from "../policy/model.ts";
import { say, sayHead } from "./say.ts";

type Labels = Readonly<Record<string, Label>>;

/** Words of a path after which the next part is the id of something declared. */
const LABELS: Readonly<Record<string, (policy: Policy) => Labels>> = {
  items: ({ items }) => labelsOf(Object.values(items)),
  requires: ({ items }) => labelsOf(Object.values(items)),
  offers: ({ items }) => ({ ...labelsOf(Object.values(items)), ...RIGHT_WORDS }),
  holds: ({ items }) => labelsOf(Object.values(items)),
  methods: ({ methods }) => labelsOf(Object.values(methods)),
  declarations: ({ declarations }) => labelsOf(Object.values(declarations)),
  declares: ({ declarations }) => labelsOf(Object.values(declarations)),
  consents: ({ consents }) => labelsOf(Object.values(consents)),
  purposes: ({ purposes }) => labelsOf(Object.values(purposes)),
  tasks: ({ purposes }) => labelsOf(Object.values(purposes).flatMap(({ tasks }) => tasks)),
  occasions: ({ occasions }) => labelsOf(Object.values(occasions)),
  events: ({ events }) => ({ ...BUILT_IN_EVENT_WORDS, ...labelsOf(Object.values(events)) }),
  until: ({ events }) => ({ ...BUILT_IN_EVENT_WORDS, ...labelsOf(Object.values(events)) }),
  records: ({ records }) => labelsOf(Object.values(records)),
  makes: ({ records }) => labelsOf(Object.values(records)),
  works: ({ works }) => labelsOf(Object.values(works)),
  work: ({ works }) => labelsOf(Object.values(works)),
  processors: ({ processors }) => labelsOf(Object.values(processors)),
  recipients: ({ provision }) => labelsOf(Object.values(provision.recipients)),
  people: ({ people }) => labelsOf(people),
  uses: ({ cookies }) => labelsOf(cookies?.uses ?? []),
  analysis: ({ cookies }) => labelsOf(cookies?.analysis ?? []),
  categories: ({ cookies }) => labelsOf(Object.values(cookies?.categories ?? {})),
  guides: ({ cookies }) => labelsOf(cookies?.guides ?? []),
  agencies: ({ contacts }) => labelsOf(contacts.agencies),
  channels: () => CHANNEL_WORDS,
  accessBy: () => CHANNEL_WORDS,
  levels: () => COOKIE_LEVEL_WORDS,
};

export interface Versions {
  readonly before: Policy;
  readonly after: Policy;
}

/**
 * The labels on the path of a change, outermost first; empty where it speaks of nothing declared.
 * @example changeSubject("occasions.sign_up.requires.phone", versions, "ko") // "회원가입, 전화번호"
 */
export function changeSubject(ref: string, { before, after }: Versions, lang: UiLang): string {
  const found: string[] = [];
  const open: string[] = ["items"]; // what a part may name, nearest last
  for (const part of ref.split(".")) {
    const label = open
      .toReversed()
      .map((list) => LABELS[list]?.(after)[part] ?? LABELS[list]?.(before)[part])
      .find((each) => each !== undefined);
    if (label !== undefined) found.push(sayHead(label, lang));
    else if (Object.hasOwn(LABELS, part)) open.push(part);
  }
  return found.join(" · ");
}

/** Both values in words, where both can be said: "1년" and "2년". */
export function changeValues(
  change: Change,
  versions: Versions,
  lang: UiLang,
): { readonly before: string; readonly after: string } | null {
  if (change.kind === "wording-changed") return null; // the sentences below say it whole
  const last = change.ref.split(".").at(-1) ?? "";
  const before = valueWords(last, change.before, versions.before, lang);
  const after = valueWords(last, change.after, versions.after, lang);
  return before === null || after === null || before === after ? null : { before, after };
}

function valueWords(
  last: string,
  value: Change["before"],
  policy: Policy,
  lang: UiLang,
): string | null {
  if (typeof value === "number") return count(value);
  if (typeof value === "string") return textWords(last, value, lang);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const { laterOf, ko, en } = value as { laterOf?: unknown; ko?: unknown; en?: unknown };
  if (Array.isArray(laterOf)) {
    const labels = LABELS["events"]?.(policy) ?? {};
    return laterOf.map((id) => say(labels[String(id)] ?? {}, lang)).join(", ");
  }
  const text = lang === "ko" ? (ko ?? en) : (en ?? ko);
  return typeof text === "string" ? text : null;
}

function textWords(last: string, value: string, lang: UiLang): string | null {
  if (isPeriod(value)) return periodInWords(value, lang);
  if (isDay(value)) return dayInWords(value, lang);
  if (last === "country")
    return new Intl.DisplayNames([lang], { type: "region" }).of(value) ?? null;
  if (last !== "basis") return null;
  const words: Labels = { ...BASIS_WORDS, ...RETENTION_BASIS_WORDS };
  const label = words[value];
  return label === undefined ? null : say(label, lang);
}

function labelsOf(things: readonly { readonly id: string; readonly label: Label }[]): Labels {
  return Object.fromEntries(things.map(({ id, label }) => [id, label]));
}
