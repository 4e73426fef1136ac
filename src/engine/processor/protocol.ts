/**
 * The order protocol: what a controller tells a processor to do with one person's data, and what
 * the processor answers. Both are JSON, signed; docs/guides/processor-orders.md is the text for
 * whoever builds the other end. Nothing here does IO.
 */
import { isDay } from "../../base/calendar.ts";

export const ORDER_KINDS = ["erase", "correct", "restrict", "return"] as const;
export type OrderKind = (typeof ORDER_KINDS)[number];

/** What a processor can say. `received` comes first or is left out; the others are final. */
export const ANSWER_STATES = ["received", "done", "held_nothing", "retained_own_duty"] as const;
export type AnswerState = (typeof ANSWER_STATES)[number];

/** Where an order stands with us. */
export const ORDER_STATES = ["queued", "sent", ...ANSWER_STATES] as const;
export type OrderState = (typeof ORDER_STATES)[number];

/** What a controller sends. */
export interface OrderMessage {
  readonly protocol: "jikim-order/1";
  /** 32 hex digits; the same in every attempt. */
  readonly order: string;
  readonly controller: string;
  readonly processor: string;
  readonly kind: OrderKind;
  /** The processor's own name for the person: 32 hex digits out of an export. */
  readonly reference: string;
  readonly items: readonly string[];
  /** The right values; only in `correct`. */
  readonly values?: Readonly<Record<string, string>>;
  /** Last day for the answer. */
  readonly due: string;
  /** 1, 2, …: grows with each sending of the order. */
  readonly attempt: number;
  /** ISO 8601, UTC, milliseconds. */
  readonly sent_at: string;
}

/** What a processor sends back. */
export interface AnswerMessage {
  readonly protocol: "jikim-answer/1";
  readonly order: string;
  readonly controller: string;
  readonly processor: string;
  readonly state: AnswerState;
  /** Only in `retained_own_duty`: the processor's own statute, and the last day under it. */
  readonly basis?: string;
  readonly until?: string;
  /** 1, 2, …: grows with each new answer to the order; a repetition keeps it. */
  readonly seq: number;
  readonly sent_at: string;
}

/** A message with the id of the key and the signature over its canonical bytes. */
export interface Signed<M> {
  readonly message: M;
  /** First 16 hex digits of the SHA-256 of the raw public key. */
  readonly key: string;
  /** Ed25519 (RFC 8032), base64url without padding. */
  readonly signature: string;
}

/** Largest message either side reads, in bytes. */
export const MAX_MESSAGE_BYTES = 16_384;
/** A message sent longer ago than this, or so far ahead, is not taken. */
export const CLOCK_WINDOW_MS = 5 * 60_000;

const ID = /^[0-9a-f]{32}$/;
const KEY_ID = /^[0-9a-f]{16}$/;
const SIGNATURE = /^[A-Za-z0-9_-]{86}$/;
const NAME = /^[a-z][a-z0-9_-]{0,63}$/i;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
const MAX_BASIS = 200;
const MAX_ITEMS = 64;
const MAX_VALUE = 4_096;

type Test = (value: unknown) => boolean;
const text =
  (pattern: RegExp): Test =>
  (value) =>
    typeof value === "string" && pattern.test(value);
const oneOf =
  (list: readonly string[]): Test =>
  (value) =>
    typeof value === "string" && list.includes(value);
const day: Test = (value) => typeof value === "string" && isDay(value);
const counter: Test = (value) => Number.isSafeInteger(value) && Number(value) > 0;
const instant: Test = (value) => text(INSTANT)(value) && !Number.isNaN(Date.parse(String(value)));
const names: Test = (value) =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.length <= MAX_ITEMS &&
  value.every((each) => text(NAME)(each)) &&
  new Set(value).size === value.length;
const values: Test = (value) =>
  isObject(value) &&
  Object.keys(value).length <= MAX_ITEMS &&
  Object.entries(value).every(
    ([name, each]) => NAME.test(name) && typeof each === "string" && each.length <= MAX_VALUE,
  );

const ORDER: Readonly<Record<keyof OrderMessage, Test>> = {
  protocol: oneOf(["jikim-order/1"]),
  order: text(ID),
  controller: text(NAME),
  processor: text(NAME),
  kind: oneOf(ORDER_KINDS),
  reference: text(ID),
  items: names,
  values,
  due: day,
  attempt: counter,
  sent_at: instant,
};
const ANSWER: Readonly<Record<keyof AnswerMessage, Test>> = {
  protocol: oneOf(["jikim-answer/1"]),
  order: text(ID),
  controller: text(NAME),
  processor: text(NAME),
  state: oneOf(ANSWER_STATES),
  basis: (value) => typeof value === "string" && value.length > 0 && value.length <= MAX_BASIS,
  until: day,
  seq: counter,
  sent_at: instant,
};

/** The signed order in a text, or null: wrong shape, an unknown key, one missing, too large. */
export function readOrder(body: string): Signed<OrderMessage> | null {
  const signed = readSigned(body);
  if (signed === null || !isOrder(signed.message)) return null;
  return { ...signed, message: signed.message };
}

/** The signed answer in a text, or null. */
export function readAnswer(body: string): Signed<AnswerMessage> | null {
  const signed = readSigned(body);
  if (signed === null || !isAnswer(signed.message)) return null;
  return { ...signed, message: signed.message };
}

/** Was it sent within the window around `now`? Both in milliseconds since the epoch. */
export function isFresh(message: { readonly sent_at: string }, now: number): boolean {
  return Math.abs(now - Date.parse(message.sent_at)) <= CLOCK_WINDOW_MS;
}

function isOrder(value: unknown): value is OrderMessage {
  if (!isObject(value) || !fits(value, ORDER, ["values"])) return false;
  return (value["kind"] === "correct") === "values" in value;
}

function isAnswer(value: unknown): value is AnswerMessage {
  if (!isObject(value) || !fits(value, ANSWER, ["basis", "until"])) return false;
  const retained = value["state"] === "retained_own_duty";
  return retained === "basis" in value && retained === "until" in value;
}

function readSigned(body: string): Signed<unknown> | null {
  if (Buffer.byteLength(body, "utf8") > MAX_MESSAGE_BYTES) return null;
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return null;
  }
  if (!isObject(value) || Object.keys(value).length !== 3 || !("message" in value)) return null;
  const { message, key, signature } = value;
  if (typeof key !== "string" || !KEY_ID.test(key)) return null;
  if (typeof signature !== "string" || !SIGNATURE.test(signature)) return null;
  // The last of 86 digits has four bits to spare; one signature has one spelling (RFC 4648 §3.5).
  if (Buffer.from(signature, "base64url").toString("base64url") !== signature) return null;
  return { message, key, signature };
}

/** Every key known and right, none missing but those that may be. */
function fits(
  value: Readonly<Record<string, unknown>>,
  shape: Readonly<Record<string, Test>>,
  mayMiss: readonly string[],
): boolean {
  if (Object.keys(value).some((key) => !Object.hasOwn(shape, key))) return false;
  return Object.entries(shape).every(([key, test]) =>
    Object.hasOwn(value, key) ? test(value[key]) : mayMiss.includes(key),
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
