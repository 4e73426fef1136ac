/** `/console/holds`: the routes. Placing and releasing need an officer at a desk. */
import { Hono } from "hono";
import type { Context } from "hono";
import { addDays, dayOf, isDay } from "../base/calendar.ts";
import { JikimError } from "../base/errors.ts";
import { listHolds } from "../engine/hold/hold.ts";
import type { Jikim } from "../engine/jikim.ts";
import type { FieldError } from "../html/form-parts.ts";
import { readerOf, type UiLang } from "../html/reader.ts";
import type { SetPage } from "../html/service-page.ts";
import { HOLDS_PATH } from "./console-nav.ts";
import type { StaffedDesk } from "./desk.ts";
import { HOLD_NOTES, holdFault, type HoldField, holdsPage, holdsTitle } from "./holds-page.ts";

interface Parts {
  readonly jikim: Jikim;
  readonly page: SetPage;
  readonly staffed: StaffedDesk;
}

interface Shown {
  readonly values: Readonly<Record<string, string>>;
  readonly errors: readonly FieldError[];
  readonly releasing: string | null;
}

const LONGEST = 400;
const LONGEST_DAYS = 3_660;

/** The pages. */
export function holdConsole(jikim: Jikim, page: SetPage, staffed: StaffedDesk): Hono {
  const app = new Hono();
  const parts: Parts = { jikim, page, staffed };
  app.get(HOLDS_PATH, async (c) =>
    show(parts, c, { values: {}, errors: [], releasing: c.req.query("release") ?? null }),
  );
  const { desk } = staffed;
  app.post(`${HOLDS_PATH}/place`, desk.guard("officer"), async (c) => {
    const values = valuesOf(await c.req.parseBody());
    const { lang } = readerOf(c);
    const errors = faultsOf(jikim, values, lang);
    if (errors.length > 0) return show(parts, c, { values, errors, releasing: null });
    try {
      const { tooLate } = await jikim.placeHold({
        subject: values["subject"] ?? "",
        classes: values["class"] === "" ? [] : [values["class"] ?? ""],
        document: values["document"] ?? "",
        until: values["until"] ?? "",
        by: await staffOf(staffed, c),
      });
      return back(c, tooLate === 0 ? "placed" : "too-late");
    } catch (error) {
      if (!(error instanceof JikimError) || error.code !== "ERR_SUBJECT_UNKNOWN") throw error;
      const wrong = [{ field: "subject", says: holdFault("subject", lang) }];
      return show(parts, c, { values, errors: wrong, releasing: null });
    }
  });
  app.post(`${HOLDS_PATH}/release`, desk.guard("officer"), async (c) => {
    const form = valuesOf(await c.req.parseBody());
    const id = form["id"] ?? "";
    if (form["sure"] !== "yes") {
      const errors = [{ field: "sure", says: holdFault("sure", readerOf(c).lang) }];
      return show(parts, c, { values: {}, errors, releasing: id });
    }
    await jikim.releaseHold(id, { by: await staffOf(staffed, c) });
    return back(c, "released");
  });
  return app;
}

async function show({ jikim, page, staffed }: Parts, c: Context, shown: Shown): Promise<Response> {
  const reader = readerOf(c);
  const { context } = jikim;
  const roles = (await staffed.desk.who(c))?.roles ?? [];
  const desk = roles.includes("officer") ? { token: staffed.tokens.field(c), ...shown } : null;
  c.header("Cache-Control", "no-store");
  const main = holdsPage({
    policy: jikim.plan.policy,
    reader,
    holds: await listHolds(context),
    now: context.clock.now(),
    desk,
    note: HOLD_NOTES.find((each) => each === c.req.query("done")) ?? null,
  });
  const sheet = { title: holdsTitle(reader.lang), main, set: "desk" as const };
  return c.html(await page(c, sheet), shown.errors.length > 0 ? 422 : 200);
}

function faultsOf(
  { context, plan }: Jikim,
  values: Readonly<Record<string, string>>,
  lang: UiLang,
): readonly FieldError[] {
  const today = dayOf(context.clock.now(), plan.timeZone);
  const { subject = "", document = "", until = "" } = values;
  const wrong: HoldField[] = [];
  if (!/^[0-9a-f]{16}$/.test(subject)) wrong.push("subject");
  if (document === "" || document.length > 200) wrong.push("document");
  const near = isDay(until) && until >= today && until <= addDays(today, LONGEST_DAYS);
  if (!near) wrong.push("until");
  return wrong.map((name) => ({ field: name, says: holdFault(name, lang) }));
}

async function staffOf({ desk }: StaffedDesk, c: Context): Promise<string> {
  const staff = await desk.who(c);
  if (staff === null) throw new JikimError("ERR_STAFF_NEEDED", "no staff is signed in");
  return staff.id;
}

function back(c: Context, note: (typeof HOLD_NOTES)[number]): Response {
  return c.redirect(readerOf(c).to(`${HOLDS_PATH}?done=${note}`), 303);
}

function valuesOf(form: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(form).map(([name, value]) => [
      name,
      typeof value === "string" ? value.slice(0, LONGEST).trim() : "",
    ]),
  );
}
