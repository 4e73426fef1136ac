/** What a sweep does for the archive before and after the destruction itself. */
import type { ErrorCode } from "../../base/errors.ts";
import type { Database, Sql } from "../../store/database.ts";
import type { EngineContext } from "../jikim.ts";
import { noteVacated } from "../retention/vacated-days.ts";
import { writeSetting } from "../setting.ts";
import { archiveInReach, type ArchiveReach, unlessAway } from "./archive-reach.ts";
import { continueMoves } from "./move-to-archive.ts";

const LOCKS_AT_ONCE = 1_000;

/** A class and a last day with records in the archive. */
export type DueDay = { readonly class: string; readonly expires_on: string };

/**
 * Finishes what a crash left between the two databases: moves that were begun, and locks that
 * nothing in the archive is under any more.
 * @param away told why something of it could not be finished
 */
export async function settleArchive(
  context: EngineContext,
  away: (code: ErrorCode) => void,
): Promise<ArchiveReach> {
  const stopped = await continueMoves(context);
  if (stopped !== null) away(stopped);
  const reach = await archiveInReach(context);
  if (reach.away !== null) away(reach.away);
  const { archive } = reach;
  if (archive !== null) await unlessAway(async () => takeOverLocks(context.db, archive), away);
  return reach;
}

/** Class-days in the archive that ended before today, oldest first. */
export async function archivedDaysDue(
  archive: Sql,
  today: string,
  most: number,
): Promise<readonly DueDay[]> {
  return archive.query<DueDay>(
    `select distinct expires_on, class
       from archived_record
      where expires_on < $1::date
      order by expires_on, class
      limit $2`,
    [today, most],
  );
}

/**
 * The archive has seen the destructions up to now: what a copy restored from before holds is known
 * by the older number it has.
 */
export async function noteKeyEpoch(context: EngineContext, archive: Database): Promise<void> {
  const { epoch } = await context.keeper.identity();
  await writeSetting(archive, "key_epoch", String(epoch));
}

/**
 * Hands locks over to those that die with the next destruction, and days that records have left to
 * those that die when they are over. Noted there first: doing it again does no harm.
 */
async function takeOverLocks(db: Database, archive: Database): Promise<void> {
  for (let more = true; more;) {
    const locks = await archive.query<{ slot: number }>(
      `select slot from archived_lock order by slot limit ${LOCKS_AT_ONCE}`,
    );
    const days = await archive.query<{ class: string; day: string }>(
      `select class, day from archived_vacated order by day, class limit ${LOCKS_AT_ONCE}`,
    );
    await db.transaction(async (tx) => {
      await tx.query(
        `insert into given_up_lock (slot)
         select slot::bigint from unnest($1::text[]) as former (slot)
             on conflict (slot) do nothing`,
        [locks.map(({ slot }) => String(slot))],
      );
      await noteVacated(
        tx,
        days.map((row) => ({ recordClass: row.class, day: row.day })),
      );
    });
    await archive.query(
      `delete from archived_lock
        where slot in (select slot::bigint from unnest($1::text[]) as former (slot))`,
      [locks.map(({ slot }) => String(slot))],
    );
    await archive.query(
      `delete from archived_vacated
        where (class, day) in (select class, day::date
                                 from unnest($1::text[], $2::text[]) as former (class, day))`,
      [days.map((row) => row.class), days.map(({ day }) => day)],
    );
    more = locks.length === LOCKS_AT_ONCE || days.length === LOCKS_AT_ONCE;
  }
}
