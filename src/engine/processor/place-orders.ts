/**
 * Orders are placed once for what a processor was given, however often they are asked for: an
 * order that ends a holding says up to which export it does, and the store refuses a second one.
 */
import { createHash } from "node:crypto";
import { assert } from "../../base/assert.ts";
import { dayOf, lastDay } from "../../base/calendar.ts";
import { JikimError } from "../../base/errors.ts";
import { hex, moment } from "../../store/column-value.ts";
import type { Sql } from "../../store/database.ts";
import { appendLeaf } from "../audit/append-leaf.ts";
import type { EngineContext } from "../jikim.ts";
import { handleBytes } from "../subject.ts";
import { lockSubject } from "./lock-subject.ts";
import type { OrderReason } from "./order-row.ts";
import type { OrderKind } from "./protocol.ts";

const ID_BYTES = 16;
// Where neither policy nor law says how long an end may take, a day is given.
const DUE_UNTOLD = "P1D";

/** What is ordered of every processor that still holds something of a subject. */
export interface OrdersAsked {
  readonly kind: OrderKind;
  readonly reason: OrderReason;
  /** Only these processors. */
  readonly processors?: readonly string[];
  /** Only these items (`correct`, `restrict`); processors without any of them get no order. */
  readonly items?: readonly string[];
  /** Id of what asks (32 hex digits): a second asking with the same id places nothing new. */
  readonly request?: string;
}

/** What a processor holds that no order has ended yet. */
export interface Holding {
  readonly subject: Uint8Array;
  readonly processor: string;
  readonly items: readonly string[];
  /** The last export among it. */
  readonly covers: number;
}

/**
 * Places the orders that follow from something that happened to a subject; returns their ids. Call
 * it after the freeze of a withdrawal, when a consent is withdrawn or a correction is done. Calling
 * it again places nothing twice. Throws ERR_SUBJECT_UNKNOWN, and ERR_USAGE for an order to correct
 * or restrict that names no request.
 * @example await ordersFor(context, subject, { kind: "erase", reason: "withdrawal" });
 */
export async function ordersFor(
  context: EngineContext,
  subject: string,
  asked: OrdersAsked,
): Promise<readonly string[]> {
  return context.db.transaction(async (tx) => ordersWithin(context, tx, subject, asked));
}

/** The same within a transaction of the caller. */
export async function ordersWithin(
  context: EngineContext,
  tx: Sql,
  subject: string,
  asked: OrdersAsked,
): Promise<readonly string[]> {
  const handle = handleBytes(subject);
  const ends = asked.kind === "erase" || asked.kind === "return";
  if (!ends && !/^[0-9a-f]{32}$/.test(asked.request ?? "")) {
    throw new JikimError("ERR_USAGE", "an order to correct or restrict names its request");
  }
  await lockSubject(tx, handle);
  const holdings = (await holdingsOf(tx, handle)).flatMap((held): Holding[] => {
    if (asked.processors !== undefined && !asked.processors.includes(held.processor)) return [];
    const items =
      asked.items === undefined || ends
        ? held.items
        : held.items.filter((item) => asked.items?.includes(item));
    return items.length === 0 ? [] : [{ ...held, items }];
  });
  const ids = await insertOrders(context, tx, holdings, asked);
  if (ids.length > 0) {
    const { kind, reason } = asked;
    const processors = holdings.map(({ processor }) => processor);
    await appendLeaf(tx, context.clock.now(), "processor_ordered", {
      subject,
      kind,
      reason,
      processors,
      orders: ids.length,
    });
  }
  return ids;
}

/** What processors hold of one subject. */
export async function holdingsOf(tx: Sql, subject: Uint8Array): Promise<readonly Holding[]> {
  return tx.query<Holding & Record<string, unknown>>(
    `select given.subject, given.processor, max(given.seq) as covers,
            array_agg(distinct item order by item) as items
       from processor_export as given
      cross join unnest(given.items) as item
      where given.subject = $1
        and given.seq > coalesce(
              (select max(ending.covers)
                 from processor_order as ending
                where ending.subject = given.subject and ending.processor = given.processor
                  and ending.kind in ('erase', 'return')), 0)
      group by given.subject, given.processor
      order by given.processor`,
    [subject],
  );
}

/** Writes the orders; those that exist already are left as they are. Returns the ids of new ones. */
export async function insertOrders(
  context: EngineContext,
  tx: Sql,
  holdings: readonly Holding[],
  asked: Pick<OrdersAsked, "kind" | "reason" | "request">,
): Promise<readonly string[]> {
  const { plan, clock, random } = context;
  const at = clock.now();
  const grace = String(plan.parameters.get("destroy_grace")?.value ?? DUE_UNTOLD);
  const dueOn = lastDay(dayOf(at, plan.timeZone), grace);
  const placed: string[] = [];
  for (const { subject, processor, items, covers } of holdings) {
    assert(items.length > 0, "an order names what it is about");
    const id =
      asked.request === undefined
        ? random.bytes(ID_BYTES)
        : idOfRequest(asked.request, [hex(subject), asked.kind, processor]);
    const rows = await tx.query<{ id: Uint8Array }>(
      `insert into processor_order
              (subject, id, processor, kind, reason, items, covers, state, placed_at, due_on,
               next_at)
       values ($1, $2, $3, $4, $5, $6, $7, 'queued', $8, $9::date, $8)
       on conflict do nothing
       returning id`,
      [subject, id, processor, asked.kind, asked.reason, items, covers, moment(at), dueOn],
    );
    placed.push(...rows.map((row) => hex(row.id)));
  }
  return placed;
}

/** The same request makes the same order, so that it can be asked for again without harm. */
function idOfRequest(request: string, about: readonly string[]): Uint8Array {
  const hash = createHash("sha256").update(["jikim/order", ...about, request].join("/"));
  return new Uint8Array(hash.digest().subarray(0, ID_BYTES));
}
