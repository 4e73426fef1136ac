/**
 * Every kind of leaf: what it says and which facts it may hold, by type. The table is closed: a
 * fact that is not in it, or is not of its type, is refused before it is written (absence 4).
 */

/** What a fact may be. None of them has room for a value of a person. */
export type FactType =
  /** A name of the published policy or of a rule of ours; looked up in `audit_name`. */
  | "name"
  | "name_or_null"
  | "names"
  /** Names with counts. */
  | "counts"
  /** Handle of a subject: 8 random bytes, hex. It points at nothing once the person is gone. Its
   * shape does not tell it from sixteen digits; the duties look a handle up before they tell. */
  | "subject"
  /** 16 random bytes, hex. */
  | "id"
  /** SHA-256, hex. */
  | "hash"
  | "day"
  | "day_or_null"
  | "count"
  /** Milliseconds since the epoch. */
  | "moment"
  | "flag";

interface LeafRule {
  readonly says: { readonly ko: string; readonly en: string };
  readonly facts: Readonly<Record<string, FactType>>;
}

/** Kind → what it says and its facts. */
export const LEAF_RULES = Object.freeze({
  policy_in_force: {
    says: { ko: "처리방침 적용", en: "Policy came into force" },
    facts: { policy: "name", hash: "hash", effective: "day" },
  },
  collected: {
    says: { ko: "개인정보 수집", en: "Personal data collected" },
    facts: {
      occasion: "name",
      subject: "subject",
      records: "count",
      items: "count",
      policy: "hash",
    },
  },
  collection_refused: {
    says: { ko: "수집 거부", en: "Collection refused" },
    facts: { occasion: "name_or_null", rules: "counts" },
  },
  use_refused: {
    says: { ko: "이용 거부", en: "Use refused" },
    facts: { purpose: "name_or_null", rules: "counts" },
  },
  consent_given: {
    says: { ko: "동의", en: "Consent given" },
    facts: { subject: "subject", consent: "name" },
  },
  consent_withdrawn: {
    says: { ko: "동의 철회", en: "Consent withdrawn" },
    facts: { subject: "subject", consent: "name" },
  },
  event_recorded: {
    says: { ko: "보유 기간의 기산점 발생", en: "Event that starts a retention period" },
    facts: { subject: "subject", event: "name", day: "day", records: "count", started: "count" },
  },
  destroyed: {
    says: { ko: "보유 기간이 끝난 기록 파기", en: "Destruction at the end of retention" },
    facts: {
      run: "id",
      class: "name",
      expired_on: "day",
      records: "count",
      subjects: "count",
      keys: "count",
      irrecoverable: "flag",
      overdue: "flag",
    },
  },
  erased: {
    says: { ko: "요구에 따른 삭제", en: "Erasure on request" },
    facts: { run: "id", subject: "subject", records: "count", changed: "count", items: "names" },
  },
  restored_removed: {
    says: {
      ko: "되살린 사본에서 파기된 기록 제거",
      en: "Destroyed records removed from a restored copy",
    },
    facts: { run: "id", records: "counts" },
  },
  processor_active: {
    says: { ko: "수탁자 이용 시작", en: "Processor went live" },
    facts: { processor: "name", hash: "hash" },
  },
  processor_ended: {
    says: { ko: "위탁계약 종료", en: "Contract with a processor ended" },
    facts: { processor: "name" },
  },
  processor_exported: {
    says: { ko: "수탁자에게 전달", en: "Items left for a processor" },
    facts: { subject: "subject", processor: "name", work: "name", items: "names" },
  },
  processor_export_refused: {
    says: { ko: "수탁자 전달 거부", en: "Export to a processor refused" },
    facts: { processor: "name_or_null", rules: "counts" },
  },
  processor_ordered: {
    says: { ko: "수탁자에게 지시", en: "Processors were given orders" },
    facts: {
      subject: "subject",
      kind: "name",
      reason: "name",
      processors: "names",
      orders: "count",
    },
  },
  processors_ordered: {
    says: { ko: "수탁자에게 여러 사람의 지시", en: "Orders for many people to processors" },
    facts: { kind: "name", reason: "name", orders: "count" },
  },
  processor_order_late: {
    says: { ko: "기한이 지난 지시", en: "Orders without an answer in time" },
    facts: { processor: "name", orders: "count" },
  },
  processor_answered: {
    says: { ko: "수탁자의 확인", en: "A processor's signed answer" },
    facts: { processor: "name", order: "id", state: "name", until: "day_or_null", by: "name" },
  },
  processor_answer_refused: {
    says: { ko: "수탁자의 답 거부", en: "A processor's answer was not taken" },
    facts: { processor: "name_or_null", rule: "name" },
  },
  processor_forgotten: {
    says: { ko: "수탁자 장부 정리", en: "Settled lines of the processor ledger removed" },
    facts: { subjects: "count" },
  },
  clock_went_back: {
    says: { ko: "시계가 뒤로 감", en: "The clock went back" },
    facts: { last_run_at: "moment" },
  },
  log_key_changed: {
    says: { ko: "감사 기록의 서명 열쇠 변경", en: "Signing key of the log changed" },
    facts: { from: "hash", to: "hash" },
  },
} as const satisfies Readonly<Record<string, LeafRule>>);

/** Everything that leaves a leaf. */
export type LeafKind = keyof typeof LEAF_RULES;
export const LEAF_KINDS = Object.keys(LEAF_RULES) as readonly LeafKind[];

export type Facts = Readonly<
  Record<
    string,
    string | number | boolean | null | readonly string[] | Readonly<Record<string, number>>
  >
>;
