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
  /** Handle of a member of staff: a number of at most six digits, never a name. */
  | "staff"
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
  restriction_placed: {
    says: { ko: "이용·제공 제한", en: "Use and provision restricted" },
    facts: { subject: "subject", reason: "name", items: "names", purposes: "names" },
  },
  restriction_lifted: {
    says: { ko: "이용·제공 제한 해제", en: "Restriction lifted" },
    facts: { subject: "subject", reason: "name" },
  },
  purpose_stopped: {
    says: { ko: "목적에 따른 이용 중지", en: "Use for a purpose stopped" },
    facts: { purpose: "name" },
  },
  purpose_resumed: {
    says: { ko: "목적에 따른 이용 다시 허용", en: "Use for a purpose allowed again" },
    facts: { purpose: "name" },
  },
  staff_accessed: {
    says: { ko: "담당자의 열람", en: "Staff looked at personal data" },
    facts: {
      access: "id",
      by: "staff",
      purpose: "name_or_null",
      items: "names",
      subjects: "count",
      refused: "flag",
    },
  },
  use_evidence_ended: {
    says: {
      ko: "기간이 지난 접속기록·제공 장부 정리",
      en: "Old lines of access and provision removed",
    },
    facts: { accesses: "count", provisions: "count", restrictions: "count" },
  },
  provision_document_registered: {
    says: { ko: "제공 요구 문서 등록", en: "A demand for provision was registered" },
    facts: { subject: "subject", document: "id", kind: "name", items: "names", by: "staff" },
  },
  provision_document_approved: {
    says: { ko: "제공 요구 문서 승인", en: "A demand for provision was approved" },
    facts: { document: "id", approvals: "count", by: "staff" },
  },
  provided: {
    says: { ko: "제3자 제공", en: "Provided to a third party" },
    facts: {
      subject: "subject",
      provision: "id",
      basis: "name",
      recipient: "name_or_null",
      items: "names",
    },
  },
  provision_refused: {
    says: { ko: "제3자 제공 거부", en: "Provision to a third party refused" },
    facts: { basis: "name", recipient: "name_or_null", rules: "counts" },
  },
  statistics_provided: {
    says: { ko: "통계 제공", en: "Statistics provided" },
    facts: { statistic: "id", item: "name", cells: "count", suppressed: "count" },
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
  event_taken_back: {
    says: { ko: "다시 열려 보유 기간이 멈춤", en: "Opened again: a retention period stopped" },
    facts: { subject: "subject", event: "name", records: "count" },
  },
  clock_shortened: {
    says: { ko: "새 방침에 따라 보유 기간 단축", en: "Periods shortened by a new version" },
    facts: { class: "name", records: "count" },
  },
  retention_overdue: {
    says: { ko: "기한을 넘긴 파기", en: "Destruction that came too late" },
    facts: { late: "counts" },
  },
  unruled_destroyed: {
    says: { ko: "보유 근거가 없는 기록 파기", en: "Records without a rule destroyed" },
    facts: { records: "count" },
  },
  evidence_ended: {
    says: { ko: "동의 증빙 파기", en: "Evidence of consent destroyed" },
    facts: { consents: "count", declarations: "count", messages: "count" },
  },
  child_found: {
    says: { ko: "나이 제한 미달 확인", en: "A person below the age limit was found" },
    facts: { subject: "subject", records: "count", kept: "count" },
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
  hold_placed: {
    says: { ko: "파기 보류", en: "Legal hold placed" },
    facts: {
      hold: "id",
      subject: "subject",
      classes: "names",
      records: "count",
      until: "day",
      by: "staff",
    },
  },
  hold_released: {
    says: { ko: "파기 보류 해제", en: "Legal hold released" },
    facts: { hold: "id", subject: "subject", by: "staff" },
  },
  held_back: {
    says: { ko: "보류로 따로 둔 기록", en: "Records set aside for a hold" },
    facts: { subject: "subject", class: "name", records: "count" },
  },
  destruction_confirmed: {
    says: { ko: "파기 결과 확인", en: "Destruction confirmed by the officer" },
    facts: { run: "id", lines: "count", by: "staff" },
  },
  paper_registered: {
    says: { ko: "종이 문서 등록", en: "Paper registered" },
    facts: { paper: "id", class: "name", by: "staff" },
  },
  paper_moved: {
    says: { ko: "종이 문서를 따로 둔 서류함으로 옮김", en: "Paper moved to the separate cabinet" },
    facts: { paper: "id", by: "staff" },
  },
  paper_destroyed: {
    says: { ko: "종이 문서 파기", en: "Paper destroyed" },
    facts: {
      slip: "id",
      method: "name",
      day: "day",
      papers: "count",
      first: "staff",
      second: "staff",
    },
  },
  archived: {
    says: { ko: "법령에 따라 분리 보관", en: "Moved to the archive, as a statute demands" },
    facts: { run: "id", subject: "subject", records: "counts" },
  },
  erased: {
    says: { ko: "요구에 따른 삭제", en: "Erasure on request" },
    facts: { run: "id", subject: "subject", records: "count", changed: "count", items: "names" },
  },
  withdrawal_confirmed: {
    says: { ko: "탈퇴 의사 확인", en: "Wish to leave confirmed" },
    facts: { subject: "subject", by: "name", channel: "name" },
  },
  withdrawal_refused: {
    says: { ko: "본인 확인에 실패한 탈퇴 요청", en: "Request to leave, identity not confirmed" },
    facts: { subject: "subject", channel: "name" },
  },
  withdrawn: {
    says: { ko: "탈퇴 처리 완료", en: "Membership ended" },
    facts: {
      subject: "subject",
      run: "id",
      destroyed: "counts",
      moved: "counts",
      kept: "counts",
      orders: "count",
    },
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
  processor_order_handed: {
    says: { ko: "수탁자에게 지시서 전달", en: "Order handed to a processor by staff" },
    facts: { processor: "name", order: "id", staff: "staff" },
  },
  processor_supervised: {
    says: { ko: "수탁자 점검 또는 교육", en: "Processor inspected or trained" },
    facts: { processor: "name", kind: "name", day: "day", staff: "staff" },
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
  staff_added: {
    says: { ko: "담당자 등록", en: "Member of staff added" },
    facts: { staff: "staff", roles: "names" },
  },
  staff_ended: {
    says: { ko: "담당자 권한 종료", en: "Member of staff ended" },
    facts: { staff: "staff" },
  },
  staff_pass_renewed: {
    says: { ko: "담당자 출입 암호 다시 발급", en: "Pass of a member of staff made anew" },
    facts: { staff: "staff" },
  },
  staff_signed_in: {
    says: { ko: "담당자 로그인", en: "Member of staff signed in" },
    facts: { staff: "staff" },
  },
  staff_refused: {
    says: { ko: "담당자 로그인 실패", en: "Sign-in of a member of staff failed" },
    facts: { staff: "staff" },
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
