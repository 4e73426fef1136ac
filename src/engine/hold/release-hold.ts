/** The end of a legal hold before its last day. */
import { JikimError } from "../../base/errors.ts";
import { bytes, hex, moment } from "../../store/column-value.ts";
import { appendLeaf } from "../audit/append-leaf.ts";
import type { EngineContext } from "../jikim.ts";
import { STAFF_HANDLE } from "../staff/staff-handle.ts";

/**
 * Releases a hold. What it alone kept beyond its last day is destroyed by the next sweep, within
 * the time destruction may take. Releasing twice changes nothing.
 *
 * Throws ERR_HOLD_UNKNOWN, and ERR_USAGE for what is no id or no handle of staff.
 * @param id 32 hex digits
 * @example await releaseHold(context, hold.id, { by: "7" });
 */
export async function releaseHold(
  context: EngineContext,
  id: string,
  { by }: { readonly by: string },
): Promise<void> {
  if (!/^[0-9a-f]{32}$/.test(id) || !STAFF_HANDLE.test(by)) {
    throw new JikimError("ERR_USAGE", "a hold has 32 hex digits, and staff have a handle");
  }
  const at = context.clock.now();
  await context.db.transaction(async (tx) => {
    const [hold] = await tx.query<{ subject: Uint8Array; released_at: number | null }>(
      "select subject, released_at from hold where id = $1 for update",
      [bytes(id)],
    );
    if (hold === undefined) throw new JikimError("ERR_HOLD_UNKNOWN", "there is no such hold");
    if (hold.released_at !== null) return;
    await tx.query(
      "update hold set released_at = $3, released_by = $4 where subject = $1 and id = $2",
      [hold.subject, bytes(id), moment(at), by],
    );
    await appendLeaf(tx, at, "hold_released", { hold: id, subject: hex(hold.subject), by });
  });
}
