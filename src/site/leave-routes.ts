/** `/me/leave`: the preview and the confirmation; `/goodbye`: what was done, by its receipt. */
import { Hono } from "hono";
import type { Context } from "hono";
import { JikimError } from "../base/errors.ts";
import { LONGEST_CODE, receiptOf } from "../engine/audit/receipt-code.ts";
import type { Jikim } from "../engine/jikim.ts";
import { withdrawOrBegin } from "../engine/withdrawal/withdraw.ts";
import { findWithdrawal, type Withdrawal } from "../engine/withdrawal/withdrawal-row.ts";
import { createAttempts } from "../html/attempts.ts";
import type { FieldError } from "../html/form-parts.ts";
import type { FormTokens } from "../html/form-token.ts";
import { readerOf, type UiLang } from "../html/reader.ts";
import type { SetPage } from "../html/service-page.ts";
import { goodbyePage, goodbyeTitle, leavePage, leaveTitle } from "./leave-page.ts";

export const LEAVE_PATH = "/me/leave";
export const GOODBYE_PATH = "/goodbye";

export interface LeaveOptions {
  readonly jikim: Jikim;
  readonly page: SetPage;
  readonly tokens: FormTokens;
  /** The signed-in subject, or null. */
  who(c: Context): Promise<string | null>;
  /** Ends the session of this browser. */
  endSession?(c: Context): Promise<void>;
  readonly paths: { readonly login: string; readonly receipt: string; readonly me: string };
}

const LONGEST_PASSWORD = 1_000;

const WORDS: Record<UiLang, { wrong: string; wait: (seconds: number) => string; sure: string }> = {
  ko: {
    wrong: "비밀번호가 맞지 않습니다. 다시 확인해 주십시오.",
    wait: (seconds) => `여러 번 맞지 않아 잠시 멈췄습니다. ${seconds}초 뒤에 다시 해 주십시오.`,
    sure: "되살릴 수 없다는 것을 확인해 주십시오.",
  },
  en: {
    wrong: "The password does not match. Please check it.",
    wait: (seconds) => `That was wrong several times. Please try again in ${seconds} seconds.`,
    sure: "Please confirm that you know it cannot be undone.",
  },
};

/** The routes, to be mounted at the root of a service. */
export function leaveRoutes(options: LeaveOptions): Hono {
  const { jikim, page } = options;
  const app = new Hono();
  const attempts = createAttempts(jikim.context.clock, jikim.context.random);
  const password = passwordItem(jikim);

  const show = async (c: Context, subject: string, errors: readonly FieldError[]) => {
    const reader = readerOf(c);
    c.header("Cache-Control", "no-store");
    const main = leavePage({
      compiled: jikim.compiled,
      reader,
      token: options.tokens.field(c),
      preview: await jikim.previewWithdrawal(subject),
      errors,
      asksPassword: password !== null,
      path: LEAVE_PATH,
      backPath: options.paths.me,
    });
    return c.html(await page(c, { title: leaveTitle(reader.lang), main }), statusOf(errors));
  };
  app.get(LEAVE_PATH, async (c) => {
    const subject = await options.who(c);
    if (subject === null) return c.redirect(readerOf(c).to(options.paths.login), 303);
    return show(c, subject, []);
  });
  app.post(LEAVE_PATH, async (c) => {
    const reader = readerOf(c);
    const subject = await options.who(c);
    if (subject === null) return c.redirect(reader.to(options.paths.login), 303);
    const form = await c.req.parseBody();
    const words = WORDS[reader.lang];
    const attempt = { name: subject, address: null };
    const wait = Math.ceil(attempts.wait(attempt) / 1000);
    if (wait > 0) return show(c, subject, [{ field: "password", says: words.wait(wait) }]);
    const errors: FieldError[] = [];
    if (password !== null) {
      attempts.began(attempt);
      const given = form["password"];
      const text = typeof given === "string" && given.length <= LONGEST_PASSWORD ? given : "";
      const fits = await jikim.matches(subject, password, text);
      if (fits) attempts.worked(attempt);
      else errors.push({ field: "password", says: words.wrong });
    }
    if (form["sure"] !== "yes") errors.push({ field: "sure", says: words.sure });
    if (errors.length > 0) return show(c, subject, errors);
    const wish = { confirmedBy: "member", channel: "site", lang: reader.lang } as const;
    const done = await withdrawOrBegin(jikim.context, subject, wish);
    await options.endSession?.(c);
    const code = done.leaf === null ? "" : `?receipt=${encodeURIComponent(receiptOf(done.leaf))}`;
    return c.redirect(reader.to(`${GOODBYE_PATH}${code}`), 303);
  });
  app.get(GOODBYE_PATH, async (c) => {
    const reader = readerOf(c);
    const code = (c.req.query("receipt") ?? "").trim().slice(0, LONGEST_CODE);
    c.header("Cache-Control", "no-store");
    const main = goodbyePage({
      compiled: jikim.compiled,
      reader,
      withdrawal: code === "" ? null : await byReceipt(jikim, code),
      receiptPath: options.paths.receipt,
    });
    return c.html(await page(c, { title: goodbyeTitle(reader.lang), main }));
  });
  return app;
}

/** The withdrawal a receipt leads to; null: there is none, or none any more. */
async function byReceipt(jikim: Jikim, code: string): Promise<Withdrawal | null> {
  const found = await jikim.log.find(code).catch((error: unknown) => {
    if (error instanceof JikimError && error.code === "ERR_LOG_DAMAGED") return null;
    throw error;
  });
  const subject = found?.leaf.kind === "withdrawn" ? found.leaf.facts["subject"] : null;
  return typeof subject === "string" ? findWithdrawal(jikim.context.db, handle(subject)) : null;
}

/** The item a person shows to be themselves: kept one way, given when the account was opened. */
function passwordItem({ plan }: Jikim): string | null {
  const opening = [...plan.gates.values()].filter(({ occasion }) => occasion.opens);
  const items = [...plan.items.values()].filter(({ stored }) => stored === "one_way");
  return items.find(({ id }) => opening.some(({ required }) => required.has(id)))?.id ?? null;
}

const statusOf = (errors: readonly FieldError[]): 200 | 422 => (errors.length > 0 ? 422 : 200);
const handle = (subject: string): Uint8Array => new Uint8Array(Buffer.from(subject, "hex"));
