/** What a leaf says to people: its kind and its counts. Handles, names and hashes stay inside. */
import type { LoggedLeaf } from "./read-log.ts";
import { type FactType, LEAF_RULES } from "./leaf-kinds.ts";

type Words = Readonly<Record<"ko" | "en", string>>;
type Rules = typeof LEAF_RULES;
type OfKind<F, T> = { [N in keyof F]: F[N] extends T ? N : never }[keyof F];
type FactOf<T> = { [K in keyof Rules]: OfKind<Rules[K]["facts"], T> }[keyof Rules];

/** Every count and flag a leaf can have. */
const FACT_WORDS: Readonly<Record<FactOf<"count" | "counts" | "flag">, Words>> = {
  records: { ko: "기록", en: "Records" },
  items: { ko: "항목", en: "Items" },
  subjects: { ko: "정보주체", en: "People" },
  keys: { ko: "파기한 열쇠", en: "Keys destroyed" },
  started: { ko: "보유 기간이 시작된 기록", en: "Records whose period began" },
  changed: { ko: "항목을 지운 기록", en: "Records with items erased" },
  orders: { ko: "지시", en: "Orders" },
  refused: { ko: "거부됨", en: "Refused" },
  accesses: { ko: "접속기록", en: "Access lines" },
  provisions: { ko: "제공 기록", en: "Provisions" },
  restrictions: { ko: "이용 제한", en: "Restrictions" },
  approvals: { ko: "승인", en: "Approvals" },
  cells: { ko: "통계 칸", en: "Cells" },
  suppressed: { ko: "가린 칸", en: "Cells left out" },
  rules: { ko: "어긋난 규칙", en: "Rules broken" },
  destroyed: { ko: "파기한 기록", en: "Records destroyed" },
  moved: { ko: "따로 옮긴 기록", en: "Records moved apart" },
  kept: { ko: "남겨 둔 기록", en: "Records kept" },
  late: { ko: "늦게 파기한 기록", en: "Records destroyed late" },
  consents: { ko: "동의와 철회", en: "Acts of consent" },
  declarations: { ko: "밝힌 사실", en: "Declarations" },
  messages: { ko: "알림", en: "Messages" },
  lines: { ko: "파기 내역", en: "Lines of the ledger" },
  papers: { ko: "종이 문서", en: "Papers" },
  irrecoverable: { ko: "복구 불가능", en: "Irrecoverable" },
  overdue: { ko: "기한을 넘김", en: "Overdue" },
};

/** One count or flag of a leaf. */
export interface LeafFigure {
  readonly says: Words;
  readonly value: number | boolean;
}

/** The kind in words; as it is written, for a kind of a newer version. */
export function kindWords(kind: string): Words {
  const rule = isKnown(kind) ? LEAF_RULES[kind] : null;
  return rule === null ? { ko: kind, en: kind } : rule.says;
}

/** Counts and flags of a leaf, in the order of its kind. */
export function leafFigures({ kind, facts }: Pick<LoggedLeaf, "kind" | "facts">): LeafFigure[] {
  if (!isKnown(kind)) return [];
  const rule: Readonly<Record<string, FactType>> = LEAF_RULES[kind].facts;
  return Object.entries(rule).flatMap(([name, type]) => {
    const value = figureOf(type, facts[name]);
    return value !== null && hasWords(name) ? [{ says: FACT_WORDS[name], value }] : [];
  });
}

function figureOf(type: FactType, value: unknown): number | boolean | null {
  if (type === "flag") return value === true;
  if (type === "count") return Number(value);
  if (type !== "counts" || typeof value !== "object" || value === null) return null;
  return Object.values(value).reduce((sum: number, each) => sum + Number(each), 0);
}

function isKnown(kind: string): kind is keyof Rules {
  return Object.hasOwn(LEAF_RULES, kind);
}

function hasWords(name: string): name is keyof typeof FACT_WORDS {
  return Object.hasOwn(FACT_WORDS, name);
}
