/** What staff do with processors: record, begin, end, tell, watch over, send letters, take answers. */
import { Hono } from "hono";
import type { Context } from "hono";
import { JikimError } from "../base/errors.ts";
import { listProcessors } from "../compiler/processor-list.ts";
import type { EngineContext } from "../engine/jikim.ts";
import { answerByStaff } from "../engine/processor/accept-answer.ts";
import { handOver, letterOf } from "../engine/processor/hand-over.ts";
import { isMarketing } from "../engine/processor/missing.ts";
import { findOrder, type Order } from "../engine/processor/order-row.ts";
import { endProcessor, peopleAtProcessor } from "../engine/processor/owed-orders.ts";
import { ANSWER_STATES } from "../engine/processor/protocol.ts";
import {
  activateProcessor,
  processorRegister,
  recordFacts,
  type RegisterEntry,
} from "../engine/processor/register.ts";
import {
  recordSupervision,
  SUPERVISION_KINDS,
  supervisionHistory,
  supervisionOf,
} from "../engine/processor/supervision.ts";
import { tellPeople } from "../engine/processor/tell-people.ts";
import type { Staff } from "../engine/staff/staff.ts";
import { readerOf } from "../html/reader.ts";
import type { SetPage } from "../html/service-page.ts";
import { present } from "../base/assert.ts";
import { ORDERS_PATH, PROCESSORS_PATH } from "./console-nav.ts";
import type { StaffedDesk } from "./desk.ts";
import {
  ORDER_DONE,
  type OrderFault,
  orderPage,
  type OrderPageInput,
  orderPath,
  orderTitle,
} from "./order-page.ts";
import { factsFromForm } from "./processor-form.ts";
import {
  DONE,
  type Done,
  processorErrors,
  processorPage,
  type ProcessorPageInput,
  processorPath,
} from "./processor-page.ts";

interface Parts {
  readonly context: EngineContext;
  readonly page: SetPage;
  readonly staffed: StaffedDesk;
}

/** The writing pages of processors and their orders. */
export function processorDesk(parts: Parts): Hono {
  const app = new Hono();
  app.route("/", processorActs(parts));
  app.route("/", orderActs(parts));
  return app;
}

function processorActs(parts: Parts): Hono {
  const { context, staffed } = parts;
  const { desk } = staffed;
  const app = new Hono();
  const path = `${PROCESSORS_PATH}/:id`;
  app.get(path, desk.guard(), (c) => showProcessor(parts, c));
  app.post(`${path}/facts`, desk.guard("officer"), async (c) => {
    const form = await c.req.parseBody();
    const read = factsFromForm(form, readerOf(c).lang);
    if ("errors" in read) {
      return showProcessor(parts, c, { part: "facts", form, errors: read.errors });
    }
    await recordFacts(context, idOf(c), read.facts);
    return backTo(c, "recorded");
  });
  app.post(`${path}/activate`, desk.guard("officer"), async (c) => {
    const entry = await entryOf(context, idOf(c));
    if (entry !== null && entry.missing.length > 0) {
      const errors = processorErrors("activate", readerOf(c).lang);
      return showProcessor(parts, c, { part: "activate", form: {}, errors });
    }
    await activateProcessor(context, idOf(c));
    return backTo(c, "active");
  });
  app.post(`${path}/end`, desk.guard("officer"), async (c) => {
    const form = await c.req.parseBody();
    if (form["confirm"] !== "yes") {
      const errors = processorErrors("end", readerOf(c).lang);
      return showProcessor(parts, c, { part: "end", form, errors });
    }
    await endProcessor(context, idOf(c));
    return backTo(c, "ended");
  });
  app.post(`${path}/tell`, desk.guard("officer"), async (c) => {
    await tellPeople(context, idOf(c));
    return backTo(c, "told");
  });
  app.post(`${path}/supervise`, desk.guard("staff", "officer"), async (c) => {
    const form = await c.req.parseBody();
    const kind = SUPERVISION_KINDS.find((each) => each === form["kind"]);
    try {
      if (kind === undefined) throw new JikimError("ERR_USAGE", "no kind");
      await recordSupervision(context, {
        processor: idOf(c),
        kind,
        heldOn: textOf(form["held_on"]),
        document: textOf(form["held_document"]),
        staff: (await staffOf(parts, c)).id,
      });
    } catch (error) {
      if (!(error instanceof JikimError) || error.code !== "ERR_USAGE") throw error;
      const errors = processorErrors("supervise", readerOf(c).lang);
      return showProcessor(parts, c, { part: "supervise", form, errors });
    }
    return backTo(c, "supervised");
  });
  return app;
}

