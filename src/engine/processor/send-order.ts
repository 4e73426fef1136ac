/** One sending of one order: the message is made, signed, carried, and what came back is taken. */
import { JikimError } from "../../base/errors.ts";
import { bytes } from "../../store/column-value.ts";
import type { EngineContext } from "../jikim.ts";
import type { StaffUse } from "../use/asked-use.ts";
import { read } from "../use/read.ts";
import { acceptAnswer } from "./accept-answer.ts";
import type { Carrier } from "./facts.ts";
import { type CarrierFault, postOrder } from "./https-carrier.ts";
import { orderLetter, type OrderLetter } from "./order-letter.ts";
import type { Order } from "./order-row.ts";
import { MAX_MESSAGE_BYTES, type OrderMessage, type Signed } from "./protocol.ts";
import { findReference } from "./reference.ts";
import { type SigningKey, signMessage } from "./sign.ts";

/** What carries orders beside HTTPS. */
export interface Carriers {
  /** Sends one mail. Without it, orders to be mailed wait for staff. */
  readonly mail?: (letter: OrderLetter) => Promise<void>;
  /** How long an end may take to answer, in milliseconds. */
  readonly timeoutMs?: number;
}

/** Why an order could not be sent. A letter that staff handed over is `handed`: it is no fault. */
export type SendFault =
  | CarrierFault
  | "no-carrier"
  | "no-mailer"
  | "mail-failed"
  | "by-hand"
  | "handed"
  | "reference-gone"
  | "values-gone"
  | "too-large"
  | "answer-not-taken";

export interface Sending {
  readonly key: SigningKey;
  readonly carrier: Carrier | null;
  readonly carriers: Carriers;
}

/**
 * Sends an order that was claimed: its attempt is already counted. Returns null when it went out,
 * else why not. An answer in the same breath is taken.
 */
export async function sendOrder(
  context: EngineContext,
  order: Order,
  sending: Sending,
): Promise<SendFault | null> {
  const { carrier, carriers } = sending;
  if (carrier === null) return "no-carrier";
  const byStaff = order.handedAt === null ? null : "handed";
  if (carrier.kind === "manual") return byStaff ?? "by-hand";
  if (carrier.kind === "email" && carriers.mail === undefined) return byStaff ?? "no-mailer";
  const signed = await signedOrder(context, order, sending.key);
  if (typeof signed === "string") return signed;
  if (carrier.kind === "email") {
    try {
      await carriers.mail?.(orderLetter(signed, carrier.address));
    } catch {
      return "mail-failed"; // what a mailer says may quote the letter
    }
    await markSent(context, order);
    return null;
  }
  const body = JSON.stringify(signed);
  if (Buffer.byteLength(body) > MAX_MESSAGE_BYTES) return "too-large";
  const delivery = await postOrder(carrier.url, body, carriers.timeoutMs);
  if ("fault" in delivery) return delivery.fault;
  await markSent(context, order);
  if (delivery.body === null) return null;
  try {
    await acceptAnswer(context, delivery.body, "https");
    return null;
  } catch (error) {
    if (error instanceof JikimError && error.code === "ERR_PROCESSOR_ANSWER") {
      return "answer-not-taken";
    }
    throw error;
  }
}

/** The signed message of an order at this attempt, or why there can be none. */
export async function signedOrder(
  context: EngineContext,
  order: Order,
  key: SigningKey,
  by?: StaffUse,
): Promise<Signed<OrderMessage> | "reference-gone" | "values-gone"> {
  const { plan, db, clock } = context;
  const reference = await findReference(context, db, order.subject, order.processor);
  if (reference === null) return "reference-gone";
  const values = order.kind === "correct" ? await rightValues(context, order, by) : undefined;
  if (values === null) return "values-gone";
  const message: OrderMessage = {
    protocol: "jikim-order/1",
    order: order.id,
    controller: plan.policy.id,
    processor: order.processor,
    kind: order.kind,
    reference,
    items: order.items,
    ...(values === undefined ? {} : { values }),
    due: order.dueOn,
    attempt: Math.max(1, order.attempts),
    sent_at: new Date(clock.now()).toISOString(),
  };
  return signMessage(message, key);
}

/**
 * The values are read when they are sent and never lie in an order: through the gate, for the
 * purposes of the processor's works that need them. Where staff see them, the access log says so.
 */
async function rightValues(
  context: EngineContext,
  order: Order,
  by: StaffUse | undefined,
): Promise<Readonly<Record<string, string>> | null> {
  const { plan } = context;
  const values: Record<string, string> = {};
  for (const id of plan.processors.get(order.processor)?.processor.work ?? []) {
    const work = plan.policy.works[id];
    const items = order.items.filter((item) => work?.items.includes(item) === true);
    if (work === undefined || items.length === 0) continue;
    try {
      const { purpose } = work;
      const use = by === undefined ? { purpose } : { purpose, by };
      Object.assign(values, await read(context, order.subject, items, use));
    } catch (error) {
      const ended = ["ERR_USE_REFUSED", "ERR_SUBJECT_UNKNOWN", "ERR_KEY_GONE"];
      if (!(error instanceof JikimError) || !ended.includes(error.code)) throw error;
    }
  }
  return Object.keys(values).length === 0 ? null : values;
}

/** Only an order still without an answer: one that overtook the mark stays. */
async function markSent(context: EngineContext, order: Order): Promise<void> {
  await context.db.query(
    `update processor_order set state = 'sent', last_fault = null
      where subject = $1 and id = $2 and state = 'queued'`,
    [bytes(order.subject), bytes(order.id)],
  );
}
