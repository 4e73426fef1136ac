/** Logging in: one answer for an unknown name and a wrong password, and a growing wait after misses. */
import type { Attempts, Jikim, Markup, Reader, UiLang } from "jikim";
import { errorSummary, field, html, plural } from "jikim";

const NOBODY = "0000000000000000"; // a handle that belongs to no one, for the same work either way

interface LoginWords {
  readonly title: string;
  readonly companyId: string;
  readonly userId: string;
  readonly password: string;
  readonly send: string;
  readonly wrong: string;
  readonly wait: (seconds: number) => string;
  readonly noAccount: (signUp: string) => Markup;
  readonly ends: string;
}

const WORDS: Record<UiLang, LoginWords> = {
  ko: {
    title: "로그인",
    companyId: "대표ID",
    userId: "유저ID",
    password: "비밀번호",
    send: "로그인",
    wrong: "대표ID, 유저ID, 비밀번호가 맞지 않습니다. 다시 확인해 주십시오.",
    wait: (seconds) => `여러 번 맞지 않아 잠시 멈췄습니다. ${seconds}초 뒤에 다시 해 주십시오.`,
    noAccount: (signUp) => html`계정이 없다면 <a href="${signUp}">가입</a>하십시오.`,
    ends: "30분 동안 쓰지 않으면 자동으로 로그아웃됩니다.",
  },
  en: {
    title: "Log in",
    companyId: "Company ID",
    userId: "User ID",
    password: "Password",
    send: "Log in",
    wrong: "Company ID, user ID and password do not match. Please check them.",
    wait: (seconds) =>
      `That was wrong several times, so please wait. Try again in ${plural(seconds, "second")}.`,
    noAccount: (signUp) => html`No account yet? <a href="${signUp}">Sign up</a>.`,
    ends: "You are logged out automatically after 30 minutes without use.",
  },
};

export interface LoginForm {
  readonly companyId: string;
  readonly userId: string;
  readonly password: string;
}

export type LoginAnswer =
  | { readonly subject: string }
  | { readonly wrong: true }
  | { readonly waitSeconds: number };

/** Looks the person up and compares the password. Takes the same work whether the name exists. */
export async function logIn(
  jikim: Jikim,
  attempts: Attempts,
  form: LoginForm,
  address: string | null,
): Promise<LoginAnswer> {
  const attempt = { name: `${form.companyId.trim()}\n${form.userId.trim()}`, address };
  const wait = attempts.wait(attempt);
  if (wait > 0) return { waitSeconds: Math.ceil(wait / 1000) };
  attempts.began(attempt);
  const blank = Object.values(form).some((value) => value.trim() === "" || value.length > 1000);
  const [subject, other] = blank
    ? []
    : await jikim.find(
        { company_id: form.companyId, user_id: form.userId },
        { purpose: "user_management" },
      );
  const found = other === undefined ? subject : undefined;
  const fits = await jikim.matches(found ?? NOBODY, "password", form.password);
  if (found === undefined || !fits) return { wrong: true };
  attempts.worked(attempt);
  return { subject: found };
}

export const loginTitle = (lang: UiLang): string => WORDS[lang].title;

export interface LoginPageInput {
  readonly reader: Reader;
  readonly token: Markup;
  readonly form: LoginForm | null;
  readonly answer: LoginAnswer | null;
}

/** The page. */
export function loginPage({ reader, token, form, answer }: LoginPageInput): Markup {
  const words = WORDS[reader.lang];
  const says =
    answer === null || "subject" in answer
      ? null
      : "wrong" in answer
        ? words.wrong
        : words.wait(answer.waitSeconds);
  const errors = says === null ? [] : [{ field: "company_id", says }];
  const text = (
    name: string,
    label: string,
    value: string | undefined,
    autocomplete?: string,
  ): Markup =>
    field(
      {
        name,
        label,
        required: true,
        value,
        ...(autocomplete === undefined ? {} : { autocomplete }),
      },
      reader.lang,
    );
  return html`<div class="column">
    <h1>${words.title}</h1>
    ${errorSummary(errors, reader.lang)}
    <form class="form" method="post" action="${reader.to("/login")}" novalidate>
      ${token} ${text("company_id", words.companyId, form?.companyId)}
      ${text("user_id", words.userId, form?.userId, "username")}
      ${field(
        {
          name: "password",
          label: words.password,
          required: true,
          type: "password",
          autocomplete: "current-password",
        },
        reader.lang,
      )}
      <button>${words.send}</button>
    </form>
    <p class="hint">${words.ends}</p>
    <p>${words.noAccount(reader.to("/signup"))}</p>
  </div>`;
}
