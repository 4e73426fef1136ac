/**
 * The one error door: every failure becomes a page that says what happened and what to do, by a
 * stable code. Inner messages go to the log only; none is ever written into a page.
 */
import { JikimError } from "../base/errors.ts";
import type { ErrorCode } from "../base/errors.ts";
import { html } from "./markup.ts";
import type { Markup } from "./markup.ts";
import type { UiLang } from "./reader.ts";

/** Codes of the edge itself, beside those of the engine. */
export const PROBLEM_CODES = [
  "ERR_NOT_FOUND",
  "ERR_METHOD",
  "ERR_TOO_LARGE",
  "ERR_FOREIGN_FORM",
  "ERR_STALE_FORM",
  "ERR_MEDIA_TYPE",
  "ERR_INTERNAL",
] as const;
export type ProblemCode = (typeof PROBLEM_CODES)[number];

export type ProblemStatus = 400 | 403 | 404 | 405 | 409 | 413 | 415 | 422 | 500 | 503;

const STATUS: Record<ProblemCode, ProblemStatus> = {
  ERR_NOT_FOUND: 404,
  ERR_METHOD: 405,
  ERR_TOO_LARGE: 413,
  ERR_FOREIGN_FORM: 403,
  ERR_STALE_FORM: 403,
  ERR_MEDIA_TYPE: 415,
  ERR_INTERNAL: 500,
};

// What the engine refuses, seen from outside. Faults of the house are 500 and name nothing.
const ENGINE: Partial<Record<ErrorCode, ProblemStatus>> = {
  ERR_COLLECTION_REFUSED: 422,
  ERR_USE_REFUSED: 403,
  ERR_STAFF_NEEDED: 403,
  ERR_WITHDRAWAL_UNCONFIRMED: 403,
  ERR_RESTRICTED: 403,
  ERR_PROVISION_REFUSED: 403,
  ERR_CONFIRMATION_REFUSED: 409,
  ERR_HOLD_ACTIVE: 409,
  ERR_PAPER_REFUSED: 422,
  ERR_HOLD_UNKNOWN: 404,
  ERR_RUN_UNKNOWN: 404,
  ERR_SUBJECT_UNKNOWN: 404,
  ERR_KEY_GONE: 404,
  ERR_STORE_LOCKED: 503,
  ERR_STORE_UNAVAILABLE: 503,
};

interface Saying {
  readonly title: string;
  readonly next: string;
}
type SayingKey = ProblemCode | "refused" | "staff" | "unavailable";

const SAYINGS: Record<UiLang, Record<SayingKey, Saying>> = {
  ko: {
    ERR_NOT_FOUND: {
      title: "찾으시는 페이지가 없습니다",
      next: "주소가 바뀌었거나 없어졌습니다. 첫 페이지에서 다시 찾아 주십시오.",
    },
    ERR_METHOD: {
      title: "이 주소는 그렇게 쓸 수 없습니다",
      next: "화면에 있는 버튼이나 링크로 다시 시도해 주십시오.",
    },
    ERR_TOO_LARGE: {
      title: "보내신 내용이 너무 큽니다",
      next: "아무것도 저장하지 않았습니다. 내용을 줄여 다시 보내 주십시오.",
    },
    ERR_FOREIGN_FORM: {
      title: "다른 곳에서 온 요청이어서 받지 않았습니다",
      next: "아무것도 바뀌지 않았습니다. 이 사이트의 화면에서 직접 다시 해 주십시오.",
    },
    ERR_STALE_FORM: {
      title: "화면이 오래되어 받지 못했습니다",
      next: "아무것도 바뀌지 않았습니다. 뒤로 가서 화면을 새로 고친 뒤 다시 보내 주십시오.",
    },
    ERR_MEDIA_TYPE: {
      title: "이 형식은 받지 않습니다",
      next: "화면에 있는 양식으로 보내 주십시오.",
    },
    ERR_INTERNAL: {
      title: "저희 쪽에서 문제가 생겼습니다",
      next: "하시던 일은 끝나지 않았습니다. 잠시 뒤에 다시 시도해 주십시오.",
    },
    refused: {
      title: "처리방침에 없는 일이어서 하지 않았습니다",
      next: "아무것도 저장하거나 꺼내지 않았습니다.",
    },
    staff: {
      title: "맡은 담당자만 할 수 있는 일입니다",
      next: "아무것도 바뀌지 않았습니다. 담당자로 로그인했는지, 맡은 역할이 맞는지 확인해 주십시오.",
    },
    unavailable: {
      title: "지금은 데이터를 열 수 없습니다",
      next: "잠시 뒤에 다시 시도해 주십시오.",
    },
  },
  en: {
    ERR_NOT_FOUND: {
      title: "There is no such page",
      next: "The address has changed or is gone. Please start again from the front page.",
    },
    ERR_METHOD: {
      title: "This address cannot be used that way",
      next: "Please try again with the buttons or links on the page.",
    },
    ERR_TOO_LARGE: {
      title: "What you sent is too large",
      next: "Nothing was stored. Please shorten it and send it again.",
    },
    ERR_FOREIGN_FORM: {
      title: "The request came from elsewhere, so it was refused",
      next: "Nothing has changed. Please do it again from this site’s own pages.",
    },
    ERR_STALE_FORM: {
      title: "The page was too old to be accepted",
      next: "Nothing has changed. Please go back, reload the page and send it again.",
    },
    ERR_MEDIA_TYPE: {
      title: "This format is not accepted",
      next: "Please use the form on the page.",
    },
    ERR_INTERNAL: {
      title: "Something went wrong on our side",
      next: "What you were doing was not finished. Please try again in a moment.",
    },
    refused: {
      title: "The privacy policy does not allow this, so it was not done",
      next: "Nothing was stored and nothing was taken out.",
    },
    staff: {
      title: "Only the staff in charge may do this",
      next: "Nothing has changed. Please check that you are signed in as staff with the right role.",
    },
    unavailable: {
      title: "The data cannot be opened just now",
      next: "Please try again in a moment.",
    },
  },
};

/** A failure as the outside may see it. */
export interface Problem {
  readonly code: string;
  readonly status: ProblemStatus;
  readonly says: SayingKey;
}

/** The problem of an edge code. */
export function problemOf(code: ProblemCode): Problem {
  return Object.freeze({ code, status: STATUS[code], says: code });
}

/** What an error may show: the codes of the engine that are answers; everything else is internal. */
export function problemFrom(error: unknown): Problem {
  if (!(error instanceof JikimError)) return problemOf("ERR_INTERNAL");
  const status = ENGINE[error.code];
  if (status === undefined) return problemOf("ERR_INTERNAL");
  if (error.code === "ERR_STAFF_NEEDED") return { code: error.code, status, says: "staff" };
  const says = status === 404 ? "ERR_NOT_FOUND" : status === 503 ? "unavailable" : "refused";
  return Object.freeze({ code: error.code, status, says });
}

/** Title of the problem page. */
export function problemTitle(problem: Problem, lang: UiLang): string {
  return SAYINGS[lang][problem.says].title;
}

/** Body of the problem page. */
export function problemPage(problem: Problem, lang: UiLang, home: string): Markup {
  const { title, next } = SAYINGS[lang][problem.says];
  return html`<div class="column problem">
    <p class="problem-status">${problem.status}</p>
    <h1>${title}</h1>
    <p>${next}</p>
    <p><a href="${home}">${lang === "ko" ? "첫 페이지로" : "To the front page"}</a></p>
    <p class="code-line"><code>${problem.code}</code></p>
  </div>`;
}
