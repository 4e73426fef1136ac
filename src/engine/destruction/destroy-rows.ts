/**
 * The removal of rows after their key: one bounded batch, one transaction, with its line in the
 * ledger and its leaf in the log. What a crash leaves is found by the next run; what was counted
 * is gone, and what is gone was counted.
 */
import { assert, present } from "../../base/assert.ts";
import { deadlineAt, eligibleAt } from "../../base/calendar.ts";
import type { KeyReceipt } from "../../keys/keeper.ts";
import { bytes, hex, moment } from "../../store/column-value.ts";
import type { Database } from "../../store/database.ts";
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
  const eligible = eligibleAt(day.expiredOn, day.timeZone);
  assert(eligible <= day.at, "nothing is destroyed before its time");
  return db.transaction(async (tx) => {
    const doomed = await tx.query<{ subject: Uint8Array; id: Uint8Array }>(
      `select subject, id
         from record
        where class = $1 and expires_on = $2
        order by subject, id
        limit ${BATCH_RECORDS}
          for update skip locked`,
      [day.recordClass, day.expiredOn],
    );
    if (doomed.length === 0) return { records: 0, subjects: 0 };
    const keys = [doomed.map((row) => hex(row.subject)), doomed.map((row) => hex(row.id))];
    for (const table of ["lookup", "record_event"] as const) {
      await tx.query(
        `delete from ${table}
          where (subject, record) in (
            select decode(subject, 'hex'), decode(id, 'hex')
              from unnest($1::text[], $2::text[]) as doomed (subject, id))`,
        keys,
      );
    }
    const gone = await tx.query(
      `delete from record
        where (subject, id) in (
          select decode(subject, 'hex'), decode(id, 'hex')
            from unnest($1::text[], $2::text[]) as doomed (subject, id))
          and class = $3 and expires_on = $4
       returning id`,
      [...keys, day.recordClass, day.expiredOn],
    );
    assert(gone.length === doomed.length, "every row chosen is removed");
    // Ordered by subject, so only the last one can have rows left.
    const last = present(doomed.at(-1), "a batch that is not empty").subject;
    const [rest] = await tx.query<{ left: boolean }>(
      `select exists (select from record
                where subject = $1 and class = $2 and expires_on = $3) as left`,
      [last, day.recordClass, day.expiredOn],
    );
    const subjects = new Set(keys[0]).size - (rest?.left === true ? 1 : 0);
    const removed = { records: gone.length, subjects };
    const overdue = isOverdue(day);
    await tx.query(
      `insert into destruction (run, class, expired_on, records, subjects, eligible_at,
                                executed_at, overdue, irrecoverable)
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
        moment(eligible),
        moment(day.at),
        overdue,
        day.receipt.irrecoverable,
      ],
    );
    await appendLeaf(tx, day.at, "destroyed", {
      run: day.run,
      class: day.recordClass,
      expired_on: day.expiredOn,
      ...removed,
      keys: day.receipt.keys,
      irrecoverable: day.receipt.irrecoverable,
      overdue,
    });
    return removed;
  });
}
