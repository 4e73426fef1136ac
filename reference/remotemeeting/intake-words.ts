/** What the pages say at which something is given; fields and consents come from the policy. */
import type { UiLang } from "jikim";

export interface IntakeWords {
  readonly title: string;
  readonly lead: string;
  readonly send: string;
  readonly done: string;
  /** What happens next. */
  readonly next: string;
}

/** Every page of the service at which people, or staff for them, give something. */
export const INTAKES = ["apply", "event", "support", "join", "call", "partner"] as const;
export type IntakeName = (typeof INTAKES)[number];

export const INTAKE_WORDS: Readonly<Record<IntakeName, Readonly<Record<UiLang, IntakeWords>>>> = {
  apply: {
    ko: {
      title: "제품 이용 신청",
      lead: "가입할 때와 같은 항목을 받습니다. 이미 회원이면 다시 적을 것이 없습니다.",
      send: "신청하기",
      done: "신청을 받았습니다",
      next: "요금제를 고르면 바로 쓸 수 있습니다.",
    },
    en: {
      title: "Apply for the product",
      lead: "We ask for the same items as at sign-up. Members have nothing to fill in again.",
      send: "Apply",
      done: "We have your application",
      next: "Choose a plan, and you can begin.",
    },
  },
  event: {
    ko: {
      title: "새 단장 이벤트 응모",
      lead: "추첨과 경품 발송에만 씁니다. 당첨 안내와 경품 전달이 모두 끝나면 바로 파기합니다.",
      send: "응모하기",
      done: "응모를 받았습니다",
      next: "응모 내용은 회원 정보와 합치지 않습니다. 경품 전달이 끝나면 파기합니다.",
    },
    en: {
      title: "Enter the reopening draw",
      lead: "Used for the draw and for sending prizes, and destroyed once both are done.",
      send: "Enter",
      done: "You are in the draw",
      next: "Your entry is never merged with an account. It is destroyed once prizes are delivered.",
    },
  },
  support: {
    ko: {
      title: "고객지원 문의",
      lead: "답을 드리는 데 필요한 것만 받습니다. 문의가 끝나면 파기하고, 불만·분쟁이면 법이 정한 동안 따로 둡니다.",
      send: "문의 보내기",
      done: "문의를 받았습니다",
      next: "적어 주신 이메일로 답을 드립니다.",
    },
    en: {
      title: "Ask support",
      lead: "Only what we need to answer. It is destroyed when the inquiry is closed; a complaint is kept apart for as long as the law says.",
      send: "Send",
      done: "We have your inquiry",
      next: "We answer to the e-mail address you gave.",
    },
  },
  join: {
    ko: {
      title: "회의에 들어가기",
      lead: "계정 없이 이름만으로 들어갑니다. 이름은 회의가 끝나면 파기합니다. 회원이 아니어도 개인정보에 관한 권리는 같습니다.",
      send: "이름으로 들어가기",
      done: "들어갈 준비가 되었습니다",
      next: "회의실은 아직 열지 않았습니다. 적어 주신 이름은 회의를 닫을 때 파기합니다.",
    },
    en: {
      title: "Join a meeting",
      lead: "A name is enough, no account. It is destroyed when the meeting ends. People without an account have the same rights to their data.",
      send: "Join by name",
      done: "You are ready to join",
      next: "The rooms are not open yet. Your name is destroyed when the meeting is closed.",
    },
  },
  call: {
    ko: {
      title: "전화·팩스 문의 적기",
      lead: "들은 대로만 적습니다. 같은 문의를 누리집에서 한 것과 똑같이 다룹니다.",
      send: "적어 두기",
      done: "문의를 적어 두었습니다",
      next: "처리할 일 목록에서 이어서 봅니다.",
    },
    en: {
      title: "Note a call or a fax",
      lead: "Write down what was said, no more. It is handled like an inquiry made on the site.",
      send: "Note it",
      done: "The inquiry is noted",
      next: "It stands in the list of open work.",
    },
  },
  partner: {
    ko: {
      title: "제휴사가 제공한 응모 적기",
      lead: "누가 언제 어떤 근거로 제공했는지 함께 적어야 합니다. 본인이 물으면 그대로 알립니다.",
      send: "적어 두기",
      done: "제공받은 응모를 적어 두었습니다",
      next: "출처는 함께 보관하고, 본인이 물으면 알립니다.",
    },
    en: {
      title: "Note an entry from a partner",
      lead: "Who gave it, when, and on which basis belong to it. Whoever it is about is told on request.",
      send: "Note it",
      done: "The entry is noted",
      next: "Its source is kept with it and told on request.",
    },
  },
};

export const SOURCE_WORDS: Readonly<
  Record<UiLang, { legend: string; name: string; day: string; basis: string; dayHint: string }>
> = {
  ko: {
    legend: "출처",
    name: "제휴사 이름",
    day: "제공받은 날",
    basis: "제공의 근거",
    dayHint: "2026-11-23처럼 적습니다.",
  },
  en: {
    legend: "Source",
    name: "Partner",
    day: "Day it was received",
    basis: "Basis of the provision",
    dayHint: "Like 2026-11-23.",
  },
};
