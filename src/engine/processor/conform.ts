/**
 * The conformance kit: a test controller asks a processor's end everything the protocol knows, the
 * right and the wrong, and says what it should have answered. It touches no store.
 */
import { JikimError } from "../../base/errors.ts";
import type { Clock, Random } from "../../base/clock.ts";
import { hex } from "../../store/column-value.ts";
import { isCarrierUrl } from "./facts.ts";
import { type Delivery, postOrder } from "./https-carrier.ts";
import {
  type AnswerMessage,
  CLOCK_WINDOW_MS,
  isFresh,
  MAX_MESSAGE_BYTES,
  type OrderMessage,
  readAnswer,
} from "./protocol.ts";
import { isPublicKey, isSignedBy, keyFromSeed, type SigningKey, signMessage } from "./sign.ts";

export interface ConformOptions {
  /** Where the end takes orders. */
  readonly url: string;
  /** The test controller's key; the end must know its public half. */
  readonly key: SigningKey;
  /** Raw public key of the end's answers, base64url. */
  readonly answerKey: string;
  readonly controller: string;
  readonly processor: string;
  /** Item names the orders are about. */
  readonly items: readonly string[];
  /** A reference under which the end holds something it may erase; without it none is erased. */
  readonly reference?: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly timeoutMs?: number;
}

export interface ConformLine {
  /** What was tried. */
  readonly tried: string;
  readonly ok: boolean;
  /** What came, in words of the protocol. */
  readonly came: string;
}

const ID_BYTES = 16;
const DUE_AFTER_MS = 5 * 24 * 3_600_000;
const FORMER_MS = 2 * CLOCK_WINDOW_MS;

/**
 * Runs an end through the protocol. Never throws for what the end does; throws ERR_USAGE for an
 * address that orders are not sent to and for a key that is none.
 * @example const failed = (await conform(options)).filter(({ ok }) => !ok);
 */
export async function conform(options: ConformOptions): Promise<readonly ConformLine[]> {
  if (!isCarrierUrl(options.url)) {
    throw new JikimError("ERR_USAGE", "the address is https, or http to this machine itself");
  }
  if (!isPublicKey(options.answerKey)) {
    throw new JikimError("ERR_USAGE", "the answer key is 32 bytes in base64url");
  }
  const lines: ConformLine[] = [];
  for (const part of [goodOrders, heldReference, wrongOrders, noOrders]) {
    lines.push(...(await part(options)));
  }
  return lines;
}

/** An order it has nothing for, sent thrice: nothing is held, and every answer says the same. */
async function goodOrders(options: ConformOptions): Promise<ConformLine[]> {
  const message = orderOf(options);
  const first = await ask(options, message);
  const lines = [
    line("a good order for somebody it does not know", first, ["held_nothing", "received"]),
  ];
  const again = await ask(options, message);
  const later = await ask(options, { ...message, attempt: 2, sent_at: sentAt(options, 1) });
  for (const [tried, came] of [
    ["the same order again", again],
    ["the same order at its second attempt", later],
  ] as const) {
    const same = sameAnswer(first, came);
    lines.push({ tried, ok: same, came: same ? words(came) : `${words(came)}, not the same` });
  }
  const correct = orderOf(options, {
    kind: "correct",
    values: Object.fromEntries(options.items.map((item) => [item, "test"])),
  });
  const kinds = [
    correct,
    orderOf(options, { kind: "restrict" }),
    orderOf(options, { kind: "return" }),
  ];
  for (const order of kinds) {
    const came = await ask(options, order);
    lines.push(line(`an order to ${order.kind}`, came, ["held_nothing", "received"]));
  }
  return lines;
}

/** With a reference to try on: it is erased once, and then there is nothing. */
async function heldReference(options: ConformOptions): Promise<ConformLine[]> {
  const { reference } = options;
  if (reference === undefined) return [];
  const erased = await ask(options, orderOf(options, { reference }));
  const kept = "answer" in erased && erased.answer.state === "retained_own_duty";
  const after = await ask(options, orderOf(options, { reference }));
  return [
    line("erasing what it holds", erased, ["done", "retained_own_duty", "received"]),
    line(
      "erasing it by another order",
      after,
      kept ? ["retained_own_duty", "received"] : ["held_nothing", "done", "received"],
    ),
  ];
}

