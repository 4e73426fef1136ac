/** Giving a processor what the policy lists for its work: the ledger first, then its own door. */
import { exportTo, JikimError, processorRegister } from "jikim";
import type { Service } from "./remotemeeting.ts";

export interface Given {
  readonly processor: string;
  readonly work: string;
  readonly items: readonly string[];
}

/** Reasons that are about one person; every other stands against giving anybody's data. */
const OF_ONE = new Set(["consent-missing", "item-gone", "restricted"]);

/** May the processor be given data now? */
export async function isLive({ jikim }: Service, processor: string): Promise<boolean> {
  const register = await processorRegister(jikim.context);
  const entry = register.find((each) => each.processor.id === processor);
  return entry?.state === "active" && entry.missing.length === 0;
}

/**
 * Gives items of one person. False: not of this person, who took the consent back, left, or is
 * restricted. Throws ERR_PROCESSOR_REFUSED where the policy does not allow it at all.
 */
export async function handToProcessor(
  { jikim, options }: Service,
  subject: string,
  given: Given,
): Promise<boolean> {
  try {
    const left = await exportTo(jikim.context, subject, given);
    await options.handOver?.({ processor: given.processor, ...left });
    return true;
  } catch (error) {
    if (error instanceof JikimError && isOfOne(error)) return false;
    throw error;
  }
}

function isOfOne({ code, facts }: JikimError): boolean {
  if (code === "ERR_RESTRICTED" || code === "ERR_SUBJECT_UNKNOWN") return true;
  const { reasons } = facts;
  if (code !== "ERR_PROCESSOR_REFUSED" || !Array.isArray(reasons)) return false;
  return reasons.every((reason: { readonly rule: string }) => OF_ONE.has(reason.rule));
}
