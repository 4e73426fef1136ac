/**
 * The archive's part of a destruction: rows of a class-day whose key is gone. They are removed and
 * counted in one transaction of the archive; the ledger in the other database takes over what it
 * has not counted yet, under the lock of its line. So a crash between the two loses no row and
 * counts none twice.
 */
import { present } from "../../base/assert.ts";
import { bytes, hex } from "../../store/column-value.ts";
import type { Database, Sql } from "../../store/database.ts";
import { appendLeaf, type LeafId } from "../audit/append-leaf.ts";
import { type Doomed, isSealedUnder, type Removed } from "../destruction/destroy-rows.ts";
import { keepSample } from "../destruction/look-sample.ts";
import type { OpenDestruction } from "../destruction/open-destructions.ts";
import { isOverdue, type Sweep } from "../destruction/request-days.ts";
import type { EngineContext } from "../jikim.ts";
import { removeArchivedRows } from "./archived-rows.ts";

/** Most rows one transaction removes. */
const BATCH = 1_000;
/** Bytes of a sealed value that say under which locks it is. */
const HEAD_BYTES = 32;

/** What went from the archive, beside what goes from the records. */
export interface ArchivedRemoval extends Removed {
  readonly leaves: readonly LeafId[];
  /** Rows of the line may still be there: it must not be closed. */
  readonly left: boolean;
}

/** Where nothing was ever moved. */
export const NOTHING_ARCHIVED: ArchivedRemoval = Object.freeze({
  records: 0,
  subjects: 0,
  leaves: [],
  left: false,
});

interface At {
  readonly context: EngineContext;
  readonly archive: Database;
  readonly sweep: Sweep;
  readonly line: OpenDestruction;
}

type Place = { readonly subject: string; readonly id: string };

/** Removes the archive's rows of a line whose key is gone. */
export async function destroyArchivedDay(at: At): Promise<ArchivedRemoval> {
  let [records, subjects] = [0, 0];
  const leaves: LeafId[] = [];
  const takeOver = async (gone: readonly Doomed[]): Promise<void> => {
    const taken = await countInLedger(at, gone);
    if (taken === null) return;
    records += taken.records;
    subjects += taken.subjects;
    leaves.push(taken.leaf);
    at.sweep.onRemoved?.(taken.records);
  };
  await takeOver([]); // what a crash left uncounted
  for (let after: Place | null = { subject: "", id: "" }; after !== null;) {
    const from: Place = after;
    const { gone, last } = await at.archive.transaction(async (tx) => removeBatch(tx, at, from));
    if (gone.length > 0) await takeOver(gone);
    after = last === null ? null : { subject: hex(last.subject), id: hex(last.id) };
  }
  return { records, subjects, leaves, left: await isAnyLeft(at) };
}

/** Forgets the counts of a line that is at its end. */
export async function forgetRemoval(archive: Database, line: OpenDestruction): Promise<void> {
  await archive.query(
    "delete from archived_removal where run = $1 and class = $2 and expired_on = $3",
    nameOf(line),
  );
}

function nameOf(line: OpenDestruction): readonly [Uint8Array, string, string] {
  return [bytes(line.run), line.recordClass, line.expiredOn];
}

async function removeBatch(
  tx: Sql,
  { line }: At,
  after: Place,
): Promise<{ readonly gone: readonly Doomed[]; readonly last: Doomed | null }> {
  const seen = await lockRows(tx, line, after);
  const gone = seen.filter((row) => isSealedUnder(row, line.slot));
  if (gone.length > 0) {
    await removeArchivedRows(tx, gone);
    await tx.query(
      `insert into archived_removal as sum (run, class, expired_on, records, subjects)
       values ($1, $2, $3, $4, $5)
           on conflict (run, class, expired_on) do update
          set records = sum.records + excluded.records,
              subjects = sum.subjects + excluded.subjects`,
      [...nameOf(line), gone.length, await countEnded(tx, line, gone)],
    );
  }
  return { gone, last: seen.at(-1) ?? null };
}

