/** Steps, channels and confirmers of a withdrawal, in words. */
import type {
  Confirmer,
  WithdrawalChannel,
  WithdrawalStep,
} from "../engine/withdrawal/withdrawal-row.ts";
import type { UiLang } from "../html/reader.ts";

type Words<K extends string> = Readonly<Record<K, Readonly<Record<UiLang, string>>>>;

export const STEP_WORDS: Words<WithdrawalStep> = {
  confirmed: { ko: "의사 확인", en: "wish confirmed" },
  frozen: { ko: "이용 정지", en: "frozen" },
  sorted: { ko: "기록 분류", en: "records sorted" },
  moved: { ko: "따로 옮김", en: "moved apart" },
  removed: { ko: "기록 삭제", en: "records removed" },
  ordered: { ko: "수탁자 지시", en: "orders placed" },
  shredded: { ko: "열쇠 파기", en: "keys destroyed" },
  certified: { ko: "기록부에 남김", en: "in the log" },
  told: { ko: "끝", en: "done" },
};

export const CHANNEL_WORDS: Words<WithdrawalChannel> = {
  site: { ko: "본인 화면", en: "account page" },
  phone: { ko: "전화", en: "telephone" },
  letter: { ko: "서면", en: "letter" },
  email: { ko: "이메일", en: "e-mail" },
  board: { ko: "게시판", en: "web board" },
};

export const CONFIRMER_WORDS: Words<Confirmer> = {
  member: { ko: "본인", en: "the member" },
  staff: { ko: "담당자가 본인 확인", en: "checked by staff" },
  representative: { ko: "대리인 확인", en: "a representative, checked" },
};
