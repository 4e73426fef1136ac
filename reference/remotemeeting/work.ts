/**
 * What staff close: inquiries, the event, meetings. Closing is what ends a record or starts its
 * clock, so an inquiry nobody closes is data nobody destroys; the list shows the oldest first.
 */
import { Hono } from "hono";
import type { Context } from "hono";
import type { Desk, Items, StaffUse, WaitingRecord } from "jikim";
import { dayOf, JikimError, readerOf, recordEvent, waitingRecords } from "jikim";
import { give } from "./occasion-answers.ts";
import type { Service } from "./remotemeeting.ts";
import {
  type Ending,
  type TicketForm,
  ticketPage,
  type Work,
  WORK_WORDS,
  workPage,
} from "./work-page.ts";

const PATH = "/console/work";
/** Things that end for everyone they are about, by one press: what ends, and by which event. */
const ENDINGS = {
  winners: { recordClass: "event_entry", event: "winner_notified" },
  prizes: { recordClass: "event_entry", event: "prize_delivered" },
  meetings: { recordClass: "meeting", event: "meeting_ended" },
} as const satisfies Readonly<Record<Ending, { recordClass: string; event: string }>>;
const SHOWN = ["name", "email", "phone", "company_name", "inquiry_text"];

/** The pages, for whoever is signed in at the desk. */
export function workPages(service: Service, desk: Desk): Hono {
  const app = new Hono();
  app.use(PATH, desk.guard("staff", "officer"));
  app.use(`${PATH}/*`, desk.guard("staff", "officer"));
  app.get(PATH, async (c) => {
    const reader = readerOf(c);
    const main = workPage({
      reader,
      token: service.tokens.field(c),
      work: await openWork(service),
    });
    c.header("Cache-Control", "no-store");
    const title = WORK_WORDS[reader.lang].title;
    return c.html(await service.page(c, { title, main, set: "desk" }));
  });
  app.post(`${PATH}/end`, async (c) => {
    const { what } = await c.req.parseBody();
    if (what === "winners" || what === "prizes" || what === "meetings") await endAll(service, what);
    return c.redirect(readerOf(c).to(PATH), 303);
  });
  app.post(`${PATH}/ticket`, async (c) => {
    const form = ticketForm(await c.req.parseBody());
    if (form.reason === "") return c.redirect(readerOf(c).to(PATH), 303);
    const items = await readTicket(service, form, await staffUse(desk, c, form.reason));
    return showTicket(service, c, { form, items, wrong: false });
  });
  app.post(`${PATH}/close`, async (c) => {
    const form = ticketForm(await c.req.parseBody());
    const by = await staffUse(desk, c, form.reason);
    const items = await readTicket(service, form, by);
    if (form.as === "complaint" && !(await keepComplaint(service, form, items, by.staff))) {
      return showTicket(service, c, { form, items, wrong: true });
    }
    const { jikim } = service;
    const day = dayOf(jikim.context.clock.now(), jikim.plan.timeZone);
    const { subject, record } = form;
    await recordEvent(jikim.context, { subject, event: "ticket_closed", day, record });
    return c.redirect(readerOf(c).to(PATH), 303);
  });
  return app;
}

async function openWork({ jikim }: Service): Promise<Work> {
  const of = (recordClass: string, event: string): Promise<readonly WaitingRecord[]> =>
    waitingRecords(jikim.context, { recordClass, event });
  const count = async (what: Ending): Promise<number> =>
    (await of(ENDINGS[what].recordClass, ENDINGS[what].event)).length;
  return {
    tickets: await of("support_ticket", "ticket_closed"),
    endings: {
      winners: await count("winners"),
      prizes: await count("prizes"),
      meetings: await count("meetings"),
    },
  };
}

/** In the batches in which what waits is told; a press that is broken off is pressed again. */
async function endAll({ jikim }: Service, what: Ending): Promise<void> {
  const { context } = jikim;
  const day = dayOf(context.clock.now(), jikim.plan.timeZone);
  for (;;) {
    const waiting = await waitingRecords(context, ENDINGS[what]);
    if (waiting.length === 0) return;
    for (const { subject, record } of waiting) {
      await recordEvent(context, { subject, event: ENDINGS[what].event, day, record });
    }
  }
}

function ticketForm(sent: Readonly<Record<string, unknown>>): TicketForm {
  const text = (name: string, most: number): string => {
    const value = sent[name];
    return typeof value === "string" ? value.trim().slice(0, most) : "";
  };
  return {
    subject: text("subject", 16),
    record: text("record", 32),
    reason: text("reason", 500),
    as: sent["as"] === "complaint" ? "complaint" : "question",
    summary: text("summary", 4000),
  };
}

async function staffUse(desk: Desk, c: Context, reason: string): Promise<StaffUse> {
  const staff = await desk.who(c);
  if (staff === null) throw new JikimError("ERR_STAFF_NEEDED", "no staff is signed in");
  return { staff: staff.id, reason, from: desk.from(c) };
}

async function readTicket({ jikim }: Service, form: TicketForm, by: StaffUse): Promise<Items> {
  const { subject, record } = form;
  if (!/^[0-9a-f]{32}$/.test(record))
    throw new JikimError("ERR_USAGE", "a record has 32 hex digits");
  return jikim.read(subject, SHOWN, { purpose: "user_management", task: "complaints", record, by });
}

/** A complaint is kept by a statute: who complains, and about what, and nothing else (A8). */
async function keepComplaint(
  { jikim }: Service,
  { subject, summary }: TicketForm,
  items: Items,
  staff: string,
): Promise<boolean> {
  const { name = "", email = "" } = items;
  const form = {
    items: { name, email, inquiry_text: summary },
    declares: [],
    consents: [],
    ticked: new Set<string>(),
  };
  const by = { staff };
  const lang = "ko";
  const given = await give(jikim, "dispute", form, { subject, method: "support_board", by, lang });
  if ("errors" in given) return false;
  const day = dayOf(jikim.context.clock.now(), jikim.plan.timeZone);
  const event = "ticket_closed";
  await recordEvent(jikim.context, { subject, event, day, recordClass: "complaint" });
  return true;
}

async function showTicket(
  service: Service,
  c: Context,
  shown: { readonly form: TicketForm; readonly items: Items; readonly wrong: boolean },
): Promise<Response> {
  const reader = readerOf(c);
  const { policy } = service.jikim.compiled;
  const main = ticketPage({ reader, policy, token: service.tokens.field(c), ...shown });
  c.header("Cache-Control", "no-store");
  const title = WORK_WORDS[reader.lang].ticket;
  return c.html(await service.page(c, { title, main, set: "desk" }), shown.wrong ? 422 : 200);
}
