/**
 * The removal of rows after their key: one bounded batch, one transaction, with its line in the
 * ledger and its leaf in the log. What a crash leaves is found by the next run; what was counted
 * is gone, and what is gone was counted.
 */
import { assert, present } from "../../base/assert.ts";
import { deadlineAt, eligibleAt } from "../../base/calendar.ts";
import type { KeyReceipt } from "../../keys/keeper.ts";
import { bytes, hex, moment } from "../../store/column-value.ts";
import type { Database, Sql } from "../../store/database.ts";
import { appendLeaf } from "../audit/append-leaf.ts";

/** Most records one transaction removes. */
export const BATCH_RECORDS = 1_000;

/** All records of a class that ended on one day, in one run. */
export interface ClassDay {
  /** 16 bytes, hex. */
  readonly run: string;
  readonly recordClass: string;
  readonly expiredOn: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly timeZone: string;
  /** How long destruction may take at most (PIPA enforcement rules: five days). */
  readonly grace: string;
  readonly receipt: KeyReceipt;
}

export interface Removed {
  readonly records: number;
  /** Subjects whose last record of the class-day went. */
  readonly subjects: number;
}

/** Later than allowed? The deadline itself is still in time. */
export function isOverdue(day: Pick<ClassDay, "at" | "expiredOn" | "grace" | "timeZone">): boolean {
  return day.at > deadlineAt(day.expiredOn, day.grace, day.timeZone);
}

/** Removes one batch of a class-day with its tags and events; `records: 0` when none is left. */
export async function destroyRows(db: Database, day: ClassDay): Promise<Removed> {
  assert(eligibleAt(day.expiredOn, day.timeZone) <= day.at, "nothing goes before its time");
  return db.transaction(async (tx) => {
    const doomed = await tx.query<Doomed>(
      `select subject, id
         from record
        where class = $1 and expires_on = $2
        order by subject, id
        limit ${BATCH_RECORDS}
          for update skip locked`,
      [day.recordClass, day.expiredOn],
    );
    const last = doomed.at(-1);
    if (last === undefined) return { records: 0, subjects: 0 };
    await removeRows(tx, doomed);
    const removed = {
      records: doomed.length,
      // Ordered by subject, so only the last one can have rows left.
      subjects:
        new Set(doomed.map(({ subject }) => hex(subject))).size -
        ((await hasMore(tx, day, last.subject)) ? 1 : 0),
    };
    await writeLedger(tx, day, removed);
    await appendLeaf(tx, day.at, "destroyed", {
      run: day.run,
      class: day.recordClass,
      expired_on: day.expiredOn,
      ...removed,
      keys: day.receipt.keys,
      irrecoverable: day.receipt.irrecoverable,
      overdue: isOverdue(day),
    });
    return removed;
  });
}

type Doomed = { readonly subject: Uint8Array; readonly id: Uint8Array };

/** Tags and events first: they point at the record. */
async function removeRows(tx: Sql, doomed: readonly Doomed[]): Promise<void> {
  const keys = [doomed.map(({ subject }) => hex(subject)), doomed.map(({ id }) => hex(id))];
  const chosen = `select decode(subject, 'hex'), decode(id, 'hex')
                    from unnest($1::text[], $2::text[]) as doomed (subject, id)`;
  await tx.query(`delete from lookup where (subject, record) in (${chosen})`, keys);
  await tx.query(`delete from record_event where (subject, record) in (${chosen})`, keys);
  const gone = await tx.query(
    `delete from record where (subject, id) in (${chosen}) returning id`,
    keys,
  );
  assert(gone.length === doomed.length, "every row chosen is removed");
}

async function hasMore(tx: Sql, day: ClassDay, subject: Uint8Array): Promise<boolean> {
  const [row] = await tx.query<{ left: boolean }>(
    `select exists (select from record
              where subject = $1 and class = $2 and expires_on = $3) as left`,
    [subject, day.recordClass, day.expiredOn],
  );
  return present(row, "exists always answers").left;
}

/** Adds the batch to the line of this run, class and day. */
async function writeLedger(tx: Sql, day: ClassDay, removed: Removed): Promise<void> {
  await tx.query(
    `insert into destruction (run, class, expired_on, records, subjects, eligible_at, executed_at,
                              overdue, irrecoverable)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     on conflict (run, class, expired_on) do update
        set records = destruction.records + excluded.records,
            subjects = destruction.subjects + excluded.subjects`,
    [
      bytes(day.run),
      day.recordClass,
      day.expiredOn,
      removed.records,
      removed.subjects,
      moment(eligibleAt(day.expiredOn, day.timeZone)),
      moment(day.at),
      isOverdue(day),
      day.receipt.irrecoverable,
    ],
  );
}
