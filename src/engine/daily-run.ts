/**
 * The daily run: everything that is due, in the order in which one thing ends another. It may run
 * as often as anyone likes; what a crash cut short is finished by the next.
 */
import { endEvidence } from "./consent/end-evidence.ts";
import { runConsentClocks } from "./consent/run-consent-clocks.ts";
import type { EngineContext, KeepOptions, KeepReport } from "./jikim.ts";
import type { MessageCarrier } from "./message/carrier.ts";
import { runMessages } from "./message/run-messages.ts";
import { keep } from "./retention/sweep.ts";
import { endUseEvidence } from "./use/end-use-evidence.ts";
import { forgetWithdrawals } from "./withdrawal/forget-withdrawals.ts";
import { continueWithdrawals } from "./withdrawal/withdraw.ts";

/**
 * Carries out what is due. Throws ERR_CLOCK_WENT_BACK as the sweep does.
 * @example const { records } = await dailyRun(context, localCarrier);
 */
export async function dailyRun(
  context: EngineContext,
  carrier: MessageCarrier,
  options?: KeepOptions,
): Promise<Omit<KeepReport, "log">> {
  const withdrawals = await continueWithdrawals(context);
  const clocks = await runConsentClocks(context); // what ends by them goes with this sweep
  const swept = await keep(context, options);
  await endUseEvidence(context);
  await forgetWithdrawals(context);
  const consents = { ...clocks, evidence: await endEvidence(context) };
  const messages = await runMessages(context, carrier);
  return { ...swept, withdrawals, consents, messages };
}
