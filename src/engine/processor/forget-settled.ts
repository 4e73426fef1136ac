/**
 * Orders and the ledger of exports are evidence, and evidence ends too: three years after the last
 * order was answered for good, what is known of a subject's processors goes, the lock of their
 * references first. The log keeps its leaves.
 */
import { dayOf } from "../../base/calendar.ts";
import { hex } from "../../store/column-value.ts";
import { appendLeaf } from "../audit/append-leaf.ts";
import type { EngineContext } from "../jikim.ts";
import { PROCESSOR_COMPARTMENT } from "./reference.ts";

const BATCH = 200;
// Claims for damages end after three years (민법 제766조①); a parameter of the policy may say less.
const PROOF_UNTOLD = "P3Y";

/** Removes what has served as evidence for long enough; returns how many subjects it was of. */
export async function forgetSettled(context: EngineContext): Promise<number> {
  const { plan, db, clock, keeper } = context;
  const at = clock.now();
  const period = String(plan.parameters.get("processor_proof")?.value ?? PROOF_UNTOLD);
  let forgotten = 0;
  for (;;) {
    const over = await db.query<{ subject: Uint8Array }>(
      `select subject
         from processor_order
        where not exists (select from record where record.subject = processor_order.subject)
        group by subject
       having bool_and(next_at is null and (retained_until is null or retained_until < $1::date))
          and (max(answered_at) at time zone $2)::date + $3::interval < $1::date
        order by subject
        limit ${BATCH}`,
      [dayOf(at, plan.timeZone), plan.timeZone, period],
    );
    if (over.length === 0) return forgotten;
    for (const { subject } of over) {
      await keeper.destroySubject(hex(subject), [PROCESSOR_COMPARTMENT]);
      await db.transaction(async (tx) => {
        await tx.query("delete from processor_export where subject = $1", [subject]);
        await tx.query("delete from processor_reference where subject = $1", [subject]);
        await tx.query("delete from processor_order where subject = $1", [subject]);
        await appendLeaf(tx, at, "processor_forgotten", { subjects: 1 });
      });
    }
    forgotten += over.length;
  }
}
