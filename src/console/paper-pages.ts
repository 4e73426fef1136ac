/** `/console/paper`: the routes. A slip is written by whoever is signed in, with a second person. */
import { Hono } from "hono";
import type { Context } from "hono";
import { JikimError } from "../base/errors.ts";
import type { EngineContext } from "../engine/jikim.ts";
import { destroyPaper } from "../engine/paper/destroy-paper.ts";
import { paperItems, paperSlips } from "../engine/paper/paper.ts";
import type { PaperRule } from "../engine/paper/register-paper.ts";
import type { Staff } from "../engine/staff/staff.ts";
import type { FieldError } from "../html/form-parts.ts";
import { readerOf } from "../html/reader.ts";
import type { SetPage } from "../html/service-page.ts";
import { PAPER_PATH } from "./console-nav.ts";
import type { StaffedDesk } from "./desk.ts";
import { paperPage, paperTitle, slipErrors } from "./paper-page.ts";

interface Parts {
  readonly context: EngineContext;
  readonly page: SetPage;
  readonly staffed: StaffedDesk | null;
}

interface Shown {
  readonly values: Readonly<Record<string, string>>;
  readonly ticked: readonly string[];
  readonly errors: readonly FieldError[];
}

const METHODS = ["shred", "incinerate"] as const;
const LONGEST = 200;
const MOST_TICKED = 500;

/** The pages. */
export function paperConsole(
  context: EngineContext,
  page: SetPage,
  staffed: StaffedDesk | null,
): Hono {
  const app = new Hono();
  const parts: Parts = { context, page, staffed };
  app.get(PAPER_PATH, async (c) => show(parts, c, { values: {}, ticked: [], errors: [] }));
  if (staffed === null) return app;
  const { desk } = staffed;
  app.post(`${PAPER_PATH}/slip`, desk.guard("staff", "officer"), async (c) => {
    const staff = await desk.who(c);
    if (staff === null) throw new JikimError("ERR_STAFF_NEEDED", "no staff is signed in");
    const form = await c.req.parseBody({ all: true });
    const { values, ticked } = readForm(form);
    try {
      await writeSlip(context, staff, { values, ticked });
    } catch (error) {
      const rules = rulesOf(error);
      if (rules === null) throw error;
      const errors = slipErrors(rules, readerOf(c).lang);
      return show(parts, c, { values, ticked, errors });
    }
    return c.redirect(readerOf(c).to(`${PAPER_PATH}?done=yes`), 303);
  });
  return app;
}

async function writeSlip(
  context: EngineContext,
  staff: Staff,
  { values, ticked }: Pick<Shown, "values" | "ticked">,
): Promise<void> {
  const { box = "", grams = "" } = values;
  await destroyPaper(context, {
    numbers: ticked.map(Number),
    method: METHODS.find((each) => each === values["method"]) ?? "shred",
    on: values["on"] ?? "",
    by: [staff.id, values["second"] ?? ""],
    ...(box === "" ? {} : { box }),
    ...(grams === "" ? {} : { weightGrams: Number(grams) }),
  });
}

async function show(
  { context, page, staffed }: Parts,
  c: Context,
  shown: Shown,
): Promise<Response> {
  const reader = readerOf(c);
  const staff = (await staffed?.desk.who(c)) ?? null;
  const desk =
    staffed === null || staff === null
      ? null
      : { token: staffed.tokens.field(c), staff: staff.id, ...shown };
  c.header("Cache-Control", "no-store");
  const main = paperPage({
    policy: context.plan.policy,
    reader,
    items: await paperItems(context),
    slips: await paperSlips(context.db),
    desk,
    done: c.req.query("done") === "yes",
  });
  const sheet = { title: paperTitle(reader.lang), main, set: "desk" as const };
  return c.html(await page(c, sheet), shown.errors.length > 0 ? 422 : 200);
}

function readForm(form: Readonly<Record<string, unknown>>): Pick<Shown, "values" | "ticked"> {
  const values = Object.fromEntries(
    Object.entries(form).flatMap(([name, value]): [string, string][] =>
      typeof value === "string" ? [[name, value.slice(0, LONGEST).trim()]] : [],
    ),
  );
  const papers = form["paper"];
  const named: readonly unknown[] = Array.isArray(papers) ? papers : [papers];
  const ticked = named.filter(
    (each): each is string => typeof each === "string" && /^[1-9]\d{0,8}$/.test(each),
  );
  return { values, ticked: ticked.slice(0, MOST_TICKED) };
}

/** The rules an error of the register names; null for any other. */
function rulesOf(error: unknown): readonly PaperRule[] | null {
  if (!(error instanceof JikimError) || error.code !== "ERR_PAPER_REFUSED") return null;
  return error.facts["rules"] as readonly PaperRule[];
}
