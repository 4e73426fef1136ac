/**
 * What a processor answered, taken once. A signed answer counts when its signature, its clock and
 * its order are right and its number is new; the same answer again changes nothing, and whatever
 * does not fit is refused without touching the order. Late answers are welcome.
 */
import { createHash } from "node:crypto";
import { isDay } from "../../base/calendar.ts";
import { JikimError } from "../../base/errors.ts";
import { present } from "../../base/assert.ts";
import { bytes, moment } from "../../store/column-value.ts";
import type { Sql } from "../../store/database.ts";
import { appendLeaf } from "../audit/append-leaf.ts";
import type { EngineContext } from "../jikim.ts";
import { isFinal, lockedOrder, type Order } from "./order-row.ts";
import { type AnswerMessage, type AnswerState, isFresh, readAnswer } from "./protocol.ts";
import { PROCESSOR_COMPARTMENT } from "./reference.ts";
import { processorRegister } from "./register.ts";
import { isSignedBy, signedBytes } from "./sign.ts";

/** Every reason an answer is not taken. */
export const ANSWER_RULES = [
  "unreadable",
  "not-signed-by-it",
  "clock",
  "order-unknown",
  "number-gone-back",
  "number-used-twice",
  "contradicts",
  "state-unfit",
] as const;
export type AnswerRule = (typeof ANSWER_RULES)[number];

export interface TakenAnswer {
  readonly order: string;
  readonly state: AnswerState;
  /** It had been taken before; nothing changed. */
  readonly repeated: boolean;
}

/** How an answer came: mail takes its time, so its clock is not asked; its number still is. */
export type AnswerCarrier = "https" | "email";

/**
 * Takes a signed answer.
 *
 * Throws ERR_PROCESSOR_ANSWER with `facts.rule`, one of {@link ANSWER_RULES}. A wrong signature and
 * an unknown processor are told alike.
 * @param body the signed answer as it came, at most 16 KiB
 */
export async function acceptAnswer(
  context: EngineContext,
  body: string,
  carrier: AnswerCarrier,
): Promise<TakenAnswer> {
  const answer = readAnswer(body);
  if (answer === null) throw refusal("unreadable");
  const { message } = answer;
  const key = await answerKey(context, message.processor);
  const ours = message.controller === context.plan.policy.id;
  if (key === null || !ours || !isSignedBy(answer, key)) {
    await noteFault(context, message, "answer-not-signed-by-it");
    throw refusal("not-signed-by-it");
  }
  // From here on the processor is known, so that nobody else can fill the log.
  if (carrier === "https" && !isFresh(message, context.clock.now())) {
    return refuse(context, message, "clock");
  }
  const hash = contentHash(message);
  const outcome = await context.db.transaction(async (tx) => {
    const order = await lockedOrder(tx, bytes(message.order));
    if (order === null || order.processor !== message.processor) return "order-unknown";
    if (order.answerHash === hash) return { repeated: true, state: message.state };
    const rule = ruleAgainst(order, message);
    if (rule !== null) return rule;
    await settle(context, tx, order, {
      state: message.state,
      seq: message.seq,
      hash,
      by: "processor",
      until: message.until ?? null,
      detail: message.basis === undefined ? null : { basis: message.basis },
    });
    return { repeated: false, state: message.state };
  });
  if (typeof outcome === "string") return refuse(context, message, outcome);
  return { order: message.order, ...outcome };
}

/** A repetition is signed at its own time; what it says is the same. */
function contentHash(message: AnswerMessage): string {
  return createHash("sha256")
    .update(signedBytes({ ...message, sent_at: "" }))
    .digest("hex");
}

/** An answer typed by staff, out of a letter, a mail or a call. */
export interface StaffAnswer {
  /** 32 hex digits. */
  readonly order: string;
  readonly state: AnswerState;
  readonly basis?: string | undefined;
  readonly until?: string | undefined;
  /** Who types it, and what it was read from. Both are sealed. */
  readonly by: string;
  readonly document: string;
}

/**
 * Takes an answer that staff read somewhere. Throws ERR_USAGE when something of it is missing or
 * too long, and ERR_PROCESSOR_ANSWER as {@link acceptAnswer} does.
 */
export async function answerByStaff(
  context: EngineContext,
  answer: StaffAnswer,
): Promise<TakenAnswer> {
  refuseIncomplete(answer);
  const { order: id, state, by, document } = answer;
  const outcome = await context.db.transaction(async (tx) => {
    const order = await lockedOrder(tx, bytes(id));
    if (order === null) return "order-unknown";
    if (order.state === state && order.answeredBy === "staff") return { repeated: true };
    const rule = ruleAgainst(order, { state, seq: order.answerSeq + 1 });
    if (rule !== null) return rule;
    await settle(context, tx, order, {
      state,
      // A signed answer that follows must still find its number free.
      seq: order.answerSeq,
      hash: order.answerHash,
      by: "staff",
      until: answer.until ?? null,
      detail: { by, document, ...(answer.basis === undefined ? {} : { basis: answer.basis }) },
    });
    return { repeated: false };
  });
  if (typeof outcome === "string") throw refusal(outcome);
  return { order: id, state, repeated: outcome.repeated };
}

