/**
 * Sends what waits in the outbox. It may run as often as anyone likes, in as many processes as
 * there are: a message is claimed before it is sent, and a claim that a crash leaves behind ends by
 * itself. The address is read through the gate only now, so a restriction placed since stops it.
 */
import { present } from "../../base/assert.ts";
import { JikimError } from "../../base/errors.ts";
import { readHead } from "../../keys/envelope/locks.ts";
import { hex, moment } from "../../store/column-value.ts";
import type { EngineContext } from "../jikim.ts";
import { localCarrier, type MessageCarrier } from "./carrier.ts";
import type { MessageFacts, MessageKind } from "./message-facts.ts";
import { messageText } from "./message-words.ts";
import { addressPlace, langOf } from "./queue-message.ts";
import { type NoAddress, readAddress } from "./read-address.ts";

/** Why a message was not sent. */
export type MessageFault = NoAddress | "carrier-failed";

export interface MessageRun {
  readonly sent: number;
  /** Attempts that failed, by reason. */
  readonly faults: Readonly<Partial<Record<MessageFault, number>>>;
  /** Messages given up in this run. */
  readonly failed: number;
}

const BATCH = 100;
const MINUTE_MS = 60_000;
// The last step is shorter than a day, so that a daily run never finds it just not due.
const BACK_OFF_MINUTES = [5, 15, 60, 240, 720, 23 * 60] as const;
/** Attempts before it is given up: about thirty days. */
const MOST_ATTEMPTS = 34;

type Claimed = {
  readonly subject: Uint8Array;
  readonly id: Uint8Array;
  readonly kind: MessageKind;
  readonly lang: string;
  readonly facts: string;
  readonly address: Uint8Array | null;
  readonly attempts: number;
};

/**
 * Sends what is due.
 * @example const { sent } = await runMessages(context, carrier);
 */
export async function runMessages(
  context: EngineContext,
  carrier: MessageCarrier = localCarrier,
): Promise<MessageRun> {
  const faults: Partial<Record<MessageFault, number>> = {};
  let [sent, failed] = [0, 0];
  for (;;) {
    const claimed = await claimDue(context);
    if (claimed.length === 0) return Object.freeze({ sent, faults, failed });
    for (const message of claimed) {
      const fault = await sendOne(context, carrier, message);
      if (fault === null) {
        await markSent(context, message, carrier.name);
        sent += 1;
        continue;
      }
      faults[fault] = (faults[fault] ?? 0) + 1;
      if (await noteFault(context, message, fault)) failed += 1;
    }
  }
}

/** The attempt counts and the next one is set before anything is sent. */
async function claimDue({ db, clock }: EngineContext): Promise<readonly Claimed[]> {
  const at = clock.now();
  return db.transaction(async (tx) => {
    const rows = await tx.query<Claimed>(
      `select subject, id, kind, lang, facts, address, attempts
         from message
        where next_at <= $1
        order by next_at, subject, id
        limit ${BATCH}
          for update skip locked`,
      [moment(at)],
    );
    const next = rows.map(({ attempts }) => moment(at + backOffMs(attempts + 1)));
    await tx.query(
      `update message set attempts = attempts + 1, next_at = claimed.next_at::timestamptz
         from unnest($1::text[], $2::text[], $3::text[]) as claimed (subject, id, next_at)
        where message.subject = decode(claimed.subject, 'hex')
          and message.id = decode(claimed.id, 'hex')`,
      [rows.map((row) => hex(row.subject)), rows.map((row) => hex(row.id)), next],
    );
    return rows.map((row) => ({ ...row, attempts: row.attempts + 1 }));
  });
}

function backOffMs(attempts: number): number {
  const at = Math.min(Math.max(attempts, 1), BACK_OFF_MINUTES.length) - 1;
  return (BACK_OFF_MINUTES[at] ?? 0) * MINUTE_MS;
}

async function sendOne(
  context: EngineContext,
  carrier: MessageCarrier,
  message: Claimed,
): Promise<MessageFault | null> {
  const to =
    message.address === null
      ? await readAddress(context, hex(message.subject))
      : await openAddress(context, message, message.address);
  if (typeof to !== "string") return to.fault;
  const lang = langOf(context, message.lang);
  const facts = JSON.parse(message.facts) as MessageFacts; // checked when it was queued
  const text = messageText(context.plan.policy, { kind: message.kind, lang, facts });
  try {
    await carrier.send({ id: hex(message.id), to, lang, ...text });
    return null;
  } catch {
    return "carrier-failed"; // what a mailer says may quote the letter
  }
}

async function openAddress(
  { keeper }: EngineContext,
  message: Claimed,
  sealed: Uint8Array,
): Promise<string | { readonly fault: MessageFault }> {
  const context = addressPlace(hex(message.subject), hex(message.id));
  try {
    const [plain] = await keeper.open([{ context, sealed }]);
    return Buffer.from(present(plain, "one value was opened")).toString("utf8");
  } catch (error) {
    const gone = ["ERR_KEY_GONE", "ERR_SEALED_VALUE_DAMAGED"];
    if (error instanceof JikimError && gone.includes(error.code)) return { fault: "address-gone" };
    throw error;
  }
}

async function markSent(context: EngineContext, message: Claimed, carrier: string): Promise<void> {
  await settle(context, message, { state: "sent", carrier, fault: null });
}

/** Returns whether it was given up: nothing will be there tomorrow either, or it was tried enough. */
async function noteFault(
  context: EngineContext,
  message: Claimed,
  fault: MessageFault,
): Promise<boolean> {
  if (fault === "address-gone" || message.attempts >= MOST_ATTEMPTS) {
    await settle(context, message, { state: "failed", carrier: null, fault });
    return true;
  }
  await context.db.query("update message set last_fault = $3 where subject = $1 and id = $2", [
    message.subject,
    message.id,
    fault,
  ]);
  return false;
}

/** The end of a message; the lock of its address dies with the next sweep, and the address now. */
async function settle(
  context: EngineContext,
  message: Claimed,
  end: { readonly state: "sent" | "failed"; carrier: string | null; fault: MessageFault | null },
): Promise<void> {
  const lock = message.address === null ? null : readHead(message.address).locks.own;
  await context.db.transaction(async (tx) => {
    await tx.query(
      `update message
          set state = $3, next_at = null, address = null, carrier = $4, last_fault = $5,
              sent_at = case when $3 = 'sent' then $6::timestamptz end
        where subject = $1 and id = $2`,
      [message.subject, message.id, end.state, end.carrier, end.fault, moment(context.clock.now())],
    );
    if (lock === null) return;
    await tx.query("insert into given_up_lock (slot) values ($1) on conflict (slot) do nothing", [
      lock,
    ]);
  });
}
