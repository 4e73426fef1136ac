/** Evidence in words. A code without words here is shown as it is: never hidden, never guessed. */
import { count, dayInWords } from "../html/figures.ts";
import type { UiLang } from "../html/reader.ts";
import type { Label, Policy } from "../policy/model.ts";
import type { WordsReason } from "../proof/checks.ts";
import type { Verdict } from "../proof/verdict.ts";
import { USE_EVIDENCE } from "./use-evidence.ts";

type Evidence = Verdict["evidence"][number];

/** Why a sentence is only words; a reason without words does not compile. */
const REASONS: Readonly<Record<WordsReason, Readonly<Record<UiLang, string>>>> = {
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
};

const CODES: Readonly<Record<string, Readonly<Record<UiLang, string>>>> = {
  "archive-closed-to-purposes": {
    ko: "목적으로 보관소를 열 수 없는지 시험",
    en: "archive asked for a purpose",
  },
  "archive-looks-at-what-is-kept": {
    ko: "근거 법령이 보관하게 한 항목만 본 기록",
    en: "looks into the archive at what the law keeps",
  },
  "archive-looks-with-ground": {
    ko: "근거를 대고 보관소를 본 기록",
    en: "looks into the archive with a ground",
  },
  "archive-own-locks": {
    ko: "보관소만의 열쇠로 잠근 기록",
    en: "archived records under locks of their own",
  },
  "archived-days-empty": {
    ko: "파기한 날에 보관소에 남은 기록",
    en: "records left in the archive on destroyed days",
  },
  "archived-items-declared": {
    ko: "정해진 항목만 담긴 보관 기록",
    en: "archived records with declared items only",
  },
  "archived-last-day": {
    ko: "보관 기록의 약속한 마지막 날",
    en: "last days of archived records as promised",
  },
  "archived-past-their-day": {
    ko: "기간이 지난 보관 기록",
    en: "archived records past their day",
  },
  "laws-open-what-they-keep": {
    ko: "법령마다 보관하게 한 것만 여는지 시험",
    en: "each law asked for what it does not keep",
  },
  "left-people-shut-out": {
    ko: "탈퇴한 사람의 이용 제한",
    en: "people who left, with all use stopped",
  },
  "moves-ended": { ko: "기한 안에 끝난 이관", en: "moves to the archive ended in time" },
  "nobody-in-both": {
    ko: "두 곳에 함께 남지 않은 사람",
    en: "people with nothing left in both databases",
  },
  "nothing-sent-after-leaving": {
    ko: "탈퇴 뒤 내보내지 않은 사람",
    en: "people of whom nothing was sent after they left",
  },
  "statutory-records-moved": {
    ko: "보관 기록을 옮긴 탈퇴",
    en: "withdrawals whose statutory records moved",
  },
  "never-looked": { ko: "점검한 적 없음", en: "never looked at" },
  "look-failed": { ko: "점검하지 못함", en: "the look failed" },
  "look-too-old": { ko: "마지막 점검이 너무 오래됨", en: "the last look is too old" },
  "looked-at-other-version": {
    ko: "다른 판의 처리방침을 점검한 결과뿐임",
    en: "only another version was looked at",
  },
  "class-without-clock": { ko: "보유 기간을 재는 시계가 없음", en: "no clock runs for it" },
  "classes-with-a-rule": { ko: "보유 기간이 있는 기록 종류", en: "record classes with a rule" },
  "contact-fact-open": { ko: "확인되지 않은 연락처 사항", en: "contact facts still open" },
  "contact-facts-on-page": { ko: "페이지에 보이는 연락처 사항", en: "contact facts on the page" },
  "agencies-on-page": { ko: "페이지에 보이는 기관과 전화", en: "agencies on the page" },
  "dates-on-page": { ko: "페이지에 보이는 날짜", en: "dates on the page" },
  "destroyed-days-empty": { ko: "파기한 날에 남은 기록", en: "records left on destroyed days" },
  attested: { ko: "사람이 확인함", en: "attested" },
  "confirmation-overdue": {
    ko: "책임자의 확인이 늦은 파기",
    en: "destructions the officer has not confirmed in time",
  },
  "held-only-while-ordered": {
    ko: "보류하는 동안만 남은 기록",
    en: "records kept only while a hold orders it",
  },
  "ledger-agrees-with-log": {
    ko: "감사 기록과 맞는 파기 대장",
    en: "lines of the ledger that agree with the log",
  },
  "ledger-line-altered": {
    ko: "감사 기록과 다른 파기 대장",
    en: "line of the ledger that differs from the log",
  },
  "looked-at-by-another": {
    ko: "다른 권한으로 다시 찾아본 파기",
    en: "destructions a second principal looked at",
  },
  "no-trace-found": {
    ko: "흔적이 없는 파기",
    en: "destructions without a trace left",
  },
  "paper-destroyed-in-time": { ko: "기한 안에 파기한 종이", en: "paper destroyed in time" },
  "paper-in-separate-cabinet": {
    ko: "따로 둔 서류함의 종이",
    en: "paper in the separate cabinet",
  },
  "paper-never-registered": {
    ko: "종이 문서를 등록한 적 없음",
    en: "no paper was ever registered",
  },
  "paper-slips-of-two": { ko: "두 사람이 남긴 파기표", en: "slips with two names" },
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
  "advertising-confirmed-again": {
    ko: "기한 전에 다시 확인한 광고 동의",
    en: "consents to advertising confirmed again before their day",
  },
  "children-destroyed": {
    ko: "나이 제한 미달로 파기한 사람",
    en: "people below the age limit, destroyed in time",
  },
  "consents-evidenced": {
    ko: "판, 언어, 경로가 남은 동의",
    en: "consents with version, language and channel",
  },
  "evidence-not-past-its-day": {
    ko: "기간 안에 있는 동의 증빙",
    en: "evidence of consent within its time",
  },
  "gate-refuses-cards": {
    ko: "카드번호를 거절하는지 시험",
    en: "gate asked with card numbers",
  },
  "gates-without-account": {
    ko: "계정 없이 묻는 수집 창구",
    en: "gates asked without an account",
  },
  "people-with-account": { ko: "계정이 있는 사람", en: "people with an account" },
  "people-without-account": { ko: "계정이 없는 사람", en: "people without an account" },
  "records-rest-on-the-same": {
    ko: "같은 동의와 확인에 따른 기록",
    en: "records that rest on the same consents and declarations",
  },
  "results-of-advertising-told": {
    ko: "결과를 알린 광고 동의",
    en: "consents to advertising whose result is told",
  },
  "results-told-in-time": { ko: "기한 안에 알린 결과", en: "results told in time" },
  "withdrawn-consents-ended": {
    ko: "거둔 동의에 남은 정보",
    en: "withdrawn consents with nothing left of what rested on them",
  },
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
  "unconfirmed-wish-refused": {
    ko: "확인 없는 탈퇴를 거절하는지 시험",
    en: "leaving asked without a confirmed wish",
  },
  "withdrawals-confirmed": { ko: "의사를 확인한 탈퇴", en: "withdrawals with a confirmed wish" },
  "shut-out-after-a-wish": {
    ko: "탈퇴로 이용을 막은 사람",
    en: "people shut out because they leave",
  },
  "ended-after-a-wish": { ko: "탈퇴로 끝난 기록", en: "records ended by a withdrawal" },
  "ended-records-gone": { ko: "목적을 다한 기록", en: "records whose purpose has ended" },
  "only-what-was-told-stays": {
    ko: "알린 것만 남은 탈퇴자",
    en: "people who left, with only what they were told of",
  },
  "withdrawals-in-time": { ko: "기한 안에 끝난 탈퇴", en: "withdrawals ended in time" },
  "erased-in-time": { ko: "기한 안에 끝난 삭제", en: "erasures ended in time" },
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
  const name = { ...CODES, ...USE_EVIDENCE, ...REASONS }[code]?.[lang] ?? code;
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
    recipient: policy.provision.recipients,
    work: policy.works,
  };
  const label = declared[fact]?.[value]?.label[lang];
  if (label !== undefined) return label;
  if (fact === "by") return lang === "ko" ? `담당자 ${value}` : `staff ${value}`;
  if (fact === "on" || fact === "day") return dayInWords(value, lang);
  if (fact === "open") return lang === "ko" ? `${value}건` : value;
  if (fact !== "lang") return value;
  return new Intl.DisplayNames([lang], { type: "language" }).of(value) ?? value;
}

function wrong(violations: number, lang: UiLang): string {
  if (violations === 0) return lang === "ko" ? "어긋남 없음" : "none wrong";
  return lang === "ko" ? `${count(violations)}건 어긋남` : `${count(violations)} wrong`;
}
