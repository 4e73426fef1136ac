/** What the simulator drives: the engine's own functions, each of which a planted fault may spoil. */
import { collect } from "../../src/engine/collection/collect.ts";
import { giveConsent, withdrawConsent } from "../../src/engine/consent/consent.ts";
import { dailyRun } from "../../src/engine/daily-run.ts";
import { placeHold } from "../../src/engine/hold/place-hold.ts";
import { releaseHold } from "../../src/engine/hold/release-hold.ts";
import type { EngineContext } from "../../src/engine/jikim.ts";
import { localCarrier } from "../../src/engine/message/carrier.ts";
import { answerByStaff } from "../../src/engine/processor/accept-answer.ts";
import { exportTo } from "../../src/engine/processor/export-to.ts";
import { runProcessorOrders } from "../../src/engine/processor/run-orders.ts";
import { recordEvent } from "../../src/engine/retention/record-event.ts";
import { read } from "../../src/engine/use/read.ts";
import { withdraw } from "../../src/engine/withdrawal/withdraw.ts";

export const SOUND = Object.freeze({
  collect,
  giveConsent,
  withdrawConsent,
  placeHold,
  releaseHold,
  exportTo,
  answerByStaff,
  recordEvent,
  read,
  withdraw,
  /** The daily run. */
  async keep(context: EngineContext): Promise<void> {
    await dailyRun(context, localCarrier);
    await runProcessorOrders(context);
  },
});
export type Engine = typeof SOUND;
