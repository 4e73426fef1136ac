/** Words of destruction for pages and documents: reasons, steps, states. */
import type { CertificateKind, CertificateState } from "../engine/destruction/certificate.ts";
import type { DestructionState } from "../engine/destruction/destruction-state.ts";
import type { LedgerFilter, LookFound } from "../engine/destruction/ledger-lines.ts";
import type { UiLang } from "../html/reader.ts";
import type { MarkStatus } from "../html/verdict-mark.ts";

type Words = Readonly<Record<UiLang, string>>;

/** What began it. */
export const KIND_WORDS: Readonly<Record<CertificateKind, Words>> = {
  expiry: { ko: "보유 기간이 끝남", en: "the retention period ended" },
  erasure: { ko: "삭제 요구", en: "a request to erase" },
  withdrawal: { ko: "탈퇴", en: "a withdrawal from the service" },
  restore: { ko: "복원한 뒤 다시 제거", en: "removed again after a restore" },
  hold: { ko: "보류가 끝남", en: "a legal hold ended" },
};

/** Each step as something that has happened. */
export const STEP_WORDS: Readonly<Record<DestructionState, Words>> = {
  requested: { ko: "파기 시작", en: "Begun" },
  key_dropped: { ko: "키를 키 나무에서 뺌", en: "Key taken out of the tree" },
  root_wiped: { ko: "이전 루트를 지움", en: "Former root wiped" },
  caches_drained: { ko: "메모리의 키를 지움", en: "Keys in memory wiped" },
  index_rotated: { ko: "찾기표를 새 키로 옮김", en: "Look-up index moved to a new key" },
  rows_removed: { ko: "행을 제거", en: "Rows removed" },
};

/** How far a run is, in a word; only the last may be called a certificate. */
export const STATE_WORDS: Readonly<Record<CertificateState, Words>> = {
  under_way: { ko: "파기 진행 중", en: "Under way" },
  not_looked: { ko: "다시 찾아보기 전", en: "Not looked at yet" },
  traces_found: { ko: "흔적이 남음", en: "Traces found" },
  complete: { ko: "파기 완료", en: "Destroyed" },
};

export const STATE_MARKS: Readonly<Record<CertificateState, MarkStatus>> = {
  under_way: "unknown",
  not_looked: "unknown",
  traces_found: "broken",
  complete: "kept",
};

export const LOOKER_WORDS: Readonly<Record<LookFound["by"], Words>> = {
  role: { ko: "읽기만 하는 다른 권한", en: "a role of its own that may only read" },
  transaction: { ko: "읽기만 하는 거래", en: "a transaction that may not write" },
};

export const FILTER_WORDS: Readonly<Record<LedgerFilter, Words>> = {
  all: { ko: "모두", en: "All" },
  open: { ko: "진행 중", en: "Under way" },
  traces: { ko: "흔적이 남음", en: "Traces found" },
  late: { ko: "기한을 넘김", en: "Overdue" },
  unconfirmed: { ko: "확인 전", en: "Not confirmed" },
};
