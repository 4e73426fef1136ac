/** `/console/withdrawals`: a wish that came by telephone or letter, from its intake to its run. */
import { Hono } from "hono";
import type { Context } from "hono";
import { JikimError } from "../base/errors.ts";
import type { Jikim } from "../engine/jikim.ts";
import type { Staff } from "../engine/staff/staff.ts";
import { listWithdrawals, refuseWithdrawal } from "../engine/withdrawal/list-withdrawals.ts";
import { withdrawOrBegin } from "../engine/withdrawal/withdraw.ts";
import type { FieldError } from "../html/form-parts.ts";
import type { FormTokens } from "../html/form-token.ts";
import { readerOf, type UiLang } from "../html/reader.ts";
import type { SetPage } from "../html/service-page.ts";
import type { Item } from "../policy/model.ts";
import { WITHDRAWALS_PATH } from "./console-nav.ts";
import type { Desk } from "./desk.ts";
import {
  deskPreviewPage,
  DESK_CHANNELS,
  withdrawalsPage,
  withdrawalsTitle,
} from "./withdrawals-page.ts";

export interface WithdrawalConsole {
  readonly jikim: Jikim;
  readonly page: SetPage;
  readonly desk?: Desk | undefined;
  readonly tokens?: FormTokens | undefined;
}

type Form = Readonly<Record<string, unknown>>;

const LONGEST = 500;
type Says = Readonly<Record<"one" | "nothing" | "reason" | "sure" | "child", string>>;
const WORDS: Record<UiLang, Says> = {
  ko: {
    one: "꼭 맞는 한 사람을 찾지 못했습니다. 값을 더 받아 다시 찾아 주십시오.",
    nothing: "찾을 값을 하나 이상 입력해 주십시오.",
    reason: "찾는 까닭을 적어 주십시오.",
    sure: "탈퇴할 뜻을 다시 확인했는지 표시해 주십시오.",
    child: "나이를 확인했는지 표시해 주십시오.",
  },
  en: {
    one: "No single person fits. Please ask for another value and search again.",
    nothing: "Please enter at least one value to search by.",
    reason: "Please write why you look.",
    sure: "Please tick that you asked again whether they want to leave.",
    child: "Please tick that the age is certain.",
  },
};

/** The list for everyone on the staff; the rest for whoever is signed in at a desk. */
export function withdrawalConsole(options: WithdrawalConsole): Hono {
  const { desk, tokens } = options;
  const app = new Hono();
  app.get(WITHDRAWALS_PATH, (c) => show(options, c, []));
  if (desk !== undefined && tokens !== undefined) addDesk(app, { ...options, desk, tokens });
  return app;
}

type AtDesk = WithdrawalConsole & { readonly desk: Desk; readonly tokens: FormTokens };

/** Who is meant, and how the request came. */
interface Asked {
  readonly subject: string;
  readonly channel: (typeof DESK_CHANNELS)[number];
}

function addDesk(app: Hono, options: AtDesk): void {
  const { jikim, desk } = options;
  app.use(`${WITHDRAWALS_PATH}/*`, desk.guard("staff", "officer"));
  app.post(`${WITHDRAWALS_PATH}/preview`, async (c) => {
    const form = await c.req.parseBody();
    const staff = await atDesk(desk, c);
    const found = await findOne(jikim, staff, form, readerOf(c).lang);
    if ("errors" in found) return show(options, c, found.errors);
    return preview(options, c, { subject: found.subject, channel: channelOf(form) }, []);
  });
  app.post(`${WITHDRAWALS_PATH}/run`, async (c) => {
    const form = await c.req.parseBody();
    const staff = await atDesk(desk, c);
    const reader = readerOf(c);
    const of = { subject: textOf(form["subject"]), channel: channelOf(form) };
    const identity = form["identity"];
    if (identity !== "staff" && identity !== "representative") {
      await refuseWithdrawal(jikim.context, of.subject, of.channel);
      return c.redirect(reader.to(`${WITHDRAWALS_PATH}?refused=yes`), 303);
    }
    if (form["sure"] !== "yes") {
      return preview(options, c, of, [{ field: "sure", says: WORDS[reader.lang].sure }]);
    }
    const wish = { confirmedBy: identity, channel: of.channel, by: staff.id } as const;
    await withdrawOrBegin(jikim.context, of.subject, wish);
    return c.redirect(reader.to(WITHDRAWALS_PATH), 303);
  });
  app.post(`${WITHDRAWALS_PATH}/child`, async (c) => {
    const form = await c.req.parseBody();
    const reader = readerOf(c);
    const of = { subject: textOf(form["subject"]), channel: channelOf(form) };
    if (form["child"] !== "yes") {
      return preview(options, c, of, [{ field: "child", says: WORDS[reader.lang].child }]);
    }
    const lang = jikim.plan.policy.languages[0] ?? reader.lang;
    const { destroyed } = await jikim.foundUnderAge(of.subject, { lang });
    return c.redirect(reader.to(`${WITHDRAWALS_PATH}?closed=${destroyed}`), 303);
  });
}

