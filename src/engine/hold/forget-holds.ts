/**
 * A hold is evidence of why something was kept, and evidence ends too: three years after its last
 * day the hold goes, with the reference of its document, unless it still keeps something.
 */
import { dayOf } from "../../base/calendar.ts";
import type { Sql } from "../../store/database.ts";
import { usedArchive } from "../archive/used-archive.ts";
import type { EngineContext } from "../jikim.ts";
import { ownLockOf } from "../record.ts";
import { hex } from "../../store/column-value.ts";

const BATCH = 200;
// Claims for damages end after three years (민법 제766조①); a parameter of the policy may say less.
const PROOF_UNTOLD = "P3Y";

type OldHold = {
  readonly subject: Uint8Array;
  readonly id: Uint8Array;
  readonly document: Uint8Array;
};

/** Removes holds that have served as evidence for long enough; returns how many. */
export async function forgetHolds(context: EngineContext): Promise<number> {
  const { db } = context;
  const archive = await usedArchive(context);
  const kept =
    archive === null
      ? []
      : await archive.query<{ subject: string }>(
          "select distinct encode(subject, 'hex') as subject from held_record order by 1",
        );
  const subjects = kept.map(({ subject }) => subject);
  let forgotten = 0;
  for (let many = BATCH; many === BATCH;) {
    many = await db.transaction(async (tx) => forgetBatch(context, tx, subjects));
    forgotten += many;
  }
  return forgotten;
}

async function forgetBatch(
  { clock, plan }: EngineContext,
  tx: Sql,
  kept: readonly string[],
): Promise<number> {
  const period = String(plan.parameters.get("hold_proof")?.value ?? PROOF_UNTOLD);
  const old = await tx.query<OldHold>(
    `select subject, id, document
       from hold
      where least(until_on, (released_at at time zone $2)::date) + $3::interval < $1::date
        and not exists (select from held_record where held_record.subject = hold.subject)
        and encode(subject, 'hex') <> all ($4::text[])
      order by subject, id
      limit ${BATCH}
        for update`,
    [dayOf(clock.now(), plan.timeZone), plan.timeZone, period, kept],
  );
  const locks = old.map(({ document }) => ownLockOf(document)).filter((slot) => slot !== null);
  await tx.query(
    `insert into given_up_lock (slot)
     select slot::bigint from unnest($1::text[]) as former (slot)
         on conflict (slot) do nothing`,
    [locks.map(String)],
  );
  await tx.query(
    `delete from hold
      where (subject, id) in (select decode(subject, 'hex'), decode(id, 'hex')
                                from unnest($1::text[], $2::text[]) as old (subject, id))`,
    [old.map(({ subject }) => hex(subject)), old.map(({ id }) => hex(id))],
  );
  return old.length;
}
