/**
 * Records that a hold keeps beyond their end leave the table of records: they are sealed anew, each
 * under a lock of its own, before any lock they were under may die. The class-day they belonged to
 * can then be destroyed whole, and nothing that reads, finds or sends records sees them any more.
 * What was in the archive stays in the archive's database, apart from what a statute still keeps.
 */
import { assert, present } from "../../base/assert.ts";
import { dayOf } from "../../base/calendar.ts";
import { JikimError } from "../../base/errors.ts";
import { hex, moment } from "../../store/column-value.ts";
import type { Database, Sql } from "../../store/database.ts";
import { removeArchivedRows } from "../archive/archived-rows.ts";
import { usedArchive } from "../archive/used-archive.ts";
import { appendLeaf } from "../audit/append-leaf.ts";
import { removeRows } from "../destruction/remove-rows.ts";
import type { EngineContext } from "../jikim.ts";
import { type PlaceRow, placeOf } from "../record.ts";
import { readSetting } from "../setting.ts";
import { covers, heldPlace, type HoldScope, livingHolds } from "./hold.ts";

/** Records set aside in one transaction. */
const BATCH = 200;
const MOST_SUBJECTS = 1_000;

export interface ClassDay {
  readonly recordClass: string;
  /** Last day. */
  readonly day: string;
}

/** A record with everything that stays beside it. */
type EndedRow = PlaceRow & {
  readonly expires_on: string | null;
  readonly occasion: string;
  readonly method: string;
  readonly policy_version: string;
  readonly policy_hash: string;
  readonly collected_on: string;
  readonly collected_at: number;
  readonly items: readonly string[];
  readonly source: Uint8Array | null;
  readonly sealed: Uint8Array;
  readonly tagged: boolean;
};

/** What came of it: set aside, and too late because the lock was gone. */
export interface SetAside {
  readonly kept: number;
  readonly tooLate: number;
}
const NOTHING: SetAside = Object.freeze({ kept: 0, tooLate: 0 });

/**
 * Sets aside what holds cover of a class-day, one subject a transaction. The sweep calls it before
 * it asks for the day's destruction; a crash in between leaves each record whole on one side.
 */
export async function setAsideDay(context: EngineContext, of: ClassDay): Promise<void> {
  const holds = await livingHolds(context, context.db);
  if (holds.length === 0) return;
  const held = await context.db.query<{ subject: Uint8Array }>(
    `select distinct record.subject
       from hold
       join record on record.subject = hold.subject
      where record.class = $1 and record.expires_on = $2::date
        and is_held(record.subject, record.class, record.id, $3::date)
      order by record.subject
      limit ${MOST_SUBJECTS}`,
    [of.recordClass, of.day, todayOf(context)],
  );
  for (const { subject } of held) {
    for (let more = true; more;) {
      more = await context.db.transaction(async (tx) => {
        const rows = await selectDay(context, tx, subject, of);
        await setAside(context, tx, rows);
        return rows.length === BATCH;
      });
    }
  }
  await setAsideArchived(context, holds, of);
}

/**
 * Is something of a class-day still to be set aside? Asked under the name of the day, so that no
 * hold comes between the answer and the request to destroy.
 * @param archive as it was before the transaction: opening it may need the store's one connection
 */
export async function isDayHeld(
  context: EngineContext,
  tx: Sql,
  of: ClassDay,
  archive: Database | null,
): Promise<boolean> {
  const holds = await livingHolds(context, tx);
  if (holds.length === 0) return false;
  const [live] = await tx.query<{ held: boolean }>(
    `select exists (
       select from hold
         join record on record.subject = hold.subject
        where record.class = $1 and record.expires_on = $2::date
          and is_held(record.subject, record.class, record.id, $3::date)) as held`,
    [of.recordClass, of.day, todayOf(context)],
  );
  if (live?.held === true) return true;
  if (archive !== null) return (await archivedOf(archive, holds, of)).length > 0;
  // Used for the first time since the caller looked: the next sweep knows it.
  return (await readSetting(tx, "archive")) !== null;
}

