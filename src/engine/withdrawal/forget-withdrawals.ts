/**
 * The line of a withdrawal is proof, and proof ends too: three years after it was done, once none
 * of the person's records is here any more, it goes, and the restriction that shut the handle with
 * it. The handle then is nobody's; the log keeps its leaves.
 */
import { dayOf } from "../../base/calendar.ts";
import type { EngineContext } from "../jikim.ts";

const BATCH = 200;
// Claims for damages end after three years (민법 제766조①); a parameter of the policy may say less.
const PROOF_UNTOLD = "P3Y";

/** Removes what has served as proof for long enough; returns how many. */
export async function forgetWithdrawals({ plan, db, clock }: EngineContext): Promise<number> {
  const period = String(plan.parameters.get("withdrawal_proof")?.value ?? PROOF_UNTOLD);
  const today = dayOf(clock.now(), plan.timeZone);
  for (let forgotten = 0; ;) {
    const over = await db.query<{ subject: Uint8Array }>(
      `select subject
         from withdrawal
        where step = 'told'
          and (done_at at time zone $2)::date + $3::interval < $1::date
          and not exists (select from record where record.subject = withdrawal.subject)
        order by done_at, subject
        limit ${BATCH}`,
      [today, plan.timeZone, period],
    );
    if (over.length === 0) return forgotten;
    for (const { subject } of over) {
      await db.transaction(async (tx) => {
        await tx.query("delete from withdrawal where subject = $1", [subject]);
        await tx.query("delete from restriction where subject = $1 and reason = 'withdrawal'", [
          subject,
        ]);
      });
    }
    forgotten += over.length;
  }
}
