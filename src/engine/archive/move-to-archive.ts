/**
 * The move to the separate database (별도의 DB): copy, verify, then delete, batch by batch. The
 * originals of a batch go in a transaction that ends after its copies are whole in the archive; so
 * wherever it stops, each record is whole in one of them at least, and going on moves it once.
 */
import { dayOf } from "../../base/calendar.ts";
import type { ErrorCode } from "../../base/errors.ts";
import { hex } from "../../store/column-value.ts";
import type { Database, Sql } from "../../store/database.ts";
import { appendLeaf } from "../audit/append-leaf.ts";
import { isDayClosed } from "../destruction/closed-day.ts";
import { removeRows } from "../destruction/remove-rows.ts";
import { subjectSlot } from "../destruction/reseal-rest.ts";
import type { EngineContext } from "../jikim.ts";
import { holdLocks, shareLocks } from "../locks.ts";
import { ownLockOf } from "../record.ts";
import { handleBytes } from "../subject.ts";
import { allCompartments, archivedClasses } from "./archived-classes.ts";
import { unlessAway } from "./archive-reach.ts";
import { archivedOf } from "./archived-of.ts";
import { beginMove, type Move, openBeside, readMove } from "./begin-move.ts";
import { copyRecords, type EventRow, type MovingRow } from "./copy-records.ts";
import { rememberArchive } from "./used-archive.ts";

/** Records of one transaction. */
const BATCH = 200;
const MOVES_AT_ONCE = 1_000;

export interface MoveReport {
  /** What lies in the archive of the subject now, by class; the same however often it is asked. */
  readonly moved: readonly { readonly recordClass: string; readonly records: number }[];
}

/**
 * Moves what a statute keeps of a subject to the archive: the records of every class with a place
 * there, with the items the class names to travel beside, and nothing else. What has ended already
 * is left to the sweep. The lock of the originals is given up: it dies with the next sweep or
 * erasure, and copies of the records from before open no more.
 *
 * Calling it again goes on where it stopped, and does nothing once it is done; two at once move
 * each record once. Report the events of the withdrawal first, and call this within the same day or
 * the next: then the clocks run, and name and e-mail are still there to travel.
 *
 * Throws ERR_SUBJECT_UNKNOWN, ERR_ARCHIVE_UNVERIFIED, what `context.archive()` throws, and
 * ERR_STORE_UNAVAILABLE or ERR_STORE_STATEMENT when the archive cannot be written (a full disk):
 * then no original of the batch is deleted, and the next run goes on.
 * @param run 32 hex digits: the run under which the log tells of it
 * @example const { moved } = await moveToArchive(context, subject, run);
 */
export async function moveToArchive(
  context: EngineContext,
  subject: string,
  run: string,
): Promise<MoveReport> {
  const handle = handleBytes(subject);
  if (await beginMove(context, handle, run)) await finishMove(context, handle);
  const held = await archivedOf(context, subject);
  const counts = new Map<string, number>();
  for (const { recordClass, records } of held) {
    counts.set(recordClass, (counts.get(recordClass) ?? 0) + records);
  }
  return { moved: [...counts].map(([recordClass, records]) => ({ recordClass, records })) };
}

/**
 * Goes on with every move that was begun. One that cannot go on stops no other.
 * @returns why the first of those stopped; null: all are done
 */
export async function continueMoves(context: EngineContext): Promise<ErrorCode | null> {
  const begun = await context.db.query<{ subject: Uint8Array }>(
    `select subject from archive_move order by began_at, subject limit ${MOVES_AT_ONCE}`,
  );
  if (begun.length === 0) return null;
  let stopped = await codeOf(async () => void (await context.archive()));
  if (stopped !== null) return stopped;
  for (const { subject } of begun) {
    const code = await codeOf(async () => finishMove(context, subject));
    stopped ??= code;
  }
  return stopped;
}

async function codeOf(work: () => Promise<void>): Promise<ErrorCode | null> {
  return unlessAway<ErrorCode | null>(
    async () => {
      await work();
      return null;
    },
    (code) => code,
  );
}

async function finishMove(context: EngineContext, handle: Uint8Array): Promise<void> {
  const archive = await context.archive();
  // Before the first copy: whoever finds one must know where to look for it.
  await rememberArchive(context.db, archive);
  for (let after: string | null = ""; after !== null;) {
    const from: string = after;
    after = await context.db.transaction(async (tx) =>
      moveBatch(context, { tx, archive, handle, after: from }),
    );
  }
}

interface Step {
  readonly tx: Sql;
  readonly archive: Database;
  readonly handle: Uint8Array;
  /** Id of the last record looked at, hex. */
  readonly after: string;
}

