/** The sign-up page: the form of its occasion with what to know beside the fields. */
import type { Compiled, FieldError, Markup, Reader, UiLang } from "jikim";
import { errorSummary, html } from "jikim";
import { occasionFields } from "./occasion-form.ts";

export const OCCASION = "sign_up";

interface PageWords {
  readonly title: string;
  readonly lead: (policy: string) => Markup;
  readonly account: string;
  readonly send: string;
  readonly hasAccount: (login: string) => Markup;
  readonly hints: Readonly<Record<string, string>>;
}

const WORDS: Record<UiLang, PageWords> = {
  ko: {
    title: "가입",
    lead: (policy) =>
      html`아래 항목만 받습니다. 왜 받고 언제 지우는지는 <a href="${policy}">개인정보 처리방침</a>에
        있습니다.`,
    account: "계정",
    send: "가입하기",
    hasAccount: (login) => html`이미 계정이 있다면 <a href="${login}">로그인</a>하십시오.`,
    hints: {
      company_id: "회사가 함께 쓰는 ID입니다. 없으면 새로 정합니다.",
      user_id: "로그인할 때 쓰는 본인의 ID입니다.",
      password: "8자 이상으로 정합니다. 되돌릴 수 없는 형태로만 저장하므로 저희도 알 수 없습니다.",
    },
  },
  en: {
    title: "Sign up",
    lead: (policy) =>
      html`We take these items and no others. Why, and when they are erased, is in the
        <a href="${policy}">privacy policy</a>.`,
    account: "Account",
    send: "Sign up",
    hasAccount: (login) => html`If you have an account, please <a href="${login}">log in</a>.`,
    hints: {
      company_id: "Shared by your company. Choose a new one if there is none yet.",
      user_id: "Your own ID, for logging in.",
      password: "At least 8 characters. It is stored one way only, so we cannot read it either.",
    },
  },
};

export interface SignUpInput {
  readonly compiled: Compiled;
  readonly reader: Reader;
  readonly token: Markup;
  /** What was typed before; passwords are never among it. */
  readonly values: Readonly<Record<string, string>>;
  readonly ticked: ReadonlySet<string>;
  readonly errors: readonly FieldError[];
}

export const signUpTitle = (lang: UiLang): string => WORDS[lang].title;

/** The page. */
export function signUpPage(input: SignUpInput): Markup {
  const { reader, errors } = input;
  const words = WORDS[reader.lang];
  const form = { ...input, occasion: OCCASION, hints: words.hints, legend: words.account };
  return html`<div class="column">
    <h1>${words.title}</h1>
    <p class="lead">${words.lead(reader.to("/privacy"))}</p>
    ${errorSummary(errors, reader.lang)}
    <form class="form" method="post" action="${reader.to("/signup")}" novalidate>
      ${input.token} ${occasionFields(form)}
      <button>${words.send}</button>
    </form>
    <p>${words.hasAccount(reader.to("/login"))}</p>
  </div>`;
}
