/**
 * Orders that no machine carries: staff send the letter themselves, by mail or on paper, and say
 * so. Until then the order waits as theirs; afterwards its last day counts as for any other.
 */
import { JikimError } from "../../base/errors.ts";
import { bytes, moment } from "../../store/column-value.ts";
import { appendLeaf } from "../audit/append-leaf.ts";
import type { EngineContext } from "../jikim.ts";
import { staffAtWork } from "../staff/staff.ts";
import type { StaffUse } from "../use/asked-use.ts";
import { controllerKey } from "./controller-key.ts";
import { orderLetter, type OrderLetter } from "./order-letter.ts";
import { findOrder, lockedOrder, type Order } from "./order-row.ts";
import { processorRegister } from "./register.ts";
import { signedOrder } from "./send-order.ts";

const ID = /^[0-9a-f]{32}$/;

/** An order and its letter; without one where it cannot be written any more. */
export interface OrderToHand {
  readonly order: Order;
  readonly letter: OrderLetter | "reference-gone" | "values-gone";
}

/**
 * The letter of an open order, written when it is looked at: nothing of it lies in the store. The
 * right values of a correction are read through the gate, with `by` in the access log. Null when
 * there is no such order, or none that is open.
 */
export async function letterOf(
  context: EngineContext,
  id: string,
  by?: StaffUse,
): Promise<OrderToHand | null> {
  const order = ID.test(id) ? await findOrder(context.db, bytes(id)) : null;
  if (order === null || order.nextAt === null) return null;
  const register = await processorRegister(context);
  const carrier = register.find(({ processor }) => processor.id === order.processor)?.facts.carrier;
  const signed = await signedOrder(context, order, await controllerKey(context), by);
  if (typeof signed === "string") return { order, letter: signed };
  return { order, letter: orderLetter(signed, carrier?.kind === "email" ? carrier.address : "") };
}

/**
 * Notes that staff sent the letter of an order; a second note changes nothing. Throws
 * ERR_PROCESSOR_ANSWER (`order-unknown`) and ERR_USAGE for staff who are not at work.
 */
export async function handOver(context: EngineContext, id: string, staff: string): Promise<void> {
  const unknown = new JikimError("ERR_PROCESSOR_ANSWER", "there is no such order", {
    rule: "order-unknown",
  });
  if (!ID.test(id)) throw unknown;
  if (!(await staffAtWork(context.db, staff))) {
    throw new JikimError("ERR_USAGE", "nobody at work has this staff id");
  }
  await context.db.transaction(async (tx) => {
    const order = await lockedOrder(tx, bytes(id));
    if (order === null) throw unknown;
    if (order.handedAt !== null || order.nextAt === null) return;
    await tx.query(
      `update processor_order
          set handed_at = $3, last_fault = null,
              state = case state when 'queued' then 'sent' else state end
        where subject = $1 and id = $2`,
      [bytes(order.subject), bytes(order.id), moment(context.clock.now())],
    );
    const facts = { processor: order.processor, order: order.id, staff };
    await appendLeaf(tx, context.clock.now(), "processor_order_handed", facts);
  });
}
