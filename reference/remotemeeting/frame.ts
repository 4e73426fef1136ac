/** What RemoteMeeting puts around every page: its name, links, account corner and footer. */
import type { Frame, Markup, Reader, UiLang } from "jikim";
import { html } from "jikim";
import { wordmark } from "./drawings.ts";

export const SERVICE = "RemoteMeeting";

const WORDS: Record<UiLang, Record<string, string>> = {
  ko: {
    privacy: "개인정보 처리방침",
    notices: "공지사항",
    processors: "개인정보를 맡긴 곳",
    plans: "요금제",
    events: "이벤트",
    support: "고객지원",
    join: "회의 들어가기",
    work: "처리할 일",
    me: "내 정보",
    login: "로그인",
    signup: "가입",
    logout: "로그아웃",
    board: "약속 점검표",
    receipt: "처리 확인",
    font: "글꼴 Pretendard, SIL OFL",
    example: "Jikim의 본보기 서비스",
  },
  en: {
    privacy: "Privacy policy",
    notices: "Notices",
    processors: "Processors",
    plans: "Plans",
    events: "Events",
    support: "Support",
    join: "Join a meeting",
    work: "Open work",
    me: "My data",
    login: "Log in",
    signup: "Sign up",
    logout: "Log out",
    board: "Promise board",
    receipt: "Check a receipt",
    font: "Typeface Pretendard, SIL OFL",
    example: "The reference service of Jikim",
  },
};

const LINKS = [
  ["/plans", "plans"],
  ["/support", "support"],
  ["/privacy", "privacy"],
  ["/notices", "notices"],
] as const;
const DESK_LINKS = [
  ["/console/work", "work"],
  ["/console/promises", "board"],
] as const;

export interface FrameInput {
  readonly reader: Reader;
  readonly signedIn: boolean;
  /** The page is one for staff. */
  readonly desk: boolean;
  /** The hidden field of a form; asked for only where a form is shown. */
  token(): Markup;
  readonly bar: Markup;
  readonly styles: readonly string[];
}

/** The frame of one page. */
export function frame(input: FrameInput): Frame {
  const { reader } = input;
  const words = WORDS[reader.lang];
  const link = (path: string, word: string | undefined): Markup =>
    html`<a href="${reader.to(path)}">${word}</a>`;
  return {
    service: SERVICE,
    brand: html`<a href="${reader.to("/")}">${wordmark()}${SERVICE}</a>`,
    links: (input.desk ? DESK_LINKS : LINKS).map(([path, word]) => ({
      href: reader.to(path),
      label: words[word] ?? "",
    })),
    account: input.signedIn
      ? html`${link("/me", words.me)}
          <form method="post" action="${reader.to("/logout")}">
            ${input.token()}<button class="link-button">${words.logout}</button>
          </form>`
      : html`${link("/login", words.login)}${link("/signup", words.signup)}`,
    // The policy's own link stands out among the footer's, as the standard notice asks (PIPA 30②).
    foot: html`<strong>${link("/privacy", words.privacy)}</strong>
      ${link("/privacy/processors", words.processors)}${link("/notices", words.notices)}
      ${link("/events", words.events)}${link("/join", words.join)}
      ${link("/receipt", words.receipt)}${link("/console/promises", words.board)}
      <span>${words.example}</span><span>${words.font}</span>`,
    bar: input.bar,
    styles: input.styles,
  };
}
