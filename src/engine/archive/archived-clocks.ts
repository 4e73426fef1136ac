/**
 * Clocks of records that lie in the archive already: a dispute that was open when its person left
 * is closed there, or opened again. The events are those of the records (record-event.ts), the
 * locks too: a record without an end has one of its own, and moves under its day when it has one.
 */
import { present } from "../../base/assert.ts";
import { bytes, hex } from "../../store/column-value.ts";
import type { Database, Sql, SqlValue } from "../../store/database.ts";
import { appendLeaf } from "../audit/append-leaf.ts";
import { renewClosedDay } from "../destruction/start-clock.ts";
import type { EngineContext } from "../jikim.ts";
import { holdLocks, shareLocks } from "../locks.ts";
import { ownLockOf, type PlaceRow, placeOf, withOwnLocks } from "../record.ts";
import { soonestEnd, type VersionClocks } from "../retention/version-clocks.ts";
import { allCompartments } from "./archived-classes.ts";
import { insertFormerLocks } from "./copy-records.ts";
import { usedArchive } from "./used-archive.ts";

const BATCH = 200;

/** Which event, of which records of a subject. */
export interface ArchivedEvent {
  readonly subject: string;
  readonly event: string;
  readonly day: string;
  /** Classes whose clock waits for it. */
  readonly classes: readonly string[];
  /** Only this record (32 hex digits). */
  readonly record: string | undefined;
  /** Only records of these occasions. */
  readonly occasions: readonly string[] | undefined;
}

type WaitingRow = PlaceRow & {
  readonly collected_on: string;
  readonly policy_hash: string;
  readonly sealed: Uint8Array;
};

/** A record with the last day it gets; null: it waits again. */
interface Changed {
  readonly row: WaitingRow;
  readonly lastDay: string | null;
}

/** Both databases, each in a transaction. */
interface Both {
  readonly tx: Sql;
  readonly archive: Sql;
}

/** Records an event of archived records; returns how many clocks it started. */
export async function recordArchivedEvent(
  context: EngineContext,
  what: ArchivedEvent,
  clocks: VersionClocks,
): Promise<number> {
  const archive = await usedArchive(context);
  if (archive === null) return 0;
  let started = 0;
  for (let seen = BATCH; seen === BATCH;) {
    const batch = await inBoth(context, archive, what.subject, async (both) => {
      const rows = await selectWaiting(both.archive, what);
      if (rows.length === 0) return { seen: 0, started: 0 };
      await insertEvents(both.archive, what, rows);
      const changed = await withLastDays(both.archive, rows, clocks);
      await changeClocks(context, both, changed);
      await appendLeaf(both.tx, context.clock.now(), "event_recorded", {
        subject: what.subject,
        event: what.event,
        day: what.day,
        records: rows.length,
        started: changed.length,
      });
      return { seen: rows.length, started: changed.length };
    });
    started += batch.started;
    seen = batch.seen;
  }
  return started;
}

/** Takes an event of archived records back; returns how many clocks it stopped. */
export async function reopenArchived(
  context: EngineContext,
  what: Omit<ArchivedEvent, "occasions">,
): Promise<number> {
  const archive = await usedArchive(context);
  if (archive === null) return 0;
  let reopened = 0;
  for (let seen = BATCH; seen === BATCH;) {
    seen = await inBoth(context, archive, what.subject, async (both) => {
      const rows = await selectEnding(both.archive, what);
      if (rows.length === 0) return 0;
      await both.archive.query(
        `delete from archived_event
          where subject = $1 and event = $2
            and record in (select decode(id, 'hex') from unnest($3::text[]) as id)`,
        [bytes(what.subject), what.event, rows.map(({ id }) => hex(id))],
      );
      await changeClocks(
        context,
        both,
        rows.map((row) => ({ row, lastDay: null })),
      );
      await appendLeaf(both.tx, context.clock.now(), "event_taken_back", {
        subject: what.subject,
        event: what.event,
        records: rows.length,
      });
      return rows.length;
    });
    reopened += seen;
  }
  return reopened;
}

/** The archive commits first: what the records write after it is done again without harm. */
async function inBoth<T>(
  context: EngineContext,
  archive: Database,
  subject: string,
  work: (both: Both) => Promise<T>,
): Promise<T> {
  return context.db.transaction(async (tx) => {
    await shareLocks(tx, allCompartments(context.plan, subject));
    return archive.transaction(async (inner) => work({ tx, archive: inner }));
  });
}

function filterOf(what: Omit<ArchivedEvent, "occasions">): readonly SqlValue[] {
  const record = what.record === undefined ? null : bytes(what.record);
  return [bytes(what.subject), what.event, what.classes, record];
}

