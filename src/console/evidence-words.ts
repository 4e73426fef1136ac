/** Evidence in words. A code without words here is shown as it is: never hidden, never guessed. */
import { count } from "../html/figures.ts";
import type { UiLang } from "../html/reader.ts";
import type { Label, Policy } from "../policy/model.ts";
import type { WordsReason } from "../proof/checks.ts";
import type { Verdict } from "../proof/verdict.ts";

type Evidence = Verdict["evidence"][number];

/** Why a sentence is only words; a reason without words does not compile. */
const REASONS: Readonly<Record<WordsReason, Readonly<Record<UiLang, string>>>> = {
  "withdrawal-not-built": {
    ko: "탈퇴 처리가 아직 없음",
    en: "leaving the service is not built yet",
  },
  "provision-not-built": { ko: "제3자 제공 관리가 아직 없음", en: "provision is not built yet" },
  "archive-not-built": {
    ko: "따로 보관하는 저장소가 아직 없음",
    en: "the separate archive is not built yet",
  },
  "requests-not-built": {
    ko: "권리 요청 처리가 아직 없음",
    en: "handling of requests is not built yet",
  },
  "cookie-choice-not-built": {
    ko: "쿠키 선택이 아직 없음",
    en: "the cookie choice is not built yet",
  },
  "staff-not-built": { ko: "취급자 관리가 아직 없음", en: "staff management is not built yet" },
  "safeguards-not-looked-at": {
    ko: "보호 대책을 아직 점검하지 않음",
    en: "safeguards are not looked at yet",
  },
  "links-not-looked-at": { ko: "링크를 아직 점검하지 않음", en: "links are not looked at yet" },
  "guests-not-built": { ko: "비회원 이용이 아직 없음", en: "guests cannot use the service yet" },
};

const CODES: Readonly<Record<string, Readonly<Record<UiLang, string>>>> = {
  "never-looked": { ko: "점검한 적 없음", en: "never looked at" },
  "look-failed": { ko: "점검하지 못함", en: "the look failed" },
  "look-too-old": { ko: "마지막 점검이 너무 오래됨", en: "the last look is too old" },
  "looked-at-other-version": {
    ko: "다른 판의 처리방침을 점검한 결과뿐임",
    en: "only another version was looked at",
  },
  "class-without-clock": { ko: "보유 기간을 재는 시계가 없음", en: "no clock runs for it" },
  "clock-event-not-reported-yet": {
    ko: "기간을 시작하는 일이 아직 시스템에 알려지지 않음",
    en: "the event that starts its clock is not reported yet",
  },
  "classes-with-a-rule": { ko: "보유 기간이 있는 기록 종류", en: "record classes with a rule" },
  "contact-fact-open": { ko: "확인되지 않은 연락처 사항", en: "contact facts still open" },
  "contact-facts-on-page": { ko: "페이지에 보이는 연락처 사항", en: "contact facts on the page" },
  "agencies-on-page": { ko: "페이지에 보이는 기관과 전화", en: "agencies on the page" },
  "dates-on-page": { ko: "페이지에 보이는 날짜", en: "dates on the page" },
  "destroyed-days-empty": { ko: "파기한 날에 남은 기록", en: "records left on destroyed days" },
  "destroyed-in-time": { ko: "기한 안에 끝난 파기", en: "destructions ended in time" },
  "destruction-weakened": {
    ko: "열쇠가 확실히 지워지지 않는 곳에 있음",
    en: "the keys lie where they are not surely forgotten",
  },
  "destroyed-with-their-keys": {
    ko: "열쇠까지 없앤 파기",
    en: "destructions that took the key too",
  },
  "gate-accepts-the-set": { ko: "정해진 항목을 받는지 시험", en: "gate asked with the exact set" },
  "gate-accepts-without-optional": {
    ko: "선택 항목 없이도 받는지 시험",
    en: "gate asked without optional items",
  },
  "gate-needs-declaration": {
    ko: "확인 표시 없이 거절하는지 시험",
    en: "gate asked without the declaration",
  },
  "gate-needs-each": {
    ko: "필수 항목이 빠지면 거절하는지 시험",
    en: "gate asked with one item missing",
  },
  "gate-needs-source": { ko: "출처 없이 거절하는지 시험", en: "gate asked without a source" },
  "gate-refuses-foreign": {
    ko: "다른 곳의 항목을 거절하는지 시험",
    en: "gate asked with foreign items",
  },
  "gate-refuses-undeclared": {
    ko: "없는 항목을 거절하는지 시험",
    en: "gate asked with an undeclared item",
  },
  "gates-with-a-method": { ko: "수집 방법이 있는 수집 창구", en: "gates with a method" },
  "headings-in-contents": { ko: "목차에서 닿는 제목", en: "headings reachable from the contents" },
  "important-changes": { ko: "중요한 변경의 공고 기간", en: "notice before important changes" },
  "last-day-as-promised": { ko: "약속한 마지막 날", en: "last days as promised" },
  "other-gates-refuse": { ko: "다른 창구에서 거절", en: "other gates refuse" },
  "other-records-without": {
    ko: "이 항목이 없는 다른 기록",
    en: "other records without these items",
  },
  "records-not-merged": { ko: "따로 둔 기록", en: "records kept apart" },
  "records-of-known-classes": { ko: "정해진 종류의 기록", en: "records of known classes" },
  "records-past-their-day": { ko: "기간이 지난 기록", en: "records past their day" },
  "records-with-an-end": { ko: "끝나는 날이 있는 기록", en: "records with an end" },
  "records-with-declaration": { ko: "확인 표시가 있는 기록", en: "records with the declaration" },
  "records-with-origin": { ko: "수집 경위가 있는 기록", en: "records with their origin" },
  "records-with-source": { ko: "출처가 있는 기록", en: "records with their source" },
  "stored-acts-hold-the-set": {
    ko: "정해진 항목만 담긴 수집",
    en: "stored acts with the exact set",
  },
  "consents-with-evidence": { ko: "증거가 남은 동의", en: "consents with evidence" },
  "cookie-guides-on-page": {
    ko: "페이지에 보이는 쿠키 설정 안내",
    en: "cookie guides on the page",
  },
  "gates-take-the-same-set": { ko: "같은 항목만 받는 창구", en: "gates that take the same set" },
  "items-bound-to-a-purpose": { ko: "목적이 정해진 항목", en: "items bound to a purpose" },
  "no-second-copy": { ko: "한 벌만 있는 기록", en: "records without a second copy" },
  "purpose-item-pairs": { ko: "목적과 항목의 짝", en: "pairs of purpose and item" },
  "purpose-rests-on-consent": {
    ko: "동의가 있어야 하는 목적",
    en: "purposes that rest on consent",
  },
  "undeclared-purpose-refused": {
    ko: "없는 목적을 거절하는지 시험",
    en: "read asked for an undeclared purpose",
  },
  "unlisted-recipient-refused": {
    ko: "목록에 없는 곳을 거절하는지 시험",
    en: "export asked for a recipient not listed",
  },
  "exports-to-listed": { ko: "목록에 있는 곳에 맡긴 내역", en: "exports to listed processors" },
  "foreign-work-refused": {
    ko: "맡기지 않은 업무를 거절하는지 시험",
    en: "export asked for a work of another",
  },
  "exports-for-listed-work": { ko: "맡긴 업무의 내역", en: "exports for the listed work" },
  "work-rests-on-consent": { ko: "동의가 있어야 하는 업무", en: "works that rest on consent" },
  "exports-with-consent": { ko: "동의가 있던 내역", en: "exports with a living consent" },
  "ended-holdings-ordered": {
    ko: "끝났을 때 지시한 내역",
    en: "holdings that ended, with an order",
  },
  "orders-answered-in-time": { ko: "기한 안에 답한 지시", en: "orders answered in time" },
  "work-item-pairs": { ko: "업무와 항목의 짝", en: "pairs of work and item" },
  "exports-of-needed-items": { ko: "필요한 항목만 맡긴 내역", en: "exports of needed items" },
  "versions-announced": { ko: "판마다 공고 기간", en: "notice before each version" },
  "versions-referred-to": { ko: "기록이 가리키는 판", en: "versions that records refer to" },
  "versions-unaltered": { ko: "바뀌지 않은 옛 판", en: "past versions unaltered" },
};