/** Returns the last id looked at; null: nothing is left, and the move is over. */
async function moveBatch(context: EngineContext, step: Step): Promise<string | null> {
  const { tx, archive, handle, after } = step;
  await holdLocks(tx, allCompartments(context.plan, hex(handle)));
  const move = await readMove(tx, handle);
  if (move === null) return null; // another run has ended it
  const seen = await selectRows(context, step);
  const rows = await withoutClosedDays(tx, seen);
  if (rows.length > 0) {
    const beside = await openBeside(context, move);
    const events = await eventsOf(tx, handle, rows);
    await copyRecords(context, archive, { subject: handle, rows, events, beside });
    await giveUpLiveLocks(context, tx, move, rows);
    await removeRows(tx, rows);
    await tell(context, tx, move, rows);
  }
  const last = seen.at(-1);
  if (last !== undefined) return hex(last.id);
  // Records that came meanwhile may have smaller ids: it is over when a whole look finds none.
  if (after !== "") return "";
  await endMove(tx, move);
  return null;
}

async function selectRows(
  { plan, clock }: EngineContext,
  { tx, handle, after }: Step,
): Promise<readonly MovingRow[]> {
  return tx.query<MovingRow>(
    `select subject, id, class, compartment, occasion, method, policy_version, policy_hash,
            collected_on, expires_on, items, sealed
       from record
      where subject = $1 and class = any($2::text[]) and id > decode($3, 'hex')
        and (expires_on is null or expires_on >= $4::date)
        and not exists (select from destruction
                         where destruction.class = record.class
                           and destruction.expired_on = record.expires_on
                           and reason = 'expiry')
      order by id
      limit ${BATCH}
        for update`,
    [handle, [...archivedClasses(plan).keys()], after, dayOf(clock.now(), plan.timeZone)],
  );
}

/**
 * Shares the days, so that none is closed before the copies are written, and leaves out rows of a
 * day whose destruction has begun since the look: they are the sweep's.
 */
async function withoutClosedDays(
  tx: Sql,
  rows: readonly MovingRow[],
): Promise<readonly MovingRow[]> {
  const days = new Map<string, { recordClass: string; day: string }>();
  for (const row of rows) {
    if (row.expires_on === null) continue;
    days.set(dayNameOf(row), { recordClass: row.class, day: row.expires_on });
  }
  if (days.size === 0) return rows;
  await shareLocks(tx, [...days.values()]);
  if (!(await isDayClosed(tx, [...days.values()]))) return rows;
  const closed = new Set<string>();
  for (const [name, day] of days) if (await isDayClosed(tx, [day])) closed.add(name);
  return rows.filter((row) => !closed.has(dayNameOf(row)));
}

function dayNameOf(row: MovingRow): string {
  return `${row.class} ${row.expires_on ?? ""}`;
}

async function eventsOf(
  tx: Sql,
  handle: Uint8Array,
  rows: readonly MovingRow[],
): Promise<readonly EventRow[]> {
  return tx.query<EventRow>(
    `select record, event, happened_on
       from record_event
      where subject = $1 and record in (select decode(id, 'hex') from unnest($2::text[]) as id)
      order by record, event`,
    [handle, rows.map(({ id }) => hex(id))],
  );
}

/**
 * Copies of these rows may lie in backups: the locks they are under are given up. What is left in
 * the compartment is sealed again under its fresh lock before they die (reseal-rest.ts). Locks that
 * single rows had for themselves die alone.
 */
async function giveUpLiveLocks(
  context: EngineContext,
  tx: Sql,
  move: Move,
  rows: readonly MovingRow[],
): Promise<void> {
  for (const [compartment, own] of Map.groupBy(rows, (row) => row.compartment)) {
    const former = await context.keeper.renew(hex(move.subject), compartment);
    const slots = [former, ...own.map(subjectSlot)].filter((slot) => slot !== null);
    await tx.query(
      `insert into reseal (subject, compartment, slot, run, leave_out, only_records)
       select $1, $2, slot::bigint, $4, '{}', '{}' from unnest($3::text[]) as former (slot)
           on conflict (subject, compartment, slot, run) do nothing`,
      [move.subject, compartment, [...new Set(slots)].map(String), move.run],
    );
  }
  await insertGivenUp(
    tx,
    rows.map(({ sealed }) => ownLockOf(sealed)),
  );
}

async function insertGivenUp(tx: Sql, slots: readonly (number | null)[]): Promise<void> {
  await tx.query(
    `insert into given_up_lock (slot)
     select slot::bigint from unnest($1::text[]) as former (slot)
         on conflict (slot) do nothing`,
    [slots.filter((slot) => slot !== null).map(String)],
  );
}

async function tell(
  context: EngineContext,
  tx: Sql,
  move: Move,
  rows: readonly MovingRow[],
): Promise<void> {
  const records: Record<string, number> = {};
  for (const row of rows) records[row.class] = (records[row.class] ?? 0) + 1;
  await appendLeaf(tx, context.clock.now(), "archived", {
    run: hex(move.run),
    subject: hex(move.subject),
    records,
  });
}

/** What was put aside has done its work: its lock dies with the next sweep. */
async function endMove(tx: Sql, move: Move): Promise<void> {
  if (move.sealed !== null) await insertGivenUp(tx, [ownLockOf(move.sealed)]);
  await tx.query("delete from archive_move where subject = $1", [move.subject]);
}
