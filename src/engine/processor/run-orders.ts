/**
 * The run of the orders: what is owed is placed, what is due is sent, what is late is told. It may
 * run as often as anyone likes, in as many processes as there are: an order is claimed before it is
 * sent, and a claim that a crash leaves behind ends by itself.
 */
import { dayOf } from "../../base/calendar.ts";
import { bytes, moment } from "../../store/column-value.ts";
import type { Sql } from "../../store/database.ts";
import { appendLeaf } from "../audit/append-leaf.ts";
import type { EngineContext } from "../jikim.ts";
import { controllerKey } from "./controller-key.ts";
import { forgetSettled } from "./forget-settled.ts";
import { type Order, orderOf, type OrderRow } from "./order-row.ts";
import { placeOwedOrders } from "./owed-orders.ts";
import { processorRegister } from "./register.ts";
import { type Carriers, type SendFault, type Sending, sendOrder } from "./send-order.ts";

export interface OrderRun {
  /** Orders that were owed and are placed now. */
  readonly placed: number;
  readonly sent: number;
  /** Sendings that failed, by code. */
  readonly faults: Readonly<Record<string, number>>;
  /** Orders that became late in this run. */
  readonly late: number;
  /** Settled orders whose time as evidence is over. */
  readonly forgotten: number;
}

const BATCH = 100;
const AT_ONCE = 4;
/** An end that fails so often in a row is left alone until the next run. */
const FAULTS_IN_A_ROW = 3;
const MINUTE_MS = 60_000;
// The last step is shorter than a day, so that a daily run never finds it just not due.
const BACK_OFF_MINUTES = [5, 15, 60, 240, 720, 23 * 60] as const;
/** Faults that a person has to mend; waiting does not. */
const FOR_STAFF: readonly SendFault[] = ["reference-gone", "values-gone", "too-large"];

/**
 * Runs the orders. Call it daily at least; every few minutes is better for the other end.
 * @example const { sent, late } = await runProcessorOrders(context, { mail });
 */
export async function runProcessorOrders(
  context: EngineContext,
  carriers: Carriers = {},
): Promise<OrderRun> {
  const placed = await placeOwedOrders(context);
  const { sent, faults } = await sendDue(context, carriers);
  const late = await markLate(context);
  const forgotten = await forgetSettled(context);
  return Object.freeze({ placed, sent, faults, late, forgotten });
}

/** When an order is sent again after so many attempts, in milliseconds from now. */
export function backOffMs(attempts: number): number {
  const at = Math.min(Math.max(attempts, 1), BACK_OFF_MINUTES.length) - 1;
  return (BACK_OFF_MINUTES[at] ?? 0) * MINUTE_MS;
}

async function sendDue(
  context: EngineContext,
  carriers: Carriers,
): Promise<{ sent: number; faults: Record<string, number> }> {
  const faults: Record<string, number> = {};
  let sent = 0;
  const resting = new Set<string>();
  for (;;) {
    const claimed = await claimDue(context, [...resting]);
    if (claimed.length === 0) return { sent, faults };
    const key = await controllerKey(context);
    const register = new Map((await processorRegister(context)).map((e) => [e.processor.id, e]));
    const ends = [...Map.groupBy(claimed, ({ processor }) => processor)];
    const results = await inTurns(ends, async ([processor, orders]) => {
      const carrier = register.get(processor)?.facts.carrier ?? null;
      return sendAll(context, orders, { key, carrier, carriers });
    });
    for (const [at, result] of results.entries()) {
      sent += result.sent;
      for (const [fault, count] of Object.entries(result.faults)) {
        faults[fault] = (faults[fault] ?? 0) + count;
      }
      const processor = ends[at]?.[0];
      if (result.resting && processor !== undefined) resting.add(processor);
    }
  }
}

