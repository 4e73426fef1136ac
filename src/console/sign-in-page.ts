/** Signing in and out at the desk, and the line above every page that says who is there. */
import { Hono } from "hono";
import type { Context } from "hono";
import type { Staff, StaffRole } from "../engine/staff/staff.ts";
import { errorSummary, field } from "../html/form-parts.ts";
import { html } from "../html/markup.ts";
import type { Markup } from "../html/markup.ts";
import { plural } from "../html/figures.ts";
import { readerOf } from "../html/reader.ts";
import type { Reader, UiLang } from "../html/reader.ts";
import type { SetPage } from "../html/service-page.ts";
import { CONSOLE_PATH, PROCESSORS_PATH, SIGN_IN_PATH, SIGN_OUT_PATH } from "./console-nav.ts";
import type { SignInAnswer, StaffedDesk } from "./desk.ts";

interface Words {
  readonly title: string;
  readonly lead: string;
  readonly id: string;
  readonly idHint: string;
  readonly pass: string;
  readonly send: string;
  readonly wrong: string;
  readonly wait: (seconds: number) => string;
  readonly ends: string;
  readonly none: Markup;
  readonly here: (id: string) => string;
  readonly out: string;
  readonly roles: Readonly<Record<StaffRole, string>>;
}

const WORDS: Record<UiLang, Words> = {
  ko: {
    title: "담당자 로그인",
    lead: "관리 화면은 담당자만 봅니다. 약속 점검표는 누구나 볼 수 있습니다.",
    id: "담당자 번호",
    idHint: "이름이 아니라 받은 번호를 입력합니다.",
    pass: "출입 암호",
    send: "로그인",
    wrong: "담당자 번호와 출입 암호가 맞지 않습니다. 다시 확인해 주십시오.",
    wait: (seconds) => `여러 번 맞지 않아 잠시 멈췄습니다. ${seconds}초 뒤에 다시 해 주십시오.`,
    ends: "30분 동안 쓰지 않으면 자동으로 로그아웃됩니다.",
    none: html`출입 암호는 <code>jikim staff add</code>로 담당자를 등록할 때 한 번 나옵니다.
      잃어버리면 <code>jikim staff pass</code>로 다시 발급합니다.`,
    here: (id) => `담당자 ${id}`,
    out: "로그아웃",
    roles: { staff: "담당자", officer: "개인정보 보호책임자", archive: "분리 보관 담당" },
  },
  en: {
    title: "Staff sign-in",
    lead: "The console is for staff. Anybody may look at the promise board.",
    id: "Staff number",
    idHint: "The number you were given, not your name.",
    pass: "Pass",
    send: "Sign in",
    wrong: "Staff number and pass do not match. Please check them.",
    wait: (seconds) =>
      `That was wrong several times, so please wait. Try again in ${plural(seconds, "second")}.`,
    ends: "You are signed out automatically after 30 minutes without use.",
    none: html`A pass is shown once, when <code>jikim staff add</code> adds a member of staff. For a
      lost one, <code>jikim staff pass</code> makes another.`,
    here: (id) => `Staff ${id}`,
    out: "Sign out",
    roles: { staff: "staff", officer: "privacy officer", archive: "separate archive" },
  },
};

const NEXT = /^\/console\/[\w/-]{0,100}(?:\?[\w=&.%-]{0,300})?$/;

/** Where a signed-in browser goes; only to the console, wherever the form says. */
export function nextOf(text: unknown): string {
  const fits = typeof text === "string" && NEXT.test(text) && !text.startsWith(SIGN_IN_PATH);
  return fits ? text : PROCESSORS_PATH;
}

/** `/console/sign-in` and `/console/sign-out`. */
export function signInPages({ desk, tokens }: StaffedDesk, page: SetPage): Hono {
  const app = new Hono();
  const show = async (c: Context, answer: SignInAnswer | null, next: string): Promise<Markup> => {
    const reader = readerOf(c);
    c.header("Cache-Control", "no-store");
    const main = signInPage({ reader, token: tokens.field(c), answer, next });
    return page(c, { title: WORDS[reader.lang].title, main, set: "desk" });
  };
  app.get(SIGN_IN_PATH, async (c) => c.html(await show(c, null, nextOf(c.req.query("next")))));
  app.post(SIGN_IN_PATH, async (c) => {
    const form = await c.req.parseBody();
    const next = nextOf(form["next"]);
    const answer = await desk.signIn(c, textOf(form["staff"]), textOf(form["pass"]));
    if ("staff" in answer) return c.redirect(readerOf(c).to(next), 303);
    if (!("waitSeconds" in answer)) return c.html(await show(c, answer, next), 422);
    c.header("Retry-After", String(answer.waitSeconds));
    return c.html(await show(c, answer, next), 429);
  });
  app.post(SIGN_OUT_PATH, async (c) => {
    await desk.signOut(c);
    return c.redirect(readerOf(c).to(SIGN_IN_PATH), 303);
  });
  app.get(CONSOLE_PATH, (c) => c.redirect(readerOf(c).to(PROCESSORS_PATH), 303));
  return app;
}

/** Sets pages with the line that says who is signed in. */
export function withStaffLine({ desk, tokens }: StaffedDesk, page: SetPage): SetPage {
  return async (c, sheet) => {
    const staff = await desk.who(c);
    if (staff === null) return page(c, sheet);
    const line = staffLine(staff, readerOf(c), tokens.field(c));
    return page(c, { ...sheet, main: html`${line}${sheet.main}` });
  };
}

function staffLine({ id, roles }: Staff, reader: Reader, token: Markup): Markup {
  const words = WORDS[reader.lang];
  return html`<div class="staff-line no-print">
    <span>${words.here(id)}</span>
    <span class="soft">${roles.map((role) => words.roles[role]).join(" · ")}</span>
    <form method="post" action="${reader.to(SIGN_OUT_PATH)}">
      ${token}<button class="link-button">${words.out}</button>
    </form>
  </div>`;
}

interface SignInInput {
  readonly reader: Reader;
  readonly token: Markup;
  readonly answer: SignInAnswer | null;
  readonly next: string;
}

function signInPage({ reader, token, answer, next }: SignInInput): Markup {
  const { lang } = reader;
  const words = WORDS[lang];
  const says =
    answer === null || "staff" in answer
      ? null
      : "wrong" in answer
        ? words.wrong
        : words.wait(answer.waitSeconds);
  const errors = says === null ? [] : [{ field: "staff", says }];
  return html`<div class="column">
    <h1>${words.title}</h1>
    <p class="lead">${words.lead}</p>
    ${errorSummary(errors, lang)}
    <form class="form" method="post" action="${reader.to(SIGN_IN_PATH)}" novalidate>
      ${token}<input type="hidden" name="next" value="${next}" />
      ${field(
        {
          name: "staff",
          label: words.id,
          required: true,
          hint: words.idHint,
          autocomplete: "username",
          maxLength: 8,
        },
        lang,
      )}
      ${field(
        {
          name: "pass",
          label: words.pass,
          required: true,
          type: "password",
          autocomplete: "current-password",
        },
        lang,
      )}
      <button>${words.send}</button>
    </form>
    <p class="hint">${words.ends}</p>
    <p class="hint">${words.none}</p>
  </div>`;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
