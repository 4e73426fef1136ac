/**
 * The door for processors' answers: a machine talks here, so it has no page, no cookie and no form
 * token. What guards it is the signature; the body is small and few are read at once.
 */
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { JikimError } from "../base/errors.ts";
import type { EngineContext } from "../engine/jikim.ts";
import { acceptAnswer, type AnswerRule } from "../engine/processor/accept-answer.ts";
import { MAX_MESSAGE_BYTES } from "../engine/processor/protocol.ts";

/** Where answers are taken. */
export const ANSWERS_PATH = "/processor/answers";

const MOST_AT_ONCE = 16;

const STATUS: Readonly<Record<AnswerRule, 400 | 401 | 404 | 409>> = {
  unreadable: 400,
  "not-signed-by-it": 401,
  clock: 409,
  "order-unknown": 404,
  "number-gone-back": 409,
  "number-used-twice": 409,
  contradicts: 409,
  "state-unfit": 409,
};

export interface ProcessorAnswersOptions {
  readonly context: EngineContext;
  /** Receives what must not be shown. */
  log(error: unknown): void;
}

/**
 * Takes signed answers by `POST /processor/answers`. Mount it before the edge for pages: that one
 * takes forms only.
 * @example app.route("/", createProcessorAnswers({ context: jikim.context, log }))
 */
export function createProcessorAnswers(options: ProcessorAnswersOptions): Hono {
  const app = new Hono();
  let busy = 0;
  app.use(
    ANSWERS_PATH,
    bodyLimit({
      maxSize: MAX_MESSAGE_BYTES,
      onError: (c) => c.json({ code: "unreadable" }, 413),
    }),
  );
  app.post(ANSWERS_PATH, async (c) => {
    c.header("Cache-Control", "no-store");
    c.header("X-Content-Type-Options", "nosniff");
    if (!/^application\/json\b/i.test(c.req.header("content-type") ?? "")) {
      return c.json({ code: "unreadable" }, 415);
    }
    if (busy >= MOST_AT_ONCE) return c.json({ code: "busy" }, 503);
    busy += 1;
    try {
      const { state, repeated } = await acceptAnswer(options.context, await c.req.text(), "https");
      return c.json({ state, repeated });
    } catch (error) {
      const rule = ruleOf(error);
      if (rule !== null) return c.json({ code: rule }, STATUS[rule]);
      options.log(error);
      return c.json({ code: "failed" }, 503); // not taken: it is to be sent again
    } finally {
      busy -= 1;
    }
  });
  app.all(ANSWERS_PATH, (c) => c.json({ code: "method" }, 405, { Allow: "POST" }));
  return app;
}

function ruleOf(error: unknown): AnswerRule | null {
  if (!(error instanceof JikimError) || error.code !== "ERR_PROCESSOR_ANSWER") return null;
  const { rule } = error.facts;
  return isRule(rule) ? rule : null;
}

function isRule(rule: unknown): rule is AnswerRule {
  return typeof rule === "string" && Object.hasOwn(STATUS, rule);
}
