/** What stands in codes about processors, in words. A code without words does not compile. */
import type { Missing } from "../engine/processor/missing.ts";
import type { OrderReason } from "../engine/processor/order-row.ts";
import type { OrderKind, OrderState } from "../engine/processor/protocol.ts";
import type { ProcessorState } from "../engine/processor/register.ts";
import type { SupervisionKind } from "../engine/processor/supervision.ts";
import type { UiLang } from "../html/reader.ts";

type Words<K extends string> = Readonly<Record<K, Readonly<Record<UiLang, string>>>>;

export const MISSING_WORDS: Words<Missing> = {
  contract: { ko: "위탁 계약서", en: "the written contract" },
  "contract-contents": { ko: "계약서의 7가지 내용", en: "the seven contents of the contract" },
  "sub-consent": { ko: "재위탁 동의", en: "consent to sub-processing" },
  identity: { ko: "상호 확인", en: "a look at who it is" },
  country: { ko: "나라", en: "the country" },
  items: { ko: "맡길 항목", en: "the items" },
  period: { ko: "보유 기간", en: "the period" },
  "contact-abroad": { ko: "국외 연락처", en: "the contact abroad" },
  "overseas-disclosure": { ko: "국외 이전 고지 사항", en: "what a transfer abroad must tell" },
  publication: { ko: "처리방침 공개", en: "publication in the policy" },
  "people-told": { ko: "이용자에게 개별 고지", en: "telling people one by one" },
  carrier: { ko: "지시를 보낼 방법", en: "a way to send orders" },
};

export const STATE_WORDS: Words<ProcessorState> = {
  draft: { ko: "맡길 수 없음", en: "not live" },
  active: { ko: "맡기고 있음", en: "live" },
  ended: { ko: "계약 끝남", en: "ended" },
};

export const SUPERVISION_WORDS: Words<SupervisionKind> = {
  inspection: { ko: "점검", en: "inspection" },
  training: { ko: "교육", en: "training" },
};

export const KIND_WORDS: Words<OrderKind> = {
  erase: { ko: "삭제", en: "erase" },
  correct: { ko: "정정", en: "correct" },
  restrict: { ko: "처리정지", en: "restrict" },
  return: { ko: "반환", en: "return" },
};

export const REASON_WORDS: Words<OrderReason> = {
  withdrawal: { ko: "탈퇴", en: "withdrawal" },
  contract_end: { ko: "위탁 계약 종료", en: "end of the contract" },
  consent_withdrawn: { ko: "동의 철회", en: "consent withdrawn" },
  records_ended: { ko: "보유 기간 종료", en: "records ended" },
  retention_ended: { ko: "수탁자의 보관 기간 종료", en: "its own retention ended" },
  request: { ko: "이용자의 요청", en: "a person’s request" },
};

export const ORDER_WORDS: Words<OrderState> = {
  queued: { ko: "보낼 것", en: "to be sent" },
  sent: { ko: "보냄", en: "sent" },
  received: { ko: "받았다고 함", en: "received" },
  done: { ko: "했다고 함", en: "done" },
  held_nothing: { ko: "가진 것이 없다고 함", en: "held nothing" },
  retained_own_duty: { ko: "다른 법에 따라 보관", en: "kept under its own duty" },
};

const FAULTS: Readonly<Record<string, Readonly<Record<UiLang, string>>>> = {
  "address-refused": { ko: "주소를 쓸 수 없음", en: "the address cannot be used" },
  unreachable: { ko: "연결되지 않음", en: "cannot be reached" },
  "too-slow": { ko: "제때 답이 없음", en: "no answer in time" },
  redirected: { ko: "다른 곳으로 돌림", en: "redirects elsewhere" },
  refused: { ko: "상대가 거절함", en: "refused by the other end" },
  failed: { ko: "상대 쪽 고장", en: "the other end failed" },
  "answer-too-large": { ko: "답이 너무 큼", en: "the answer is too large" },
  "no-carrier": { ko: "보낼 방법이 없음", en: "no way to send it" },
  "no-mailer": { ko: "담당자가 메일로 보낼 것", en: "to be mailed by staff" },
  "mail-failed": { ko: "메일이 나가지 않음", en: "the mail did not go out" },
  "by-hand": { ko: "담당자가 전할 것", en: "to be handed over by staff" },
  "reference-gone": { ko: "참조번호가 없음", en: "the reference is gone" },
  "values-gone": { ko: "고칠 값이 없음", en: "the right value is gone" },
  "too-large": { ko: "지시가 너무 큼", en: "the order is too large" },
  "answer-not-signed-by-it": { ko: "서명이 맞지 않는 답", en: "an answer with a wrong signature" },
  "answer-clock": { ko: "시각이 맞지 않는 답", en: "an answer with a wrong clock" },
  "answer-number-gone-back": { ko: "순서가 뒤바뀐 답", en: "an answer out of order" },
  "answer-number-used-twice": { ko: "같은 번호의 다른 답", en: "two answers under one number" },
  "answer-contradicts": { ko: "앞의 답과 어긋나는 답", en: "an answer that contradicts" },
  "answer-state-unfit": { ko: "지시에 맞지 않는 답", en: "an answer that does not fit" },
};

/** A fault in words; a code without words is shown as it is. */
export function faultWords(fault: string, lang: UiLang): string {
  return FAULTS[fault]?.[lang] ?? fault;
}