/**
 * What was looked at, with counts: "정해진 항목만 담긴 수집: 6건, 어긋남 없음". Names of things the
 * policy declares are shown by their labels.
 */
export function evidenceWords({ code, facts }: Evidence, policy: Policy, lang: UiLang): string {
  const { examined, violations, ...rest } = facts;
  const name = { ...CODES, ...REASONS }[code]?.[lang] ?? code;
  const parts: string[] = [];
  if (typeof examined === "number")
    parts.push(lang === "ko" ? `${count(examined)}건` : count(examined));
  if (typeof violations === "number" && examined !== 0) parts.push(wrong(violations, lang));
  for (const [fact, value] of Object.entries(rest)) {
    parts.push(factWords(fact, String(value), policy, lang));
  }
  const head = name.charAt(0).toUpperCase() + name.slice(1);
  return parts.length === 0 ? head : `${head}: ${parts.join(", ")}`;
}

function factWords(fact: string, value: string, policy: Policy, lang: UiLang): string {
  const declared: Readonly<Record<string, Readonly<Record<string, { readonly label: Label }>>>> = {
    occasion: policy.occasions,
    purpose: policy.purposes,
    class: policy.records,
    item: policy.items,
    processor: policy.processors,
    work: policy.works,
  };
  const label = declared[fact]?.[value]?.label[lang];
  if (label !== undefined) return label;
  if (fact === "open") return lang === "ko" ? `${value}건` : value;
  if (fact !== "lang") return value;
  return new Intl.DisplayNames([lang], { type: "language" }).of(value) ?? value;
}

function wrong(violations: number, lang: UiLang): string {
  if (violations === 0) return lang === "ko" ? "어긋남 없음" : "none wrong";
  return lang === "ko" ? `${count(violations)}건 어긋남` : `${count(violations)} wrong`;
}
