/**
 * Records whose end becomes known move under the lock of their day, so that destroying that day's
 * key destroys these records too, and leave the lock each had for itself, which dies with the next
 * sweep: copies made before say nothing any more by then. The end may be over already (a withdrawal ends a record with the
 * day before), and that day's lock destroyed: then the day gets a fresh one for the next sweep.
 */
import { assert, present } from "../../base/assert.ts";
import type { Sql } from "../../store/database.ts";
import type { EngineContext } from "../jikim.ts";
import { holdLocks } from "../locks.ts";
import { ownLockOf } from "../record.ts";
import { noteVacated } from "../retention/vacated-days.ts";
import { resealRecords, type SealedRow } from "./reseal-records.ts";

/** A record whose last day becomes known, or comes sooner. */
export type EndlessRow = SealedRow & { readonly collected_on: string };

export interface Started {
  readonly row: EndlessRow;
  readonly lastDay: string;
}

/** Gives records their last days. The rows must be locked by this transaction. */
export async function startClocks(
  context: EngineContext,
  tx: Sql,
  started: readonly Started[],
): Promise<void> {
  if (started.length === 0) return;
  assert(
    started.every(({ row, lastDay }) => row.expires_on === null || lastDay < row.expires_on),
    "a running clock is never lengthened",
  );
  const days = new Map(
    started.map(({ row, lastDay }) => [
      `${row.class} ${lastDay}`,
      { recordClass: row.class, day: lastDay },
    ]),
  );
  await holdLocks(tx, [...days.values()]);
  for (const day of days.values()) await renewClosedDay(context, tx, day);
  const lastDays = new Map(started.map(({ row, lastDay }) => [row as SealedRow, lastDay]));
  await resealRecords(
    context,
    tx,
    started.map(({ row }) => row),
    { expiresOn: (row) => present(lastDays.get(row), "each row has its last day") },
  );
  const former = started.map(({ row }) => ownLockOf(row.sealed)).filter((slot) => slot !== null);
  await tx.query(
    `insert into given_up_lock (slot)
     select slot::bigint from unnest($1::text[]) as former (slot)
         on conflict (slot) do nothing`,
    [former.map(String)],
  );
  await noteVacated(
    tx,
    started.flatMap(({ row }) =>
      row.expires_on === null ? [] : [{ recordClass: row.class, day: row.expires_on }],
    ),
  );
}

/** A fresh lock where the present one is being destroyed or is gone. The name is held alone. */
export async function renewClosedDay(
  context: EngineContext,
  tx: Sql,
  { recordClass, day }: { readonly recordClass: string; readonly day: string },
): Promise<void> {
  const closed = await tx.query<{ slot: number | null }>(
    "select slot from destruction where class = $1 and expired_on = $2 and reason = 'expiry'",
    [recordClass, day],
  );
  const [slot] = await context.keeper.daySlots([{ recordClass, day }]);
  if (slot === null || slot === undefined) return;
  const dead = closed.some((row) => row.slot === slot) || (await isGone(context, slot));
  if (dead) await context.keeper.renewDay(recordClass, day);
}

async function isGone(context: EngineContext, slot: number): Promise<boolean> {
  return (await context.keeper.gone([slot])).length > 0;
}
