/**
 * The occasions of the policy as pages: each is a form made from its gate, and whatever the policy
 * does not name is refused there. Staff have two of them, for what comes by telephone or a partner.
 */
import { Hono } from "hono";
import type { Context } from "hono";
import type { CollectOptions, Desk, FieldError, Markup } from "jikim";
import { errorSummary, field, html, nothing, readerOf } from "jikim";
import { INTAKE_WORDS, INTAKES, type IntakeName, SOURCE_WORDS } from "./intake-words.ts";
import { give, type SentForm, sortForm } from "./occasion-answers.ts";
import { occasionFields } from "./occasion-form.ts";
import type { Service } from "./remotemeeting.ts";
import { LOGIN_NAME } from "./signup.ts";

interface Intake {
  readonly path: string;
  readonly occasion: string;
  /** The method, where the occasion has more than one. */
  readonly method?: string;
  readonly only?: readonly string[];
  readonly long?: readonly string[];
  /** Staff write it down for somebody. */
  readonly staff?: true;
  /** It came from a third party, which must be named (PIPA 20). */
  readonly source?: true;
  /** Belongs to the account of whoever is signed in. */
  readonly account?: true;
  readonly unique?: readonly string[];
}

const INTAKE_RULES: Readonly<Record<IntakeName, Intake>> = {
  apply: { path: "/apply", occasion: "product_application", account: true, unique: LOGIN_NAME },
  event: { path: "/events", occasion: "event_entry", method: "event" },
  support: {
    path: "/support",
    occasion: "support_inquiry",
    method: "support_board",
    long: ["inquiry_text"],
    account: true,
  },
  join: {
    path: "/join",
    occasion: "meeting",
    method: "service_use",
    only: ["participant_name"],
    account: true,
  },
  call: {
    path: "/console/intake/call",
    occasion: "support_inquiry",
    method: "phone_fax",
    long: ["inquiry_text"],
    staff: true,
  },
  partner: {
    path: "/console/intake/partner",
    occasion: "event_entry",
    method: "partner",
    staff: true,
    source: true,
  },
};
const SOURCE_FIELDS = ["source_name", "source_day", "source_basis"] as const;
const EMPTY: SentForm = { items: {}, declares: [], consents: [], ticked: new Set() };

/** The pages. */
export function intakePages(service: Service, desk: Desk): Hono {
  const app = new Hono();
  for (const name of INTAKES) {
    const intake = INTAKE_RULES[name];
    if (intake.staff === true) app.use(intake.path, desk.guard("staff", "officer"));
    app.get(intake.path, async (c) => {
      const done = c.req.query("done") === "yes";
      return done
        ? showDone(service, c, name)
        : show(service, c, name, { form: EMPTY, errors: [] });
    });
    app.post(intake.path, async (c) => take(service, desk, c, name));
  }
  return app;
}

async function take(service: Service, desk: Desk, c: Context, name: IntakeName): Promise<Response> {
  const intake = INTAKE_RULES[name];
  const sent: Record<string, unknown> = { ...(await c.req.parseBody()) };
  const source = intake.source === true ? sourceOf(sent) : null;
  const form = sortForm(sent, service.tokens.fieldName);
  const { lang, to } = readerOf(c);
  const staff = intake.staff === true ? await desk.who(c) : null;
  const subject = intake.account === true ? await service.sessions.who(c) : null;
  const options: CollectOptions = {
    ...(intake.method === undefined ? {} : { method: intake.method }),
    ...(source === null ? {} : { source }),
    ...(staff === null ? {} : { by: { staff: staff.id } }),
    ...(subject === null ? {} : { subject }),
    ...(intake.unique === undefined || subject !== null ? {} : { unique: intake.unique }),
  };
  const given = await give(service.jikim, intake.occasion, form, { ...options, lang });
  if ("errors" in given) return show(service, c, name, { form, errors: given.errors });
  // An application without an account opens one, as the sign-up does.
  if (name === "apply" && subject === null) await service.sessions.start(c, given.subject);
  return c.redirect(to(`${intake.path}?done=yes`), 303);
}