async function show(
  { jikim, page, desk, tokens }: WithdrawalConsole,
  c: Context,
  errors: readonly FieldError[],
): Promise<Response> {
  const reader = readerOf(c);
  c.header("Cache-Control", "no-store");
  const ask =
    desk === undefined || tokens === undefined
      ? null
      : { token: tokens.field(c), items: searchable(jikim).items, errors };
  const closed = c.req.query("closed") ?? "";
  const main = withdrawalsPage({
    compiled: jikim.compiled,
    reader,
    list: await listWithdrawals(jikim.context.db),
    ask,
    refused: c.req.query("refused") === "yes",
    closed: /^\d{1,9}$/.test(closed) ? Number(closed) : null,
  });
  const sheet = { title: withdrawalsTitle(reader.lang), main, set: "desk" as const };
  return c.html(await page(c, sheet), errors.length > 0 ? 422 : 200);
}

async function preview(
  { jikim, page, tokens }: AtDesk,
  c: Context,
  of: Asked,
  errors: readonly FieldError[],
): Promise<Response> {
  const reader = readerOf(c);
  c.header("Cache-Control", "no-store");
  const main = deskPreviewPage({
    compiled: jikim.compiled,
    reader,
    token: tokens.field(c),
    ...of,
    preview: await jikim.previewWithdrawal(of.subject),
    errors,
  });
  const sheet = { title: withdrawalsTitle(reader.lang), main, set: "desk" as const };
  return c.html(await page(c, sheet), errors.length > 0 ? 422 : 200);
}

async function atDesk(desk: Desk, c: Context): Promise<Staff> {
  const staff = await desk.who(c);
  if (staff === null) throw new JikimError("ERR_STAFF_NEEDED", "no staff is signed in");
  return staff;
}

/** The one person who holds all the values given; the look stands in the access log. */
async function findOne(
  jikim: Jikim,
  staff: Staff,
  form: Form,
  lang: UiLang,
): Promise<{ readonly subject: string } | { readonly errors: readonly FieldError[] }> {
  const words = WORDS[lang];
  const { items, purpose, task } = searchable(jikim);
  const given = items.flatMap(({ id }): [string, string][] => {
    const value = textOf(form[`item.${id}`]).trim();
    return value === "" ? [] : [[id, value]];
  });
  const first = `item.${items[0]?.id ?? ""}`;
  if (given.length === 0) return { errors: [{ field: first, says: words.nothing }] };
  const reason = textOf(form["reason"]).trim();
  if (reason === "") return { errors: [{ field: "reason", says: words.reason }] };
  const by = { staff: staff.id, reason, from: "console" };
  const asked = { purpose, ...(task === null ? {} : { task }), by };
  const found = await jikim.find(Object.fromEntries(given), asked);
  const [subject] = found;
  if (subject === undefined || found.length > 1) {
    return { errors: [{ field: first, says: words.one }] };
  }
  return { subject };
}

/** What people are looked up by, and the purpose it serves: the one that confirms withdrawals. */
function searchable({ plan }: Jikim): {
  readonly items: readonly Item[];
  readonly purpose: string;
  readonly task: string | null;
} {
  const uses = [...plan.uses.values()].filter(({ basis }) => basis !== "consent");
  const taskOf = (purpose: string): string | null =>
    plan.policy.purposes[purpose]?.tasks.find(({ duty }) => duty === "confirm_withdrawal")?.id ??
    null;
  const use = uses.find(({ purpose }) => taskOf(purpose) !== null) ?? uses[0];
  const visible = new Set([...(use?.items.values() ?? [])].flatMap((set) => [...set]));
  return {
    items: [...plan.items.values()].filter(({ id, find }) => find && visible.has(id)),
    purpose: use?.purpose ?? "",
    task: use === undefined ? null : taskOf(use.purpose),
  };
}

function channelOf(form: Form): (typeof DESK_CHANNELS)[number] {
  return DESK_CHANNELS.find((each) => each === form["channel"]) ?? "phone";
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value.slice(0, LONGEST) : "";
}