async function selectWaiting(archive: Sql, what: ArchivedEvent): Promise<readonly WaitingRow[]> {
  return archive.query<WaitingRow>(
    `select subject, id, class, compartment, expires_on, collected_on, policy_hash, sealed
       from archived_record
      where subject = $1 and class = any($3::text[]) and expires_on is null
        and ($4::bytea is null or id = $4::bytea)
        and ($5::text[] is null or occasion = any($5::text[]))
        and not exists (select from archived_event as seen
                         where seen.subject = archived_record.subject
                           and seen.record = archived_record.id and seen.event = $2)
      order by id
      limit ${BATCH}
        for update`,
    [...filterOf(what), what.occasions ?? null],
  );
}

/** What has ended stays ended: it is the sweep's. */
async function selectEnding(
  archive: Sql,
  what: Omit<ArchivedEvent, "occasions">,
): Promise<readonly WaitingRow[]> {
  return archive.query<WaitingRow>(
    `select subject, id, class, compartment, expires_on, collected_on, policy_hash, sealed
       from archived_record
      where subject = $1 and class = any($3::text[]) and expires_on >= $5::date
        and ($4::bytea is null or id = $4::bytea)
        and exists (select from archived_event as seen
                     where seen.subject = archived_record.subject
                       and seen.record = archived_record.id and seen.event = $2)
      order by id
      limit ${BATCH}
        for update`,
    [...filterOf(what), what.day],
  );
}

async function insertEvents(
  archive: Sql,
  what: ArchivedEvent,
  rows: readonly WaitingRow[],
): Promise<void> {
  await archive.query(
    `insert into archived_event (subject, record, event, happened_on)
     select $1, decode(id, 'hex'), $2, $3::date from unnest($4::text[]) as id`,
    [bytes(what.subject), what.event, what.day, rows.map(({ id }) => hex(id))],
  );
}

/** The records whose events are now complete, with their last days. */
async function withLastDays(
  archive: Sql,
  rows: readonly WaitingRow[],
  clocks: VersionClocks,
): Promise<readonly Changed[]> {
  const first = present(rows[0], "rows of one subject");
  const ids = rows.map(({ id }) => hex(id));
  const events = await archive.query<{ record: Uint8Array; event: string; happened_on: string }>(
    `select record, event, happened_on
       from archived_event
      where subject = $1
        and record in (select decode(id, 'hex') from unnest($2::text[]) as id)`,
    [first.subject, ids],
  );
  const happened = new Map(ids.map((id) => [id, new Map<string, string>()]));
  for (const row of events) happened.get(hex(row.record))?.set(row.event, row.happened_on);
  return rows.flatMap((row): Changed[] => {
    const days = present(happened.get(hex(row.id)), "each record has its events");
    days.set("collected", row.collected_on);
    const lastDay = soonestEnd(clocks.governing(row.policy_hash, row.class), days);
    return lastDay === null ? [] : [{ row, lastDay }];
  });
}

/** Seals records again under their new day, or under a lock of their own. */
async function changeClocks(
  context: EngineContext,
  { tx, archive }: Both,
  changed: readonly Changed[],
): Promise<void> {
  if (changed.length === 0) return;
  const { keeper } = context;
  const days = new Map(
    changed.flatMap(({ row, lastDay }) =>
      lastDay === null
        ? []
        : [[`${row.class} ${lastDay}`, { recordClass: row.class, day: lastDay }] as const],
    ),
  );
  await holdLocks(tx, [...days.values()]);
  for (const day of days.values()) await renewClosedDay(context, tx, day);
  const opened = await keeper.open(
    changed.map(({ row }) => ({ context: placeOf(row), sealed: row.sealed })),
  );
  const places = await withOwnLocks(
    keeper,
    changed.map(({ row, lastDay }) => ({ ...placeOf(row), expiresOn: lastDay })),
  );
  const sealed = await keeper.seal(
    places.map((place, index) => ({
      context: place,
      plain: present(opened[index], "every record opened"),
    })),
  );
  for (const plain of opened) plain.fill(0);
  await archive.query(
    `update archived_record
        set expires_on = nullif(changed.day, '')::date, sealed = decode(changed.sealed, 'hex')
       from unnest($2::text[], $3::text[], $4::text[]) as changed (id, day, sealed)
      where archived_record.subject = $1 and archived_record.id = decode(changed.id, 'hex')`,
    [
      present(changed[0], "records of one subject").row.subject,
      changed.map(({ row }) => hex(row.id)),
      changed.map(({ lastDay }) => lastDay ?? ""),
      sealed.map(hex),
    ],
  );
  await leaveFormer(archive, changed);
}

/** Copies from before are under the locks the records have just left. */
async function leaveFormer(archive: Sql, changed: readonly Changed[]): Promise<void> {
  await insertFormerLocks(
    archive,
    changed.map(({ row }) => ownLockOf(row.sealed)),
  );
  const left = changed.filter(({ row }) => row.expires_on !== null);
  if (left.length === 0) return;
  await archive.query(
    `insert into archived_vacated (class, day)
     select left_day.class, left_day.day::date
       from unnest($1::text[], $2::text[]) as left_day (class, day)
         on conflict (class, day) do nothing`,
    [left.map(({ row }) => row.class), left.map(({ row }) => row.expires_on ?? "")],
  );
}