/** The orders of one end, one after the other. */
async function sendAll(
  context: EngineContext,
  orders: readonly Order[],
  sending: Sending,
): Promise<{ sent: number; faults: Record<string, number>; resting: boolean }> {
  const faults: Record<string, number> = {};
  let sent = 0;
  let inARow = 0;
  for (const order of orders) {
    if (inARow >= FAULTS_IN_A_ROW) break; // their claims run out, and they come again
    const fault = await sendOrder(context, order, sending);
    if (fault === null) {
      sent += 1;
      inARow = 0;
      continue;
    }
    if (fault === "handed") continue; // with the other end, by letter: its day is what counts
    faults[fault] = (faults[fault] ?? 0) + 1;
    inARow += fault === "unreachable" || fault === "too-slow" || fault === "failed" ? 1 : 0;
    await noteFault(context, order, fault);
  }
  return { sent, faults, resting: inARow >= FAULTS_IN_A_ROW };
}

/**
 * Takes orders in hand: the attempt counts and the next one is set before anything is sent, so
 * that a second run, or this one after a crash, does not send them again at once.
 */
async function claimDue(
  context: EngineContext,
  resting: readonly string[],
): Promise<readonly Order[]> {
  const at = context.clock.now();
  return context.db.transaction(async (tx) => {
    const rows = await tx.query<OrderRow>(
      `select id, subject, processor, kind, reason, items, state, placed_at, due_on, attempts,
              next_at, last_fault, escalated_at, answered_at, answered_by, retained_until,
              answer_seq, answer_hash, handed_at
         from processor_order
        where next_at <= $1 and processor <> all($2::text[])
        order by next_at, subject, id
        limit ${BATCH}
          for update skip locked`,
      [moment(at), resting],
    );
    const claimed: Order[] = [];
    for (const row of rows) {
      const attempts = row.attempts + 1;
      await tx.query(
        `update processor_order set attempts = $3, next_at = $4
          where subject = $1 and id = $2`,
        [row.subject, row.id, attempts, moment(at + backOffMs(attempts))],
      );
      claimed.push({ ...orderOf(row), attempts });
    }
    return claimed;
  });
}

async function noteFault(context: EngineContext, order: Order, fault: SendFault): Promise<void> {
  if (fault === "answer-not-taken") return; // the refused answer has left its own reason
  await context.db.query(
    `update processor_order
        set last_fault = $3,
            escalated_at = case when $4 then coalesce(escalated_at, $5) else escalated_at end
      where subject = $1 and id = $2 and next_at is not null`,
    [
      bytes(order.subject),
      bytes(order.id),
      fault,
      FOR_STAFF.includes(fault),
      moment(context.clock.now()),
    ],
  );
}

/** An order past its last day is somebody's work now: it stands red until it is answered. */
async function markLate(context: EngineContext): Promise<number> {
  const at = context.clock.now();
  const today = dayOf(at, context.plan.timeZone);
  let late = 0;
  for (;;) {
    const marked = await context.db.transaction(async (tx) => markBatch(tx, today, at));
    if (marked === 0) return late;
    late += marked;
  }
}

async function markBatch(tx: Sql, today: string, at: number): Promise<number> {
  const rows = await tx.query<{ processor: string }>(
    `update processor_order set escalated_at = $2
      where (subject, id) in (
              select subject, id from processor_order
               where next_at is not null and escalated_at is null and due_on < $1::date
               order by subject, id
               limit ${BATCH}
                 for update skip locked)
      returning processor`,
    [today, moment(at)],
  );
  for (const [processor, orders] of Map.groupBy(rows, (row) => row.processor)) {
    await appendLeaf(tx, at, "processor_order_late", { processor, orders: orders.length });
  }
  return rows.length;
}

/** A few ends at a time; the results stand in the order of the inputs. */
async function inTurns<T, R>(list: readonly T[], work: (each: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let at = 0; at < list.length; at += AT_ONCE) {
    results.push(...(await Promise.all(list.slice(at, at + AT_ONCE).map(work))));
  }
  return results;
}
