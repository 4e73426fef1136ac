/** What staff still have to close: living records that wait for an event, the oldest first. */
import { hex } from "../../store/column-value.ts";
import type { EngineContext } from "../jikim.ts";

const MOST = 200;

export interface WaitingRecord {
  readonly subject: string;
  /** 32 hex digits. */
  readonly record: string;
  readonly occasion: string;
  readonly method: string;
  /** Day, in the policy's time zone. */
  readonly collectedOn: string;
}

/**
 * Records of a class for which an event has not happened yet: at most 200, so a longer list goes on
 * when these are done. Handles and days, no value.
 * @example await waitingRecords(context, { recordClass: "support_ticket", event: "ticket_closed" });
 */
export async function waitingRecords(
  context: EngineContext,
  { recordClass, event }: { readonly recordClass: string; readonly event: string },
): Promise<readonly WaitingRecord[]> {
  const rows = await context.db.query<{
    subject: Uint8Array;
    id: Uint8Array;
    occasion: string;
    method: string;
    collected_on: string;
  }>(
    `select subject, id, occasion, method, collected_on
       from record
      where class = $1 and expires_on is null
        and not exists (select from record_event as seen
                         where seen.subject = record.subject and seen.record = record.id
                           and seen.event = $2)
      order by collected_at, subject, id
      limit ${MOST}`,
    [recordClass, event],
  );
  return rows.map(({ subject, id, collected_on: collectedOn, ...row }) => ({
    ...row,
    subject: hex(subject),
    record: hex(id),
    collectedOn,
  }));
}
