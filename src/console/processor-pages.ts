/** The routes of processors and of the record of processing. */
import { Hono } from "hono";
import type { Context } from "hono";
import { Temporal } from "temporal-polyfill";
import type { Compiled } from "../compiler/compile.ts";
import type { EngineContext } from "../engine/jikim.ts";
import type { UseNotice } from "../engine/notice/use-notice.ts";
import { controllerKey } from "../engine/processor/controller-key.ts";
import {
  openOrders,
  type Order,
  orderCounts,
  settledOrders,
} from "../engine/processor/order-row.ts";
import { processorRegister, type RegisterEntry } from "../engine/processor/register.ts";
import {
  SUPERVISION_KINDS,
  type SupervisionKind,
  supervisionOf,
} from "../engine/processor/supervision.ts";
import { readerOf, type UiLang } from "../html/reader.ts";
import type { SetPage } from "../html/service-page.ts";
import type { Lang } from "../policy/model.ts";
import { PROCESSORS_PATH, RECORD_PATH } from "./console-nav.ts";
import type { StaffedDesk } from "./desk.ts";
import { processorDesk } from "./processor-desk.ts";
import { processorsPage, processorsTitle } from "./processors-page.ts";
import { recordCsv, recordDocument, recordPage, recordTitle } from "./record-page.ts";

/** `/console/processors`: the register and the orders; with a desk, what staff do with them. */
export function processorConsole(
  context: EngineContext,
  page: SetPage,
  staffed: StaffedDesk | null = null,
): Hono {
  const app = new Hono();
  if (staffed !== null) app.route("/", processorDesk({ context, page, staffed }));
  app.get(PROCESSORS_PATH, async (c) => {
    c.header("Cache-Control", "no-store");
    const register = await processorRegister(context);
    const open = await openOrders(context.db);
    const counts = { open: 0, late: 0 };
    for (const each of (await orderCounts(context.db)).values()) {
      counts.open += each.open;
      counts.late += each.late;
    }
    const overdue = await overdueOf(context, register);
    const { publicKey } = await controllerKey(context);
    if (c.req.query("format") === "json") {
      return c.json({
        order_key: publicKey,
        orders: { ...counts, list: open.map(orderDocument) },
        processors: register.map(({ processor, state, missing, facts }) => ({
          id: processor.id,
          state,
          missing,
          carrier: facts.carrier?.kind ?? null,
          sub_processors: facts.subProcessors,
          overdue: overdue.get(processor.id) ?? [],
        })),
      });
    }
    const reader = readerOf(c);
    const main = processorsPage({
      policy: context.plan.policy,
      reader,
      register,
      open,
      settled: await settledOrders(context.db),
      counts,
      now: context.clock.now(),
      overdue,
      orderKey: publicKey,
      linked: staffed !== null,
    });
    return c.html(await page(c, { title: processorsTitle(reader.lang), main, set: "desk" }));
  });
  return app;
}

/** Inspections and trainings past their day, by processor. */
async function overdueOf(
  context: EngineContext,
  register: readonly RegisterEntry[],
): Promise<ReadonlyMap<string, readonly SupervisionKind[]>> {
  const all = await supervisionOf(context, register);
  return new Map(
    [...all].map(([id, states]) => [id, SUPERVISION_KINDS.filter((kind) => states[kind].overdue)]),
  );
}

/** `/console/record`: the record of processing activities, as page, table and JSON. */
export function recordConsole(
  compiled: Compiled,
  page: SetPage,
  notice: () => Promise<UseNotice | null> = () => Promise.resolve(null),
): Hono {
  const app = new Hono();
  app.get(RECORD_PATH, async (c) => {
    const reader = readerOf(c);
    const lang = langOf(compiled, reader.lang);
    const format = c.req.query("format");
    if (format === "json") return c.json(recordDocument(compiled, lang));
    if (format === "csv") return csvAnswer(c, recordCsv(compiled, lang, reader.lang));
    const main = recordPage(compiled, lang, reader, await notice());
    return c.html(await page(c, { title: recordTitle(reader.lang), main, set: "desk" }));
  });
  return app;
}

/** An order without its subject: a page for everyone on the staff needs no handle. */
function orderDocument(order: Order): object {
  return {
    id: order.id,
    processor: order.processor,
    kind: order.kind,
    reason: order.reason,
    items: order.items,
    state: order.state,
    placed_at: Temporal.Instant.fromEpochMilliseconds(order.placedAt).toString(),
    due_on: order.dueOn,
    attempts: order.attempts,
    last_fault: order.lastFault,
    late: order.escalatedAt !== null,
  };
}

function csvAnswer(c: Context, text: string): Response {
  return c.body(text, 200, {
    "Content-Type": "text/csv; charset=utf-8",
    "Content-Disposition": 'attachment; filename="record-of-processing.csv"',
  });
}

function langOf({ policy }: Compiled, lang: UiLang): Lang {
  return policy.languages.includes(lang) ? lang : (policy.languages[0] ?? lang);
}
