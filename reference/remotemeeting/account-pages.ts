/** Signing up, in and out. Handlers parse, ask and answer; what may be stored the gate decides. */
import { Hono } from "hono";
import type { Context } from "hono";
import type { Attempts } from "jikim";
import { readerOf } from "jikim";
import { logIn, loginPage, loginTitle } from "./login.ts";
import type { LoginAnswer, LoginForm } from "./login.ts";
import type { Service } from "./remotemeeting.ts";
import { sortForm } from "./occasion-answers.ts";
import type { SentForm } from "./occasion-answers.ts";
import { signUp } from "./signup.ts";
import { signUpPage, signUpTitle } from "./signup-form.ts";
import { collectUse } from "./usage.ts";

const EMPTY: SentForm = { items: {}, declares: [], consents: [], ticked: new Set() };

/** The pages. */
export function accountPages(service: Service, attempts: Attempts): Hono {
  const app = new Hono();
  app.get("/signup", (c) => showSignUp(service, c, { form: EMPTY, errors: [] }));
  app.post("/signup", async (c) => {
    const { jikim, tokens } = service;
    const form = sortForm(await c.req.parseBody(), tokens.fieldName);
    const answer = await signUp(jikim, form, readerOf(c).lang);
    if ("errors" in answer) return showSignUp(service, c, { form, errors: answer.errors });
    return enter(service, c, answer.subject);
  });
  app.get("/login", (c) => showLogin(service, c, null, null));
  app.post("/login", async (c) => {
    const form = loginForm(await c.req.parseBody());
    const answer = await logIn(service.jikim, attempts, form, service.options.addressOf(c));
    if ("subject" in answer) return enter(service, c, answer.subject);
    return showLogin(service, c, form, answer);
  });
  app.post("/logout", async (c) => {
    await service.sessions.end(c);
    return c.redirect(readerOf(c).to("/"), 303);
  });
  return app;
}

/** Begins a session; the log-in itself is a use of the service and leaves its record. */
async function enter(service: Service, c: Context, subject: string): Promise<Response> {
  const { jikim, options } = service;
  await service.sessions.start(c, subject);
  await collectUse(jikim, subject, { act: c.req.path, c, address: options.addressOf(c) });
  return c.redirect(readerOf(c).to("/me"), 303);
}

async function showSignUp(
  service: Service,
  c: Context,
  state: { readonly form: SentForm; readonly errors: Parameters<typeof signUpPage>[0]["errors"] },
): Promise<Response> {
  const reader = readerOf(c);
  const { compiled } = service.jikim;
  const main = signUpPage({
    compiled,
    reader,
    token: service.tokens.field(c),
    values: state.form.items,
    ticked: state.form.ticked,
    errors: state.errors,
  });
  c.header("Cache-Control", "no-store");
  const title = signUpTitle(reader.lang);
  return c.html(await service.page(c, { title, main }), state.errors.length > 0 ? 422 : 200);
}

async function showLogin(
  service: Service,
  c: Context,
  form: LoginForm | null,
  answer: LoginAnswer | null,
): Promise<Response> {
  const reader = readerOf(c);
  const main = loginPage({ reader, token: service.tokens.field(c), form, answer });
  c.header("Cache-Control", "no-store");
  const page = await service.page(c, { title: loginTitle(reader.lang), main });
  if (answer === null) return c.html(page);
  if (!("waitSeconds" in answer)) return c.html(page, 422);
  c.header("Retry-After", String(answer.waitSeconds));
  return c.html(page, 429);
}

function loginForm(form: Readonly<Record<string, unknown>>): LoginForm {
  const text = (name: string): string => {
    const value = form[name];
    return typeof value === "string" ? value : "";
  };
  return { companyId: text("company_id"), userId: text("user_id"), password: text("password") };
}