/** Rows that another run has in hand are its own. */
async function lockRows(tx: Sql, line: OpenDestruction, after: Place): Promise<readonly Doomed[]> {
  return tx.query<Doomed>(
    `select subject, id, substring(sealed from 1 for ${HEAD_BYTES}) as head
       from archived_record
      where class = $1 and expires_on = $2
        and (subject, id) > (decode($3, 'hex'), decode($4, 'hex'))
      order by subject, id
      limit ${BATCH}
        for update skip locked`,
    [line.recordClass, line.expiredOn, after.subject, after.id],
  );
}

/** Subjects without a row of the class-day left. Ordered, so only the last can have more. */
async function countEnded(
  tx: Sql,
  line: OpenDestruction,
  gone: readonly Doomed[],
): Promise<number> {
  const last = present(gone.at(-1), "rows were chosen");
  const [row] = await tx.query<{ left: boolean }>(
    `select exists (select from archived_record
              where subject = $1 and class = $2 and expires_on = $3) as left`,
    [last.subject, line.recordClass, line.expiredOn],
  );
  const subjects = new Set(gone.map(({ subject }) => hex(subject))).size;
  return subjects - (present(row, "exists always answers").left ? 1 : 0);
}

type Counted = { readonly records: number; readonly subjects: number };

/** Adds what the archive has removed and the ledger does not know yet; null: it knows all. */
async function countInLedger(
  { context, archive, sweep, line }: At,
  gone: readonly Doomed[],
): Promise<(Removed & { readonly leaf: LeafId }) | null> {
  return context.db.transaction(async (tx) => {
    const [known] = await tx.query<Counted>(
      `select archived as records, archived_subjects as subjects
         from destruction
        where run = $1 and class = $2 and expired_on = $3
          for update`,
      nameOf(line),
    );
    // Looked at under the lock of the line: the count only grows, so nobody takes it over twice.
    const [total] = await archive.query<Counted>(
      `select records, subjects
         from archived_removal
        where run = $1 and class = $2 and expired_on = $3`,
      nameOf(line),
    );
    const records = (total?.records ?? 0) - (known?.records ?? 0);
    const subjects = (total?.subjects ?? 0) - (known?.subjects ?? 0);
    if (known === undefined || records <= 0) return null;
    await tx.query(
      `update destruction
          set records = records + $4, subjects = subjects + $5,
              archived = archived + $4, archived_subjects = archived_subjects + $5
        where run = $1 and class = $2 and expired_on = $3`,
      [...nameOf(line), records, subjects],
    );
    await keepSample(tx, line, gone);
    const leaf = await appendLeaf(tx, sweep.at, "destroyed", {
      run: line.run,
      class: line.recordClass,
      expired_on: line.expiredOn,
      records,
      subjects,
      keys: line.slot === null ? 0 : 1,
      irrecoverable: line.irrecoverable,
      overdue: isOverdue(sweep, line.expiredOn),
    });
    return { records, subjects, leaf };
  });
}

/** Rows another run has in hand are still there until it is done. */
async function isAnyLeft({ archive, line }: At): Promise<boolean> {
  for (let after: Place = { subject: "", id: "" }; ;) {
    const rows = await archive.query<Doomed>(
      `select subject, id, substring(sealed from 1 for ${HEAD_BYTES}) as head
         from archived_record
        where class = $1 and expires_on = $2
          and (subject, id) > (decode($3, 'hex'), decode($4, 'hex'))
        order by subject, id
        limit ${BATCH}`,
      [line.recordClass, line.expiredOn, after.subject, after.id],
    );
    if (rows.some((row) => isSealedUnder(row, line.slot))) return true;
    const last = rows.at(-1);
    if (last === undefined) return false;
    after = { subject: hex(last.subject), id: hex(last.id) };
  }
}