/**
 * Sets aside what holds cover of a subject's records that have ended, or, with `classes`, of all
 * its records of those too: for whoever is about to give those locks up. A record that has not ended
 * counts as ended today. The caller's transaction touches this subject alone.
 */
export async function setAsideOf(
  context: EngineContext,
  tx: Sql,
  subject: Uint8Array,
  classes: readonly string[] = [],
): Promise<SetAside> {
  let sum = NOTHING;
  for (let after = ""; ;) {
    const rows = await tx.query<EndedRow>(
      `select subject, id, class, compartment, occasion, method, policy_version, policy_hash,
              collected_on, collected_at, expires_on, items, source, sealed,
              exists (select from lookup where lookup.subject = record.subject
                                           and lookup.record = record.id) as tagged
         from record
        where subject = $1 and id > decode($2, 'hex')
          and (expires_on < $3::date or class = any ($4::text[]))
          and is_held(subject, class, id, $3::date)
        order by id
        limit ${BATCH}
          for update`,
      [subject, after, todayOf(context), classes],
    );
    const last = rows.at(-1);
    if (last === undefined) return sum;
    const done = await setAside(context, tx, rows);
    sum = { kept: sum.kept + done.kept, tooLate: sum.tooLate + done.tooLate };
    after = hex(last.id);
  }
}

/** The same for ended records of the archive. */
export async function setAsideArchivedOf(
  context: EngineContext,
  hold: HoldScope,
): Promise<SetAside> {
  const archive = await usedArchive(context);
  if (archive === null) return NOTHING;
  const days = await archive.query<{ class: string; expires_on: string }>(
    `select distinct class, expires_on
       from archived_record
      where subject = decode($1, 'hex') and expires_on < $2::date
      order by expires_on, class`,
    [hold.subject, todayOf(context)],
  );
  let sum = NOTHING;
  for (const { class: recordClass, expires_on: day } of days) {
    const done = await setAsideArchived(context, [hold], { recordClass, day });
    sum = { kept: sum.kept + done.kept, tooLate: sum.tooLate + done.tooLate };
  }
  return sum;
}

async function selectDay(
  context: EngineContext,
  tx: Sql,
  subject: Uint8Array,
  { recordClass, day }: ClassDay,
): Promise<readonly EndedRow[]> {
  return tx.query<EndedRow>(
    `select subject, id, class, compartment, occasion, method, policy_version, policy_hash,
            collected_on, collected_at, expires_on, items, source, sealed,
            exists (select from lookup where lookup.subject = record.subject
                                         and lookup.record = record.id) as tagged
       from record
      where subject = $1 and class = $2 and expires_on = $3::date
        and is_held(subject, class, id, $4::date)
      order by id
      limit ${BATCH}
        for update`,
    [subject, recordClass, day, todayOf(context)],
  );
}

async function archivedOf(
  archive: Sql,
  holds: readonly HoldScope[],
  { recordClass, day }: ClassDay,
): Promise<readonly EndedRow[]> {
  const rows = await archive.query<EndedRow>(
    `select subject, id, class, compartment, occasion, method, policy_version, policy_hash,
            collected_on, archived_at as collected_at, expires_on, items,
            null::bytea as source, sealed, false as tagged
       from archived_record
      where class = $1 and expires_on = $2::date
        and subject in (select decode(subject, 'hex') from unnest($3::text[]) as held (subject))
      order by subject, id
        for update`,
    [recordClass, day, [...new Set(holds.map(({ subject }) => subject))]],
  );
  return rows.filter((row) => holds.some((hold) => covers(hold, row)));
}

