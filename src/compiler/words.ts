/**
 * Words for the closed sets of the policy model, in each language. A page never shows an
 * identifier; every member of a set has its word, by type.
 */
import type { BUILT_IN_EVENTS } from "../policy/check-references.ts";
import type {
  Channel,
  CookieLevel,
  Lang,
  LegalBasis,
  PaperMethod,
  RetentionBasis,
  Right,
  Safeguard,
} from "../policy/model.ts";

/** A text in every language the compiler speaks. */
export type Words = Readonly<Record<Lang, string>>;

export const CHANNEL_WORDS: Readonly<Record<Channel, Words>> = {
  letter: { ko: "서면", en: "letter" },
  phone: { ko: "전화", en: "phone" },
  email: { ko: "이메일", en: "e-mail" },
  board: { ko: "게시판", en: "web board" },
};

export const RIGHT_WORDS: Readonly<Record<Right, Words>> = {
  access: { ko: "열람", en: "access" },
  correction: { ko: "정정", en: "correction" },
  withdrawal: { ko: "탈퇴", en: "leaving the service" },
  erasure: { ko: "삭제", en: "erasure" },
  suspension: { ko: "처리정지", en: "suspension of processing" },
  consent_withdrawal: { ko: "동의 철회", en: "withdrawal of consent" },
  portability: { ko: "전송 요구", en: "portability" },
  objection: { ko: "자동화된 결정 거부", en: "objection" },
};

export const BASIS_WORDS: Readonly<Record<LegalBasis, Words>> = {
  consent: { ko: "동의", en: "consent" },
  law: { ko: "법령상 의무", en: "legal obligation" },
  contract: { ko: "계약 이행", en: "contract" },
  vital_interest: { ko: "생명·신체·재산의 급박한 이익", en: "vital interest" },
  legitimate_interest: { ko: "정당한 이익", en: "legitimate interest" },
  public_task: { ko: "공공의 업무", en: "public task" },
};

export const RETENTION_BASIS_WORDS: Readonly<Record<RetentionBasis, Words>> = {
  purpose: { ko: "이용 목적", en: "the purpose itself" },
  internal_policy: { ko: "내부 방침", en: "internal policy" },
  consent: { ko: "동의", en: "consent" },
  law: { ko: "법령", en: "law" },
};

export const COOKIE_LEVEL_WORDS: Readonly<Record<CookieLevel, Words>> = {
  all: { ko: "모두 허용", en: "allow all" },
  confirm_each: { ko: "저장할 때마다 확인", en: "ask each time" },
  none: { ko: "모두 거부", en: "refuse all" },
};

export const PAPER_METHOD_WORDS: Readonly<Record<PaperMethod, Words>> = {
  shred: { ko: "분쇄", en: "shredding" },
  incinerate: { ko: "소각", en: "burning" },
};

export const SAFEGUARD_WORDS: Readonly<Record<Safeguard, Words>> = {
  backup: { ko: "백업", en: "backups" },
  antivirus: { ko: "백신 프로그램", en: "antivirus" },
  encrypted_transfer: { ko: "암호화 통신", en: "encrypted transfer" },
  intrusion_blocking: { ko: "침입 차단", en: "intrusion blocking" },
  limited_handlers: { ko: "취급자 최소화", en: "few handlers" },
  handler_passwords: { ko: "취급자별 비밀번호", en: "a password for each handler" },
  password_renewal: { ko: "비밀번호 갱신", en: "renewed passwords" },
  training: { ko: "취급자 교육", en: "training" },
  handover: { ko: "안전한 인수인계", en: "safe handover" },
  joining_and_leaving: { ko: "입사·퇴사 관리", en: "joining and leaving" },
  security_pledge: { ko: "보안서약", en: "security pledges" },
  privacy_body: { ko: "개인정보보호 전담기구", en: "a privacy body" },
  immediate_correction: { ko: "즉시 시정", en: "correction at once" },
};

/** What stands where the text of the policy leaves a fact open. */
export const OPEN_WORDS: Words = { ko: "확인 필요", en: "to be confirmed" };
export const UP_TO: Words = { ko: "최대", en: "up to" };
/** After a list of events, when the clock starts with the last of them. */
export const WHICHEVER_LATER: Words = { ko: "가운데 늦은 날", en: "whichever comes later" };
/** After a list of events, when the first of them ends it. */
export const WHICHEVER_EARLIER: Words = { ko: "가운데 먼저 오는", en: "whichever comes first" };
/** The built-in events, which a policy need not declare. */
export const BUILT_IN_EVENT_WORDS: Readonly<Record<(typeof BUILT_IN_EVENTS)[number], Words>> = {
  collected: { ko: "수집", en: "collection" },
  withdrawal: { ko: "탈퇴", en: "withdrawal from the service" },
  consent_withdrawn: { ko: "동의 철회", en: "withdrawal of consent" },
};
