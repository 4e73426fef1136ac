/**
 * A record no version has a rule for: nothing keeps it, so it goes (P5.10). It can only be there by
 * a fault or a hand; its own lock dies with the sweep, or that of its day, and its copies with it.
 */
import { dayOf } from "../../base/calendar.ts";
import { JikimError } from "../../base/errors.ts";
import type { Sql } from "../../store/database.ts";
import { appendLeaf } from "../audit/append-leaf.ts";
import { removeRows } from "../destruction/remove-rows.ts";
import type { EngineContext } from "../jikim.ts";
import { ownLockOf } from "../record.ts";
import { noteVacated } from "./vacated-days.ts";
import { versionClocks } from "./version-clocks.ts";

const BATCH = 200;

type Unruled = {
  readonly subject: Uint8Array;
  readonly id: Uint8Array;
  readonly class: string;
  readonly expires_on: string | null;
  readonly sealed: Uint8Array;
};

/** Removes records of classes without a rule, but what a hold covers; returns how many. */
export async function endUnruled(context: EngineContext): Promise<number> {
  const { classes } = await versionClocks(context, context.db);
  let removed = 0;
  for (let more = true; more;) {
    const batch = await context.db.transaction(async (tx) =>
      removeBatch(context, tx, [...classes]),
    );
    removed += batch;
    more = batch === BATCH;
  }
  return removed;
}

async function removeBatch(
  context: EngineContext,
  tx: Sql,
  classes: readonly string[],
): Promise<number> {
  const at = context.clock.now();
  const rows = await tx.query<Unruled>(
    `select subject, id, class, expires_on, sealed
       from record
      where class <> all($1::text[])
        and not is_held(subject, class, id, $2::date)
      order by subject, id
      limit ${BATCH}
        for update`,
    [classes, dayOf(at, context.plan.timeZone)],
  );
  if (rows.length === 0) return 0;
  await removeRows(tx, rows);
  await noteVacated(
    tx,
    rows.flatMap((row) =>
      row.expires_on === null ? [] : [{ recordClass: row.class, day: row.expires_on }],
    ),
  );
  const locks = rows.map(lockOf).filter((slot) => slot !== null);
  await tx.query(
    `insert into given_up_lock (slot)
     select slot::bigint from unnest($1::text[]) as former (slot)
         on conflict (slot) do nothing`,
    [locks.map(String)],
  );
  await appendLeaf(tx, at, "unruled_destroyed", { records: rows.length });
  return rows.length;
}

/** A value that names no locks opens for nobody. */
function lockOf(row: Unruled): number | null {
  try {
    return ownLockOf(row.sealed);
  } catch (error) {
    if (error instanceof JikimError && error.code === "ERR_SEALED_VALUE_DAMAGED") return null;
    throw error;
  }
}