function orderActs(parts: Parts): Hono {
  const { context, staffed } = parts;
  const { desk } = staffed;
  const app = new Hono();
  const path = `${ORDERS_PATH}/:order`;
  const charged = desk.guard("staff", "officer");
  app.get(path, desk.guard(), async (c) => {
    const order = await orderOf(context, c);
    if (order === null) return c.notFound();
    // A correction's letter holds values of a person: it is asked for, with a reason.
    const letter = order.kind === "correct" ? "ask" : await letterFor(context, order);
    return showOrder(parts, c, { order, letter });
  });
  app.post(`${path}/letter`, charged, async (c) => {
    const order = await orderOf(context, c);
    if (order === null) return c.notFound();
    const form = await c.req.parseBody();
    const reason = textOf(form["reason"]);
    if (reason === "") {
      return showOrder(parts, c, { order, letter: "ask", failed: { fault: "reason", form } });
    }
    const { id: staff } = await staffOf(parts, c);
    const by = { staff, reason, from: desk.from(c) };
    return showOrder(parts, c, { order, letter: await letterFor(context, order, by) });
  });
  app.post(`${path}/handed`, charged, async (c) => {
    const order = await orderOf(context, c);
    if (order === null) return c.notFound();
    await handOver(context, order.id, (await staffOf(parts, c)).id);
    return c.redirect(readerOf(c).to(`${orderPath(order.id)}?done=handed`), 303);
  });
  app.post(`${path}/answer`, charged, async (c) => {
    const order = await orderOf(context, c);
    if (order === null) return c.notFound();
    const form = await c.req.parseBody();
    const fault = await takeAnswer(parts, c, order, form);
    if (fault === null) {
      return c.redirect(readerOf(c).to(`${orderPath(order.id)}?done=answered`), 303);
    }
    const letter = order.kind === "correct" ? "ask" : await letterFor(context, order);
    return showOrder(parts, c, { order, letter, failed: { fault, form } });
  });
  return app;
}

async function takeAnswer(
  parts: Parts,
  c: Context,
  order: Order,
  form: Readonly<Record<string, unknown>>,
): Promise<OrderFault | null> {
  const state = ANSWER_STATES.find((each) => each === form["state"]);
  if (state === undefined) return "incomplete";
  const optional = (name: string): string | undefined => textOf(form[name]) || undefined;
  try {
    await answerByStaff(parts.context, {
      order: order.id,
      state,
      basis: optional("basis"),
      until: optional("until"),
      by: (await staffOf(parts, c)).id,
      document: textOf(form["document"]),
    });
    return null;
  } catch (error) {
    if (!(error instanceof JikimError)) throw error;
    if (error.code === "ERR_USAGE") return "incomplete";
    if (error.code !== "ERR_PROCESSOR_ANSWER") throw error;
    return error.facts["rule"] === "state-unfit" ? "state-unfit" : "contradicts";
  }
}

async function showProcessor(
  { context, page, staffed }: Parts,
  c: Context,
  failed?: ProcessorPageInput["failed"],
): Promise<Response> {
  const entry = await entryOf(context, idOf(c));
  if (entry === null) return c.notFound();
  const reader = readerOf(c);
  const { id } = entry.processor;
  const { policy } = context.plan;
  const lang = policy.languages.includes(reader.lang) ? reader.lang : policy.languages[0];
  const named = listProcessors(policy, lang ?? reader.lang).find((each) => each.id === id);
  const name = named?.name ?? id;
  const staff = await staffed.desk.who(c);
  const main = processorPage({
    reader,
    token: staffed.tokens.field(c),
    name,
    entry,
    officer: staff?.roles.includes("officer") === true,
    people: await peopleAtProcessor(context.db, id),
    marketing: isMarketing(context.plan, entry.processor),
    supervision: present((await supervisionOf(context, [entry])).get(id), "it was asked for"),
    history: await supervisionHistory(context.db, id),
    done: DONE.find((each) => each === c.req.query("done")) ?? null,
    ...(failed === undefined ? {} : { failed }),
  });
  c.header("Cache-Control", "no-store");
  const sheet = await page(c, { title: name, main, set: "desk" });
  return c.html(sheet, failed === undefined ? 200 : 422);
}

async function showOrder(
  { context, page, staffed }: Parts,
  c: Context,
  shown: Pick<OrderPageInput, "order" | "letter" | "failed">,
): Promise<Response> {
  const reader = readerOf(c);
  const main = orderPage({
    policy: context.plan.policy,
    reader,
    token: staffed.tokens.field(c),
    done: ORDER_DONE.find((each) => each === c.req.query("done")) ?? null,
    ...shown,
  });
  c.header("Cache-Control", "no-store");
  const sheet = await page(c, { title: orderTitle(shown.order, reader.lang), main, set: "desk" });
  return c.html(sheet, shown.failed === undefined ? 200 : 422);
}

async function letterFor(
  context: EngineContext,
  order: Order,
  by?: Parameters<typeof letterOf>[2],
): Promise<OrderPageInput["letter"]> {
  const found = await letterOf(context, order.id, by);
  if (found === null) return null;
  return typeof found.letter === "string" ? "gone" : found.letter;
}

async function entryOf(context: EngineContext, id: string): Promise<RegisterEntry | null> {
  const register = await processorRegister(context);
  return register.find(({ processor }) => processor.id === id) ?? null;
}

async function orderOf(context: EngineContext, c: Context): Promise<Order | null> {
  const id = c.req.param("order") ?? "";
  if (!/^[0-9a-f]{32}$/.test(id)) return null;
  return findOrder(context.db, new Uint8Array(Buffer.from(id, "hex")));
}

/** Behind the guard somebody is signed in. */
async function staffOf({ staffed }: Parts, c: Context): Promise<Staff> {
  return present(await staffed.desk.who(c), "the guard let a member of staff pass");
}

function backTo(c: Context, done: Done): Response {
  return c.redirect(readerOf(c).to(`${processorPath(idOf(c))}?done=${done}`), 303);
}

const idOf = (c: Context): string => c.req.param("id") ?? "";
const textOf = (value: unknown): string => (typeof value === "string" ? value.trim() : "");
