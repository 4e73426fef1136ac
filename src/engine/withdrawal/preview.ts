/** What a withdrawal would do, before it does anything: counts, days and rules; no value. */
import { dayOf } from "../../base/calendar.ts";
import type { EngineContext } from "../jikim.ts";
import { holdingsOf } from "../processor/place-orders.ts";
import { handleBytes, subjectExists, subjectUnknown } from "../subject.ts";
import { type Fate, FATES, sortRecords, type WithdrawalPart } from "./sort-records.ts";

export interface WithdrawalPreview {
  /** Class by class, in the order of the policy; what is destroyed has no last day. */
  readonly parts: readonly WithdrawalPart[];
  /** Processors that will get an order to erase. */
  readonly processors: readonly string[];
}

/**
 * What becomes of everything held of a subject when they leave today. Throws ERR_SUBJECT_UNKNOWN.
 * @example const { parts } = await previewWithdrawal(context, subject);
 */
export async function previewWithdrawal(
  context: EngineContext,
  subject: string,
): Promise<WithdrawalPreview> {
  const handle = handleBytes(subject);
  if (!(await subjectExists(context.db, handle))) throw subjectUnknown();
  const { clock, plan, db } = context;
  const parts = await sortRecords(context, db, handle, dayOf(clock.now(), plan.timeZone));
  const holdings = await holdingsOf(db, handle);
  return { parts, processors: holdings.map(({ processor }) => processor) };
}

/** Records of each class that go one way: what the log, the message and the pages count. */
export function countsOf(
  parts: readonly WithdrawalPart[],
  fate: Fate,
): Readonly<Record<string, number>> {
  return Object.fromEntries(
    parts.filter((part) => part.fate === fate).map((part) => [part.recordClass, part.records]),
  );
}

/** Records in all, by what becomes of them. */
export function totalsOf(parts: readonly WithdrawalPart[]): Readonly<Record<Fate, number>> {
  const totals = Object.fromEntries(FATES.map((fate) => [fate, 0])) as Record<Fate, number>;
  for (const { fate, records } of parts) totals[fate] += records;
  return totals;
}