/** Orders that must not be taken, each signed as it says. */
async function wrongOrders(options: ConformOptions): Promise<ConformLine[]> {
  const foreign = keyFromSeed(options.random.bytes(32));
  const good = orderOf(options);
  const old = orderOf(options, { sent_at: sentAt(options, -FORMER_MS) });
  const early = orderOf(options, { sent_at: sentAt(options, FORMER_MS) });
  const texts: readonly (readonly [string, string])[] = [
    ["an order signed by somebody else", text(good, foreign)],
    [
      "somebody else’s signature under our key’s id",
      JSON.stringify({ ...signMessage(good, foreign), key: options.key.id }),
    ],
    [
      "an order changed after it was signed",
      JSON.stringify({ ...signMessage(good, options.key), message: orderOf(options) }),
    ],
    ["an order sent ten minutes ago", text(old, options.key)],
    ["an order from ten minutes ahead", text(early, options.key)],
    [
      "an order for another processor",
      text(orderOf(options, { processor: `${options.processor}-other` }), options.key),
    ],
    [
      "an order of another controller",
      text(orderOf(options, { controller: `${options.controller}-other` }), options.key),
    ],
  ];
  return refusedAll(options, texts);
}

/** Texts that are no order at all. */
async function noOrders(options: ConformOptions): Promise<ConformLine[]> {
  const further = { ...orderOf(options), note: "x" } as OrderMessage;
  const valued = orderOf(options, { values: { [options.items[0] ?? "item"]: "x" } });
  return refusedAll(options, [
    ["nothing", ""],
    ["a text that is no JSON", "order"],
    ["an empty object", "{}"],
    ["an order with a key too many", text(further, options.key)],
    ["an order to erase with values", text(valued, options.key)],
    ["a text that is too large", " ".repeat(MAX_MESSAGE_BYTES + 1)],
  ]);
}

async function refusedAll(
  options: ConformOptions,
  texts: readonly (readonly [tried: string, body: string])[],
): Promise<ConformLine[]> {
  const lines: ConformLine[] = [];
  for (const [tried, body] of texts) {
    const delivery = await postOrder(options.url, body, options.timeoutMs);
    const ok = "fault" in delivery && delivery.fault === "refused";
    const came = "fault" in delivery ? FAULTS[delivery.fault] : "it was taken";
    lines.push({ tried, ok, came: ok ? "refused" : came });
  }
  return lines;
}

/** Taken without an answer yet, or with one; or not, and why. */
type Came =
  | { readonly later: true }
  | { readonly answer: AnswerMessage }
  | { readonly wrong: string };

async function ask(options: ConformOptions, message: OrderMessage): Promise<Came> {
  const delivery = await postOrder(options.url, text(message, options.key), options.timeoutMs);
  if ("fault" in delivery) return { wrong: FAULTS[delivery.fault] };
  if (delivery.body === null) return { later: true };
  const signed = readAnswer(delivery.body);
  if (signed === null) return { wrong: "what came is no signed answer" };
  const { message: answer } = signed;
  if (!isSignedBy(signed, options.answerKey))
    return { wrong: "the signature is not the answer key’s" };
  const names = answer.controller === options.controller && answer.processor === options.processor;
  if (!names) return { wrong: "the answer has other names" };
  if (answer.order !== message.order) return { wrong: "it answers another order" };
  if (!isFresh(answer, options.clock.now())) return { wrong: "its sent_at is not now" };
  return { answer };
}

function line(tried: string, came: Came, states: readonly string[]): ConformLine {
  const fits = "later" in came || ("answer" in came && states.includes(came.answer.state));
  const what = words(came);
  return { tried, ok: fits, came: fits ? what : `${what}, where ${states.join(" or ")} is right` };
}

function words(came: Came): string {
  if ("wrong" in came) return came.wrong;
  return "later" in came ? "taken, to be answered later" : came.answer.state;
}

/** What was said is said again; only the clock moves on, and `received` may have become final. */
function sameAnswer(first: Came, again: Came): boolean {
  if ("wrong" in first || "wrong" in again) return false;
  if ("later" in first || "later" in again) return true;
  const { state, seq } = first.answer;
  if (state === "received" && again.answer.seq > seq) return true;
  return again.answer.state === state && again.answer.seq === seq;
}

function orderOf(options: ConformOptions, changes: Partial<OrderMessage> = {}): OrderMessage {
  const { random, controller, processor, items, clock } = options;
  return {
    protocol: "jikim-order/1",
    order: hex(random.bytes(ID_BYTES)),
    controller,
    processor,
    kind: "erase",
    reference: hex(random.bytes(ID_BYTES)),
    items,
    due: new Date(clock.now() + DUE_AFTER_MS).toISOString().slice(0, 10),
    attempt: 1,
    sent_at: sentAt(options, 0),
    ...changes,
  };
}

function sentAt({ clock }: ConformOptions, offset: number): string {
  return new Date(clock.now() + offset).toISOString();
}

function text(message: OrderMessage, key: SigningKey): string {
  return JSON.stringify(signMessage(message, key));
}

const FAULTS: Readonly<Record<Extract<Delivery, { fault: unknown }>["fault"], string>> = {
  "address-refused": "the address is none that orders are sent to",
  unreachable: "nobody listens there",
  "too-slow": "no answer in time",
  redirected: "it leads elsewhere, which nobody follows",
  refused: "it was refused",
  failed: "it broke, where a wrong order is refused and a good one answered",
  "answer-too-large": "the answer is too large",
};