/** One transaction of the archive; the leaf follows in the other database. */
async function setAsideArchived(
  context: EngineContext,
  holds: readonly HoldScope[],
  of: ClassDay,
): Promise<SetAside> {
  const archive = await usedArchive(context);
  if (archive === null) return NOTHING;
  const { living, tooLate } = await archive.transaction(async (tx) => {
    const found = await archivedOf(tx, holds, of);
    const sealed = await sealAll(context, found);
    await insertHeld(context, tx, sealed.living);
    await removeArchivedRows(tx, sealed.living);
    return sealed;
  });
  await tell(context, context.db, living);
  return { kept: living.length, tooLate };
}

/** Seals rows anew and moves them. The rows are locked by the caller. */
async function setAside(
  context: EngineContext,
  tx: Sql,
  rows: readonly EndedRow[],
): Promise<SetAside> {
  const { living, tooLate } = await sealAll(context, rows);
  await insertHeld(context, tx, living);
  await removeRows(tx, living);
  await tell(context, tx, living);
  return { kept: living.length, tooLate };
}

/** A row whose lock is gone can be kept by nobody: it stays for the destruction that took it. */
async function sealAll(
  context: EngineContext,
  rows: readonly EndedRow[],
): Promise<{ readonly living: readonly EndedRow[]; readonly tooLate: number }> {
  const living: EndedRow[] = [];
  for (const row of rows) {
    const sealed = await sealAnew(context, row);
    if (sealed !== null) living.push({ ...row, ...sealed });
  }
  return { living, tooLate: rows.length - living.length };
}

/** Null when its lock is gone. A damaged value opens for nobody and moves as it is. */
async function sealAnew(
  { keeper }: EngineContext,
  row: EndedRow,
): Promise<Pick<EndedRow, "sealed" | "source"> | null> {
  const columns = [
    { column: "items" as const, sealed: row.sealed },
    ...(row.source === null ? [] : [{ column: "source" as const, sealed: row.source }]),
  ];
  try {
    const plains = await keeper.open(
      columns.map(({ column, sealed }) => ({ context: { ...placeOf(row), column }, sealed })),
    );
    const [ownLock] = await keeper.reserve(1);
    const place = { ...heldPlace(row), ownLock: present(ownLock, "one lock was asked for") };
    const anew = await keeper.seal(
      columns.map(({ column }, index) => ({
        context: { ...place, column },
        plain: present(plains[index], "every value opened"),
      })),
    );
    for (const plain of plains) plain.fill(0);
    return { sealed: present(anew[0], "the items are sealed anew"), source: anew[1] ?? null };
  } catch (error) {
    if (!(error instanceof JikimError)) throw error;
    if (error.code === "ERR_KEY_GONE") return null;
    if (error.code === "ERR_SEALED_VALUE_DAMAGED") return row;
    throw error;
  }
}

async function insertHeld(
  context: EngineContext,
  tx: Sql,
  rows: readonly EndedRow[],
): Promise<void> {
  for (const row of rows) {
    const made = await tx.query(
      `insert into held_record (subject, id, class, occasion, method, policy_version, policy_hash,
                                collected_on, collected_at, expires_on, items, source, sealed,
                                tagged, held_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, least($10::date, $11::date), $12, $13, $14, $15,
               $16)
       returning id`,
      [
        row.subject,
        row.id,
        row.class,
        row.occasion,
        row.method,
        row.policy_version,
        row.policy_hash,
        row.collected_on,
        moment(row.collected_at),
        row.expires_on,
        todayOf(context),
        row.items,
        row.source,
        row.sealed,
        row.tagged,
        moment(context.clock.now()),
      ],
    );
    assert(made.length === 1, "a record is held once");
  }
}

async function tell(context: EngineContext, sql: Sql, rows: readonly EndedRow[]): Promise<void> {
  const groups = Map.groupBy(rows, (row) => `${hex(row.subject)} ${row.class}`);
  for (const own of groups.values()) {
    const first = present(own[0], "a group has a row");
    await appendLeaf(sql, context.clock.now(), "held_back", {
      subject: hex(first.subject),
      class: first.class,
      records: own.length,
    });
  }
}

function todayOf({ clock, plan }: EngineContext): string {
  return dayOf(clock.now(), plan.timeZone);
}
