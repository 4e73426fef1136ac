/**
 * After a restore: the store is older than its keys, and holds rows again whose locks have died
 * since. They open for nobody; they are removed before anyone is let in, so that who was destroyed
 * stays destroyed.
 */
import { dayOf } from "../../base/calendar.ts";
import { JikimError } from "../../base/errors.ts";
import { type LockSet, readHead, slotsOf } from "../../keys/envelope/locks.ts";
import { bytes, hex, moment } from "../../store/column-value.ts";
import type { Database, Sql } from "../../store/database.ts";
import { appendLeaf } from "../audit/append-leaf.ts";
import type { EngineContext } from "../jikim.ts";
import { readEpochs } from "../search/index-epoch.ts";
import { readSetting, writeSetting } from "../setting.ts";
import { removeRows } from "./remove-rows.ts";
import type { Progress } from "./leave-stand-in.ts";
import { rotateIndex } from "./rotate-index.ts";

const BATCH = 1_000;
const RUN_BYTES = 16;
/** Bytes of a sealed value that say under which locks it is. */
const HEAD_BYTES = 32;

export type HeadRow = {
  readonly subject: Uint8Array;
  readonly id: Uint8Array;
  readonly class: string;
  readonly head: Uint8Array;
};

/**
 * Looks at every row when the key tree has destroyed since this store was last written, which is
 * so after a restore and after a crash at the wrong moment. Returns how many rows went.
 */
export async function removeDeadRows(context: EngineContext, progress: Progress): Promise<number> {
  const { db, keeper } = context;
  const { epoch } = await keeper.identity();
  const seen = await readSetting(db, "key_epoch");
  if (seen !== null && Number(seen) >= epoch) return 0;
  const removed = seen === null ? 0 : await removeAll(context, epoch, progress);
  await renewDeadIndex(context);
  await writeSetting(db, "key_epoch", String(epoch));
  return removed;
}