/** What a first answer may be followed by: forward only, and never against what was said. */
function ruleAgainst(
  order: Order,
  answer: { readonly state: AnswerState; readonly seq: number },
): AnswerRule | null {
  if (answer.seq < order.answerSeq) return "number-gone-back";
  if (answer.seq === order.answerSeq) return "number-used-twice";
  const ending = order.kind === "erase" || order.kind === "return";
  if (answer.state === "retained_own_duty" && !ending) return "state-unfit";
  if (!isFinal(order.state)) return null;
  // What was retained can be gone later; everything else said for good stays said.
  const later = order.state === "retained_own_duty";
  if (later && answer.state !== "received") return null;
  return order.state === answer.state ? null : "contradicts";
}

interface Settled {
  readonly state: AnswerState;
  readonly seq: number;
  readonly hash: string | null;
  readonly by: "processor" | "staff";
  readonly until: string | null;
  readonly detail: Readonly<Record<string, string>> | null;
}

async function settle(
  context: EngineContext,
  tx: Sql,
  order: Order,
  answer: Settled,
): Promise<void> {
  const at = context.clock.now();
  const { state, until, by } = answer;
  const detail = answer.detail === null ? null : await sealDetail(context, order, answer.detail);
  await tx.query(
    `update processor_order
        set state = $3, answer_seq = $4, answer_hash = $5, answered_at = $6, answered_by = $7,
            retained_until = $8::date, detail = $9, last_fault = null,
            next_at = case when $10 then null else next_at end
      where subject = $1 and id = $2`,
    [
      bytes(order.subject),
      bytes(order.id),
      state,
      answer.seq,
      answer.hash === null ? null : bytes(answer.hash),
      moment(at),
      by,
      until,
      detail,
      isFinal(state),
    ],
  );
  const { processor, id } = order;
  await appendLeaf(tx, at, "processor_answered", { processor, order: id, state, until, by });
}

async function sealDetail(
  context: EngineContext,
  order: Order,
  detail: Readonly<Record<string, string>>,
): Promise<Uint8Array> {
  const plain = new Uint8Array(Buffer.from(JSON.stringify(detail), "utf8"));
  const [sealed] = await context.keeper.seal([
    {
      context: {
        subject: order.subject,
        record: order.id,
        recordClass: "processor_order",
        compartment: PROCESSOR_COMPARTMENT,
        expiresOn: null,
      },
      plain,
    },
  ]);
  return present(sealed, "one value was sealed");
}

async function answerKey(context: EngineContext, id: string): Promise<string | null> {
  const entry = (await processorRegister(context)).find(({ processor }) => processor.id === id);
  const carrier = entry?.facts.carrier ?? null;
  return carrier === null || carrier.kind === "manual" ? null : carrier.key;
}

/** Shown beside the order: somebody tried to answer in the processor's name, or its key changed. */
async function noteFault(
  context: EngineContext,
  message: AnswerMessage,
  fault: string,
): Promise<void> {
  await context.db.query(
    `update processor_order set last_fault = $3
      where id = $1 and processor = $2 and next_at is not null`,
    [bytes(message.order), message.processor, fault],
  );
}

async function refuse(
  context: EngineContext,
  message: AnswerMessage,
  rule: AnswerRule,
): Promise<never> {
  const { processor } = message;
  await noteFault(context, message, `answer-${rule}`);
  await appendLeaf(context.db, context.clock.now(), "processor_answer_refused", {
    processor,
    rule,
  });
  throw refusal(rule);
}

function refusal(rule: AnswerRule): JikimError {
  return new JikimError("ERR_PROCESSOR_ANSWER", `the answer is not taken: ${rule}`, { rule });
}

function refuseIncomplete(answer: StaffAnswer): void {
  const faults: string[] = [];
  if (!/^[0-9a-f]{32}$/.test(answer.order)) faults.push("the order's id has 32 hex digits");
  for (const name of ["by", "document"] as const) {
    const text = answer[name].trim();
    if (text === "" || text.length > 200) faults.push(`${name} has 1 to 200 characters`);
  }
  const retained = answer.state === "retained_own_duty";
  if (retained !== (answer.basis !== undefined && answer.until !== undefined)) {
    faults.push("a basis and a last day belong to retained_own_duty, and only to it");
  }
  if (answer.until !== undefined && !isDay(answer.until)) faults.push("until is a day");
  if ((answer.basis ?? "").length > 200) faults.push("basis has at most 200 characters");
  if (faults.length > 0) throw new JikimError("ERR_USAGE", faults.join("; "), { faults });
}
