/**
 * A processor's end for tests: it takes orders over loopback as docs/guides/processor-orders.md
 * says, keeps what it was given under references, and can be told to misbehave.
 */
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import {
  type AnswerMessage,
  isFresh,
  MAX_MESSAGE_BYTES,
  type OrderMessage,
  readOrder,
  type Signed,
} from "../../src/engine/processor/protocol.ts";
import { isSignedBy, keyFromSeed, signMessage } from "../../src/engine/processor/sign.ts";
import type { Clock } from "../../src/base/clock.ts";

/** How it answers. `good`: at once, once, and right. */
export type Manner =
  | "good"
  | "later"
  | "never"
  | "wrong-key"
  | "other-order"
  | "old-clock"
  | "fails"
  | "refuses"
  | "redirects"
  | "too-large"
  | "hangs"
  | "accepts-anything";

export interface ProcessorEnd {
  readonly url: string;
  readonly publicKey: string;
  /** reference → item → value. */
  readonly held: Map<string, Map<string, string>>;
  /** References it must keep under a statute of its own. */
  readonly bound: Set<string>;
  /** Orders as they came, in order. */
  readonly orders: OrderMessage[];
  /** What was really done, by kind. */
  readonly acts: string[];
  manner: Manner;
  /** The signed answer to an order it has seen; another state when told. */
  answer(order: string, changes?: Partial<AnswerMessage>): Signed<AnswerMessage>;
  close(): Promise<void>;
}

interface EndOptions {
  readonly processor: string;
  readonly controller: string;
  /** Raw public key of the controller. */
  readonly controllerKey: string;
  readonly clock: Clock;
}

const KEY = keyFromSeed(new Uint8Array(32).fill(21));
const FOREIGN_KEY = keyFromSeed(new Uint8Array(32).fill(22));

/** Opens an end on a port of the machine's choosing. */
export async function openProcessorEnd(options: EndOptions): Promise<ProcessorEnd> {
  const done = new Map<string, AnswerMessage["state"]>();
  const memory = {
    held: new Map<string, Map<string, string>>(),
    bound: new Set<string>(),
    orders: [] as OrderMessage[],
    acts: [] as string[],
    manner: "good" as Manner,
    publicKey: KEY.publicKey,
    answer: (order: string, changes: Partial<AnswerMessage> = {}) =>
      answerOf(options, memory.manner, {
        order,
        state: done.get(order) ?? "held_nothing",
        ...changes,
      }),
  };
  const app = new Hono();
  app.post("/orders", async (c) => {
    const spoilt = await misbehave(memory.manner);
    if (spoilt !== null) return spoilt;
    const body = await c.req.text();
    const signed = body.length > MAX_MESSAGE_BYTES ? null : readOrder(body);
    if (signed === null) return c.json({ code: "unreadable" }, 400);
    const { message } = signed;
    if (memory.manner !== "accepts-anything") {
      const mine =
        message.processor === options.processor && message.controller === options.controller;
      if (!mine || !isSignedBy(signed, options.controllerKey)) return c.json({}, 401);
      if (!isFresh(message, options.clock.now())) return c.json({ code: "clock" }, 409);
    }
    memory.orders.push(message);
    if (!done.has(message.order)) done.set(message.order, act(memory, message));
    if (memory.manner === "later" || memory.manner === "never") return c.body(null, 202);
    return c.json(memory.answer(message.order));
  });
  return new Promise((resolve) => {
    const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, ({ port }) => {
      const close = (): Promise<void> =>
        new Promise((closed) => {
          if ("closeAllConnections" in server) server.closeAllConnections();
          server.close(() => closed());
        });
      resolve(Object.assign(memory, { url: `http://127.0.0.1:${port}/orders`, close }));
    });
  });
}

/** Does what an order says, once. */
function act(
  memory: Pick<ProcessorEnd, "held" | "bound" | "acts">,
  message: OrderMessage,
): AnswerMessage["state"] {
  const record = memory.held.get(message.reference);
  if (record === undefined) return "held_nothing";
  const ending = message.kind === "erase" || message.kind === "return";
  if (ending && memory.bound.has(message.reference)) return "retained_own_duty";
  memory.acts.push(message.kind);
  if (ending) memory.held.delete(message.reference);
  for (const [item, value] of Object.entries(message.values ?? {})) record.set(item, value);
  return "done";
}

function answerOf(
  options: EndOptions,
  manner: Manner,
  say: Partial<AnswerMessage> & Pick<AnswerMessage, "order" | "state">,
): Signed<AnswerMessage> {
  const late = manner === "old-clock" ? 3_600_000 : 0;
  const retained = { basis: "전자금융거래법 제22조", until: "2031-11-23" };
  const message: AnswerMessage = {
    protocol: "jikim-answer/1",
    controller: options.controller,
    processor: options.processor,
    ...(say.state === "retained_own_duty" ? retained : {}),
    seq: 1,
    sent_at: new Date(options.clock.now() - late).toISOString(),
    ...say,
    ...(manner === "other-order" ? { order: "0".repeat(32) } : {}),
  };
  return signMessage(message, manner === "wrong-key" ? FOREIGN_KEY : KEY);
}

async function misbehave(manner: Manner): Promise<Response | null> {
  switch (manner) {
    case "fails":
      return new Response("", { status: 503 });
    case "refuses":
      return new Response("", { status: 403 });
    case "redirects":
      return new Response(null, { status: 302, headers: { location: "http://127.0.0.1:1/" } });
    case "too-large":
      return new Response("x".repeat(4 * MAX_MESSAGE_BYTES));
    case "hangs":
      return new Promise(() => {}); // until the other side has waited long enough
    default:
      return null;
  }
}
