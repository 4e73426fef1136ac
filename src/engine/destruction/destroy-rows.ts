/**
 * The removal of rows after their key: one bounded batch, one transaction, counted in the ledger
 * and told by a leaf of the log. What a crash leaves is found by the next run; what was counted is
 * gone, and what is gone was counted.
 */
import { assert, present } from "../../base/assert.ts";
import { eligibleAt } from "../../base/calendar.ts";
import { JikimError } from "../../base/errors.ts";
import { readHead } from "../../keys/envelope/locks.ts";
import { bytes, hex, moment } from "../../store/column-value.ts";
import type { Database, Sql } from "../../store/database.ts";
import { appendLeaf, type LeafId } from "../audit/append-leaf.ts";
import {
  destructionState,
  type DestructionState,
  type DestructionTimes,
} from "./destruction-state.ts";
import type { ArchivedRemoval } from "../archive/destroy-archived.ts";
import { keepSample } from "./look-sample.ts";
import type { OpenDestruction } from "./open-destructions.ts";
import { removeRows } from "./remove-rows.ts";
import { isOverdue, type Sweep } from "./request-days.ts";

/** Most records one transaction removes. */
export const BATCH_RECORDS = 1_000;

/** Bytes of a sealed value that say under which locks it is. */
const HEAD_BYTES = 32;

export interface Removed {
  readonly records: number;
  /** Subjects whose last record of the class-day went. */
  readonly subjects: number;
}

/** Before the first row. */
const NOBODY: { readonly subject: string; readonly id: string } = { subject: "", id: "" };

/**
 * Removes the rows of a line whose key is gone, and closes the line when none is left here or in
 * the archive.
 * @param archived what of the line has gone from the archive before this
 */
export async function destroyDayRows(
  db: Database,
  sweep: Sweep,
  line: OpenDestruction,
  archived: ArchivedRemoval,
): Promise<Removed & { readonly state: DestructionState; readonly leaves: readonly LeafId[] }> {
  assert(eligibleAt(line.expiredOn, sweep.timeZone) <= sweep.at, "nothing goes before its time");
  let { records, subjects } = archived;
  const leaves: LeafId[] = [...archived.leaves];
  for (let after = NOBODY; ;) {
    const { removed, last, leaf } = await destroyRows(db, sweep, line, after);
    records += removed.records;
    subjects += removed.subjects;
    if (removed.records > 0) sweep.onRemoved?.(removed.records);
    if (leaf !== null) leaves.push(leaf);
    if (last === null) break;
    after = { subject: hex(last.subject), id: hex(last.id) };
  }
  const state =
    archived.left || (await isAnyLeft(db, line))
      ? destructionState({ ...line, rows_removed_at: null })
      : await closeLine(db, sweep.at, line);
  return { records, subjects, state, leaves };
}

export type Doomed = {
  readonly subject: Uint8Array;
  readonly id: Uint8Array;
  readonly head: Uint8Array;
};

interface Batch {
  readonly removed: Removed;
  /** Where the next batch begins; null when this was the last. */
  readonly last: Doomed | null;
  /** What tells of it; null when nothing was removed. */
  readonly leaf: LeafId | null;
}

async function destroyRows(
  db: Database,
  sweep: Sweep,
  line: OpenDestruction,
  after: typeof NOBODY,
): Promise<Batch> {
  return db.transaction(async (tx) => {
    const seen = await tx.query<Doomed>(
      `select subject, id, substring(sealed from 1 for ${HEAD_BYTES}) as head
         from record
        where class = $1 and expires_on = $2
          and (subject, id) > (decode($3, 'hex'), decode($4, 'hex'))
        order by subject, id
        limit ${BATCH_RECORDS}
          for update skip locked`,
      [line.recordClass, line.expiredOn, after.subject, after.id],
    );
    const last = seen.at(-1) ?? null;
    const doomed = seen.filter((row) => isSealedUnder(row, line.slot));
    if (doomed.length === 0) {
      return { removed: { records: 0, subjects: 0 }, last, leaf: null };
    }
    await keepSample(tx, line, doomed);
    await removeRows(tx, doomed);
    const removed = {
      records: doomed.length,
      subjects: await countEnded(tx, line, doomed),
    };
    await countInLedger(tx, line, removed);
    const leaf = await appendLeaf(tx, sweep.at, "destroyed", {
      run: line.run,
      class: line.recordClass,
      expired_on: line.expiredOn,
      ...removed,
      keys: line.slot === null ? 0 : 1,
      irrecoverable: line.irrecoverable,
      overdue: isOverdue(sweep, line.expiredOn),
    });
    return { removed, last, leaf };
  });
}

/**
 * A row goes with the key it is sealed under: one that came for this day after its lock was given
 * up waits for the next sweep. A value that names no locks opens for nobody.
 */
export function isSealedUnder(row: Doomed, slot: number | null): boolean {
  try {
    const { day } = readHead(row.head).locks;
    return day === slot || day === null;
  } catch (error) {
    if (error instanceof JikimError && error.code === "ERR_SEALED_VALUE_DAMAGED") return true;
    throw error;
  }
}

/** Subjects without a record of the class-day left. Ordered, so only the last can have more. */
async function countEnded(
  tx: Sql,
  line: OpenDestruction,
  doomed: readonly Doomed[],
): Promise<number> {
  const last = present(doomed.at(-1), "rows were chosen");
  const [row] = await tx.query<{ left: boolean }>(
    `select exists (select from record
              where subject = $1 and class = $2 and expires_on = $3) as left`,
    [last.subject, line.recordClass, line.expiredOn],
  );
  const subjects = new Set(doomed.map(({ subject }) => hex(subject))).size;
  return subjects - (present(row, "exists always answers").left ? 1 : 0);
}

async function countInLedger(tx: Sql, line: OpenDestruction, removed: Removed): Promise<void> {
  await tx.query(
    `update destruction
        set records = records + $4, subjects = subjects + $5
      where run = $1 and class = $2 and expired_on = $3`,
    [bytes(line.run), line.recordClass, line.expiredOn, removed.records, removed.subjects],
  );
}

/** The last step; returns how far the line has come. */
export async function closeLine(
  db: Database,
  at: number,
  line: OpenDestruction,
): Promise<DestructionState> {
  const [times] = await db.query<DestructionTimes>(
    `update destruction
        set rows_removed_at = case when index_rotated_at is null then null else $4::timestamptz end
      where run = $1 and class = $2 and expired_on = $3
  returning requested_at, key_dropped_at, root_wiped_at, caches_drained_at, index_rotated_at,
            rows_removed_at`,
    [bytes(line.run), line.recordClass, line.expiredOn, moment(at)],
  );
  return destructionState(present(times, "the line is in the ledger"));
}

/** Rows another run has in hand are still there until it is done, and that run's to close. */
async function isAnyLeft(db: Database, line: OpenDestruction): Promise<boolean> {
  for (let after = NOBODY; ;) {
    const rows = await db.query<Doomed>(
      `select subject, id, substring(sealed from 1 for ${HEAD_BYTES}) as head
         from record
        where class = $1 and expires_on = $2
          and (subject, id) > (decode($3, 'hex'), decode($4, 'hex'))
        order by subject, id
        limit ${BATCH_RECORDS}`,
      [line.recordClass, line.expiredOn, after.subject, after.id],
    );
    if (rows.some((row) => isSealedUnder(row, line.slot))) return true;
    const last = rows.at(-1);
    if (last === undefined) return false;
    after = { subject: hex(last.subject), id: hex(last.id) };
  }
}
