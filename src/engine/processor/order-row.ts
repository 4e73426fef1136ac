/** An order as the store has it, and what others may see of it. */
import { present } from "../../base/assert.ts";
import { hex } from "../../store/column-value.ts";
import type { Sql } from "../../store/database.ts";
import type { OrderKind, OrderState } from "./protocol.ts";

/** Why an order was placed. */
export const ORDER_REASONS = [
  "withdrawal",
  "contract_end",
  "consent_withdrawn",
  "records_ended",
  "retention_ended",
  "request",
] as const;
export type OrderReason = (typeof ORDER_REASONS)[number];

/** States after which nothing more is sent. */
export const FINAL_STATES = ["done", "held_nothing", "retained_own_duty"] as const;

export interface Order {
  /** 32 hex digits. */
  readonly id: string;
  readonly subject: string;
  readonly processor: string;
  readonly kind: OrderKind;
  readonly reason: OrderReason;
  readonly items: readonly string[];
  readonly state: OrderState;
  /** Milliseconds since the epoch, as every moment here. */
  readonly placedAt: number;
  readonly dueOn: string;
  readonly attempts: number;
  readonly nextAt: number | null;
  readonly lastFault: string | null;
  readonly escalatedAt: number | null;
  readonly answeredAt: number | null;
  readonly answeredBy: "processor" | "staff" | null;
  readonly retainedUntil: string | null;
  /** Number and hash (hex) of the last answer taken. */
  readonly answerSeq: number;
  readonly answerHash: string | null;
  /** When staff sent its letter themselves, or null. */
  readonly handedAt: number | null;
}

export type OrderRow = {
  readonly id: Uint8Array;
  readonly subject: Uint8Array;
  readonly processor: string;
  readonly kind: OrderKind;
  readonly reason: OrderReason;
  readonly items: readonly string[];
  readonly state: OrderState;
  readonly placed_at: number;
  readonly due_on: string;
  readonly attempts: number;
  readonly next_at: number | null;
  readonly last_fault: string | null;
  readonly escalated_at: number | null;
  readonly answered_at: number | null;
  readonly answered_by: "processor" | "staff" | null;
  readonly retained_until: string | null;
  readonly answer_seq: number;
  readonly answer_hash: Uint8Array | null;
  readonly handed_at: number | null;
};

export function orderOf(row: OrderRow): Order {
  return Object.freeze({
    id: hex(row.id),
    subject: hex(row.subject),
    processor: row.processor,
    kind: row.kind,
    reason: row.reason,
    items: row.items,
    state: row.state,
    placedAt: row.placed_at,
    dueOn: row.due_on,
    attempts: row.attempts,
    nextAt: row.next_at,
    lastFault: row.last_fault,
    escalatedAt: row.escalated_at,
    answeredAt: row.answered_at,
    answeredBy: row.answered_by,
    retainedUntil: row.retained_until,
    answerSeq: row.answer_seq,
    answerHash: row.answer_hash === null ? null : hex(row.answer_hash),
    handedAt: row.handed_at,
  });
}

/** Has the processor answered for good? */
export function isFinal(state: OrderState): boolean {
  return FINAL_STATES.some((each) => each === state);
}

/** Orders of all processors: the red ones first, then the oldest; at most 500. */
export async function openOrders(sql: Sql): Promise<readonly Order[]> {
  const rows = await sql.query<OrderRow>(
    `select id, subject, processor, kind, reason, items, state, placed_at, due_on, attempts,
            next_at, last_fault, escalated_at, answered_at, answered_by, retained_until,
            answer_seq, answer_hash, handed_at
       from processor_order
      where next_at is not null
      order by escalated_at is null, due_on, placed_at, id
      limit 500`,
  );
  return rows.map(orderOf);
}

/** The orders answered last, newest first; at most 100. */
export async function settledOrders(sql: Sql): Promise<readonly Order[]> {
  const rows = await sql.query<OrderRow>(
    `select id, subject, processor, kind, reason, items, state, placed_at, due_on, attempts,
            next_at, last_fault, escalated_at, answered_at, answered_by, retained_until,
            answer_seq, answer_hash, handed_at
       from processor_order
      where next_at is null
      order by answered_at desc, id
      limit 100`,
  );
  return rows.map(orderOf);
}

/** Open orders and red ones of each processor. */
export async function orderCounts(
  sql: Sql,
): Promise<ReadonlyMap<string, { readonly open: number; readonly late: number }>> {
  const rows = await sql.query<{ processor: string; open: number; late: number }>(
    `select processor, count(*) as open, count(escalated_at) as late
       from processor_order
      where next_at is not null
      group by processor
      order by processor`,
  );
  return new Map(rows.map(({ processor, open, late }) => [processor, { open, late }]));
}

/** One order by its id; null when there is none. */
export async function findOrder(sql: Sql, id: Uint8Array): Promise<Order | null> {
  const rows = await sql.query<OrderRow>(
    `select id, subject, processor, kind, reason, items, state, placed_at, due_on, attempts,
            next_at, last_fault, escalated_at, answered_at, answered_by, retained_until,
            answer_seq, answer_hash, handed_at
       from processor_order
      where id = $1`,
    [id],
  );
  return rows.length === 0 ? null : orderOf(present(rows[0], "one row"));
}

/** One order by its id, locked until the transaction ends; null when there is none. */
export async function lockedOrder(tx: Sql, id: Uint8Array): Promise<Order | null> {
  const rows = await tx.query<OrderRow>(
    `select id, subject, processor, kind, reason, items, state, placed_at, due_on, attempts,
            next_at, last_fault, escalated_at, answered_at, answered_by, retained_until,
            answer_seq, answer_hash, handed_at
       from processor_order
      where id = $1
        for update`,
    [id],
  );
  return rows.length === 0 ? null : orderOf(present(rows[0], "one row"));
}