/** Takes the source's fields out of a form; the gate looks at what stands in them. */
function sourceOf(sent: Record<string, unknown>): NonNullable<CollectOptions["source"]> {
  const [name, receivedOn, basis] = SOURCE_FIELDS.map((field) => {
    const value = sent[field];
    delete sent[field];
    return typeof value === "string" ? value.trim() : "";
  });
  return { name: name ?? "", receivedOn: receivedOn ?? "", basis: basis ?? "" };
}

async function show(
  service: Service,
  c: Context,
  name: IntakeName,
  { form, errors }: { readonly form: SentForm; readonly errors: readonly FieldError[] },
): Promise<Response> {
  const reader = readerOf(c);
  const intake = INTAKE_RULES[name];
  const words = INTAKE_WORDS[name][reader.lang];
  const { compiled } = service.jikim;
  const member = intake.account === true && (await service.sessions.who(c)) !== null;
  const { only, long } = intake;
  // A member's items are held already: only what is agreed to anew is asked (P1.7).
  const asked = name === "apply" && member ? [] : only;
  const fields = occasionFields({
    compiled,
    reader,
    occasion: intake.occasion,
    values: form.items,
    ticked: form.ticked,
    errors,
    ...(asked === undefined ? {} : { only: asked }),
    ...(long === undefined ? {} : { long }),
  });
  const main = html`<div class="column">
    <h1>${words.title}</h1>
    <p class="lead">${words.lead}</p>
    ${errorSummary(errors, reader.lang)}
    <form class="form" method="post" action="${reader.to(intake.path)}" novalidate>
      ${service.tokens.field(c)} ${fields}
      ${intake.source === true ? sourceFields(reader.lang, errors) : nothing}
      <button>${words.send}</button>
    </form>
  </div>`;
  c.header("Cache-Control", "no-store");
  const set = intake.staff === true ? ({ set: "desk" } as const) : {};
  const page = await service.page(c, { title: words.title, main, ...set });
  return c.html(page, errors.length > 0 ? 422 : 200);
}

function sourceFields(lang: "ko" | "en", errors: readonly FieldError[]): Markup {
  const words = SOURCE_WORDS[lang];
  const error = errors.find((each) => each.field === "source_name")?.says;
  const source = (name: string, label: string, hint?: string): Markup =>
    field(
      {
        name,
        label,
        required: true,
        maxLength: 200,
        error: name === "source_name" ? error : undefined,
        ...(hint === undefined ? {} : { hint }),
      },
      lang,
    );
  return html`<fieldset>
    <legend>${words.legend}</legend>
    ${source("source_name", words.name)} ${source("source_day", words.day, words.dayHint)}
    ${source("source_basis", words.basis)}
  </fieldset>`;
}

async function showDone(service: Service, c: Context, name: IntakeName): Promise<Response> {
  const reader = readerOf(c);
  const intake = INTAKE_RULES[name];
  const words = INTAKE_WORDS[name][reader.lang];
  const signedIn = (await service.sessions.who(c)) !== null;
  const onward: Readonly<Record<"me" | "work" | "home" | "plans", readonly [string, string]>> = {
    me: ["/me", reader.lang === "ko" ? "내 정보 보기" : "See my data"],
    work: ["/console/work", reader.lang === "ko" ? "처리할 일 보기" : "See the open work"],
    home: ["/", reader.lang === "ko" ? "처음으로" : "To the front page"],
    plans: ["/plans", reader.lang === "ko" ? "요금제 고르기" : "Choose a plan"],
  };
  const way =
    intake.staff === true ? "work" : name === "apply" ? "plans" : signedIn ? "me" : "home";
  const [path, says] = onward[way];
  const main = html`<div class="column">
    <h1>${words.done}</h1>
    <p class="lead">${words.next}</p>
    <p class="acts"><a class="button" href="${reader.to(path)}">${says}</a></p>
  </div>`;
  const set = intake.staff === true ? ({ set: "desk" } as const) : {};
  return c.html(await service.page(c, { title: words.done, main, ...set }));
}