async function removeAll(
  context: EngineContext,
  epoch: number,
  progress: Progress,
): Promise<number> {
  const { db } = context;
  const [all] = await db.query<{ records: number }>("select count(*) as records from record");
  const run = hex(context.random.bytes(RUN_BYTES));
  const counts = new Map<string, number>();
  let looked = 0;
  for (let after = { subject: "", id: "" }; ;) {
    const rows = await db.transaction(async (tx) => {
      const found = await selectRows(tx, after);
      const dead = await deadAmong(context, found);
      await removeRows(tx, dead);
      for (const row of dead) counts.set(row.class, (counts.get(row.class) ?? 0) + 1);
      return found;
    });
    const last = rows.at(-1);
    if (last === undefined) break;
    looked += rows.length;
    progress(looked, all?.records ?? looked);
    after = { subject: hex(last.subject), id: hex(last.id) };
  }
  await removeDeadHeld(context, db, counts);
  if (counts.size > 0)
    await db.transaction(async (tx) => tellRemoved(context, tx, { run, counts, epoch }));
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

/** The same for rows that were kept for a legal hold, of the records or of the archive. */
export async function removeDeadHeld(
  context: Pick<EngineContext, "keeper">,
  db: Database,
  counts: Map<string, number>,
): Promise<void> {
  for (let after = { subject: "", id: "" }; ;) {
    const from = after;
    const last = await db.transaction(async (tx) => {
      const found = await tx.query<HeadRow>(
        `select subject, id, class, substring(sealed from 1 for ${HEAD_BYTES}) as head
           from held_record
          where (subject, id) > (decode($1, 'hex'), decode($2, 'hex')) and run is null
          order by subject, id
          limit ${BATCH}`,
        [from.subject, from.id],
      );
      const dead = await deadAmong(context, found);
      await tx.query(
        `delete from held_record
          where (subject, id) in (select decode(subject, 'hex'), decode(id, 'hex')
                                    from unnest($1::text[], $2::text[]) as dead (subject, id))`,
        [dead.map(({ subject }) => hex(subject)), dead.map(({ id }) => hex(id))],
      );
      for (const row of dead) counts.set(row.class, (counts.get(row.class) ?? 0) + 1);
      return found.at(-1);
    });
    if (last === undefined) return;
    after = { subject: hex(last.subject), id: hex(last.id) };
  }
}

async function selectRows(
  tx: Sql,
  after: { readonly subject: string; readonly id: string },
): Promise<readonly HeadRow[]> {
  return tx.query<HeadRow>(
    `select subject, id, class, substring(sealed from 1 for ${HEAD_BYTES}) as head
       from record
      where (subject, id) > (decode($1, 'hex'), decode($2, 'hex'))
        -- What is being destroyed is the sweep's to remove and to count.
        and not exists (select from destruction
                         where destruction.class = record.class
                           and destruction.expired_on = record.expires_on
                           and reason = 'expiry' and rows_removed_at is null)
      order by subject, id
      limit ${BATCH}`,
    [after.subject, after.id],
  );
}

/** Of rows those whose locks have died. */
export async function deadAmong(
  context: Pick<EngineContext, "keeper">,
  rows: readonly HeadRow[],
): Promise<readonly HeadRow[]> {
  const locked = rows.flatMap((row) => {
    const locks = locksOf(row);
    return locks === null ? [] : [{ row, locks }];
  });
  const gone = new Set(await context.keeper.gone(locked.flatMap(({ locks }) => slotsOf(locks))));
  return locked.filter(({ locks }) => isDead(locks, gone)).map(({ row }) => row);
}

/** A damaged value is no sign of a destruction: it stays for someone to look at. */
function locksOf(row: HeadRow): LockSet | null {
  try {
    return readHead(row.head).locks;
  } catch (error) {
    if (error instanceof JikimError && error.code === "ERR_SEALED_VALUE_DAMAGED") return null;
    throw error;
  }
}

/** A value of two subjects may live as long as one of them (any-of). */
function isDead({ subject, together, day, own }: LockSet, gone: ReadonlySet<number>): boolean {
  const isGone = (slot: number | null): boolean => slot !== null && gone.has(slot);
  if (isGone(day) || isGone(own)) return true;
  if (together === null) return isGone(subject);
  const both = [isGone(subject), isGone(together.other)];
  return together.rule === "any-of" ? both.every(Boolean) : both.some(Boolean);
}

/** A line of the ledger for each class, and a leaf. */
export async function tellRemoved(
  context: Omit<EngineContext, "archive">,
  tx: Sql,
  what: { readonly run: string; readonly counts: ReadonlyMap<string, number>; epoch: number },
): Promise<void> {
  const at = context.clock.now();
  const { weaknesses } = context.keeper;
  for (const [recordClass, records] of what.counts) {
    await tx.query(
      `insert into destruction (run, class, expired_on, reason, records, subjects, eligible_at,
                                requested_at, executed_at, overdue, irrecoverable, epoch,
                                key_dropped_at, root_wiped_at, caches_drained_at,
                                index_rotated_at, rows_removed_at, weaknesses)
       values ($1, $2, $3, 'restore', $4, 0, $5, $5, $5, false, $6, $7, $5, $5, $5, $5, $5, $8)`,
      [
        bytes(what.run),
        recordClass,
        dayOf(at, context.plan.timeZone),
        records,
        moment(at),
        weaknesses.length === 0,
        what.epoch,
        weaknesses,
      ],
    );
  }
  await appendLeaf(tx, at, "restored_removed", {
    run: what.run,
    records: Object.fromEntries(what.counts),
  });
}

/** The index of a restored store may be under a key that is gone: it is built anew. */
async function renewDeadIndex(context: EngineContext): Promise<void> {
  const { present } = await readEpochs(context.db);
  const living = await context.keeper.indexEpochs();
  if (!living.includes(present.epoch)) await rotateIndex(context, present.bits);
}
