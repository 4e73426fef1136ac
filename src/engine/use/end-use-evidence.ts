/**
 * Evidence of use ends too. A line of the access log goes after the period of the law; what was
 * provided, and what was restricted, goes once no record or consent of the person is left and a
 * claim for damages has run out. Keys first, then rows. The log keeps its leaves.
 */
import { addDays, dayOf, eligibleAt, lastDay } from "../../base/calendar.ts";
import { hex, moment } from "../../store/column-value.ts";
import type { Sql } from "../../store/database.ts";
import { appendLeaf } from "../audit/append-leaf.ts";
import type { EngineContext } from "../jikim.ts";
import { PROVISION_COMPARTMENT } from "../provision/provision-place.ts";
import { ACCESS_CLASS } from "./staff-access.ts";

const BATCH = 1_000;
const DAYS_AT_ONCE = 100;
const SUBJECTS_AT_ONCE = 200;
// Claims for damages end after three years (민법 제766조①); a parameter of the policy may say less.
const PROOF_UNTOLD = "P3Y";

/** Removes what is over; a second call finds nothing. Part of the daily run. */
export async function endUseEvidence(context: EngineContext): Promise<void> {
  const accesses = await endAccesses(context);
  const ended = await endProvisions(context);
  if (accesses + ended.provisions + ended.restrictions === 0) return;
  await appendLeaf(context.db, context.clock.now(), "use_evidence_ended", { accesses, ...ended });
}

async function endAccesses({ db, clock, keeper, plan }: EngineContext): Promise<number> {
  const today = dayOf(clock.now(), plan.timeZone);
  let removed = 0;
  for (;;) {
    const days = await db.query<{ expires_on: string }>(
      `select distinct expires_on
         from access_log
        where expires_on < $1::date
        order by expires_on
        limit ${DAYS_AT_ONCE}`,
      [today],
    );
    if (days.length === 0) return removed;
    for (const { expires_on: day } of days) {
      await keeper.destroyDay(ACCESS_CLASS, day);
      for (let more = true; more;) {
        const gone = await db.query(
          `delete from access_log
            where (subject, id) in (select subject, id from access_log
                                     where expires_on = $1::date
                                     order by subject, id
                                     limit ${BATCH})
            returning 1 as gone`,
          [day],
        );
        removed += gone.length;
        more = gone.length === BATCH;
      }
    }
  }
}

interface Ended {
  readonly provisions: number;
  readonly restrictions: number;
}

async function endProvisions(context: EngineContext): Promise<Ended> {
  const { db, keeper } = context;
  let [provisions, restrictions] = [0, 0];
  for (;;) {
    const over = await subjectsOver(context);
    if (over.length === 0) return { provisions, restrictions };
    for (const { subject } of over) {
      await keeper.destroySubject(hex(subject), [PROVISION_COMPARTMENT]);
      const gone = await db.transaction(async (tx) => removeOf(tx, subject));
      provisions += gone.provisions;
      restrictions += gone.restrictions;
    }
  }
}

/** No record of theirs is left, and all of it is older than the period. */
async function subjectsOver({
  db,
  clock,
  plan,
}: EngineContext): Promise<readonly { readonly subject: Uint8Array }[]> {
  const period = String(plan.parameters.get("provision_proof")?.value ?? PROOF_UNTOLD);
  const since = lastDay(dayOf(clock.now(), plan.timeZone), `-${period}`);
  const cutoff = moment(eligibleAt(addDays(since, -1), plan.timeZone));
  return db.query(
    `select subject
       from (select subject, at from provision where at < $1::timestamptz
              union all
             select subject, registered_at from provision_document
              where registered_at < $1::timestamptz
              union all
             select subject, placed_at from restriction where placed_at < $1::timestamptz) as proof
      where not exists (select from record where record.subject = proof.subject)
        and not exists (select from consent where consent.subject = proof.subject)
        and not exists (select from provision as later
                         where later.subject = proof.subject and later.at >= $1::timestamptz)
        and not exists (select from provision_document as later
                         where later.subject = proof.subject
                           and greatest(later.registered_at, later.released_at) >= $1::timestamptz)
        and not exists (select from restriction as later
                         where later.subject = proof.subject
                           and greatest(later.placed_at, later.lifted_at) >= $1::timestamptz)
      group by subject
      order by subject
      limit ${SUBJECTS_AT_ONCE}`,
    [cutoff],
  );
}

async function removeOf(tx: Sql, subject: Uint8Array): Promise<Ended> {
  const provisions = await tx.query(
    "delete from provision where subject = $1 returning 1 as gone",
    [subject],
  );
  await tx.query("delete from provision_document where subject = $1", [subject]);
  const restrictions = await tx.query(
    "delete from restriction where subject = $1 returning 1 as gone",
    [subject],
  );
  return { provisions: provisions.length, restrictions: restrictions.length };
}
