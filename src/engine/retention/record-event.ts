/**
 * Events start clocks: a contract ended, a ticket was closed. Each event counts once for a record;
 * a later one of the same kind never restarts the clock. What is opened again takes its event back
 * (reopen-records.ts), and then the next one counts.
 */
import { present } from "../../base/assert.ts";
import { addDays, dayOf, isDay } from "../../base/calendar.ts";
import { JikimError } from "../../base/errors.ts";
import { bytes, hex } from "../../store/column-value.ts";
import type { Sql, SqlValue } from "../../store/database.ts";
import { recordArchivedEvent } from "../archive/archived-clocks.ts";
import { appendLeaf } from "../audit/append-leaf.ts";
import { type EndlessRow, startClocks, type Started } from "../destruction/start-clock.ts";
import type { EngineContext } from "../jikim.ts";
import { shareLocks } from "../locks.ts";
import { handleBytes } from "../subject.ts";
import { soonestEnd, versionClocks, type VersionClocks } from "./version-clocks.ts";

const BATCH = 500;
const CONSENT_WITHDRAWN = "consent_withdrawn";
const BUILT_IN = ["withdrawal", CONSENT_WITHDRAWN];

export interface RecordedEvent {
  readonly subject: string;
  /** A declared event, `withdrawal` or `consent_withdrawn`. */
  readonly event: string;
  /** The day it happened, in the policy's time zone; not after today. */
  readonly day: string;
  /** Only this record (32 hex digits). */
  readonly record?: string;
  /** Only records of this class. */
  readonly recordClass?: string;
  /** Only records of these occasions. */
  readonly occasions?: readonly string[];
}

/**
 * Records that something happened to records of a subject, in every class whose clock waits for
 * it; returns how many clocks it started. Throws ERR_USAGE for an event the policy does not know or
 * a day that is none or has not come, ERR_SUBJECT_UNKNOWN for what is no handle.
 * @example await recordEvent(context, { subject, event: "ticket_closed", day: "2026-11-23" });
 */
export async function recordEvent(context: EngineContext, what: RecordedEvent): Promise<number> {
  const { plan, clock, db } = context;
  const at = clock.now();
  const clocks = await versionClocks(context, db);
  const waiting = classesEndedBy(clocks, what.event);
  const named = Object.hasOwn(plan.policy.events, what.event) || BUILT_IN.includes(what.event);
  // An earlier text may name an event the present one does not; `collected` is no one's to report.
  const known = what.event !== "collected" && (named || waiting.length > 0);
  if (!known || !isDay(what.day) || what.day > dayOf(at, plan.timeZone)) {
    throw new JikimError(
      "ERR_USAGE",
      "the policy knows no such event, or its day is none or to come",
    );
  }
  const classes = waiting.filter((id) => what.recordClass === undefined || id === what.recordClass);
  const filter: readonly SqlValue[] = [
    handleBytes(what.subject),
    what.event,
    classes,
    what.record === undefined ? null : bytes(what.record),
    what.occasions ?? null,
  ];
  let started = 0;
  let seen = BATCH;
  while (seen === BATCH) {
    const batch = await db.transaction(async (tx) =>
      recordBatch(context, tx, { what, filter, at, clocks }),
    );
    started += batch.started;
    seen = batch.seen;
  }
  // After the records: one that moves meanwhile is found there.
  const { subject, event, day, record, occasions } = what;
  const archived = { subject, event, day, classes, record, occasions };
  return started + (await recordArchivedEvent(context, archived, clocks));
}

/** Classes an event bears on. A withdrawn consent also ends what rests on consent alone. */
function classesEndedBy(clocks: VersionClocks, event: string): readonly string[] {
  const waiting = clocks.waitingFor(event);
  if (event !== CONSENT_WITHDRAWN) return waiting;
  const resting = [...clocks.byHash.values()].flatMap((each) =>
    [...each.values()].filter(({ recordClass }) => recordClass.basis === "consent"),
  );
  return [...new Set([...waiting, ...resting.map(({ recordClass }) => recordClass.id)])];
}

type WaitingRow = EndlessRow & { readonly policy_hash: string };

interface Asked {
  readonly what: RecordedEvent;
  readonly filter: readonly SqlValue[];
  readonly at: number;
  readonly clocks: VersionClocks;
}

async function recordBatch(
  context: EngineContext,
  tx: Sql,
  asked: Asked,
): Promise<{ seen: number; started: number }> {
  const { what } = asked;
  // Before the rows: whoever gives a compartment's lock up holds its name first, then the rows.
  const all = [...asked.clocks.byHash.values()].flatMap((clocks) => [...clocks.values()]);
  const compartments = new Set(all.map((each) => each.compartment));
  await shareLocks(
    tx,
    [...compartments].map((compartment) => ({ subject: what.subject, compartment })),
  );
  const rows = await tx.query<WaitingRow>(
    `select subject, id, class, compartment, expires_on, collected_on, sealed, source, policy_hash
       from record
      where subject = $1 and class = any($3::text[]) and expires_on is null
        and ($4::bytea is null or id = $4::bytea)
        and ($5::text[] is null or occasion = any($5::text[]))
        and not exists (select from record_event as seen
                         where seen.subject = record.subject and seen.record = record.id
                           and seen.event = $2)
      order by id
      limit ${BATCH}
        for update`,
    asked.filter,
  );
  if (rows.length === 0) return { seen: 0, started: 0 };
  const [handle] = asked.filter;
  const ids = rows.map(({ id }) => hex(id));
  await tx.query(
    `insert into record_event (subject, record, event, happened_on)
     select $1, decode(id, 'hex'), $2, $3::date from unnest($4::text[]) as id`,
    [present(handle, "a subject"), what.event, what.day, ids],
  );
  const started = await withLastDays(tx, rows, asked);
  await startClocks(context, tx, started);
  await appendLeaf(tx, asked.at, "event_recorded", {
    subject: what.subject,
    event: what.event,
    day: what.day,
    records: rows.length,
    started: started.length,
  });
  return { seen: rows.length, started: started.length };
}

/** The records whose events are now complete, with their last days. */
async function withLastDays(
  tx: Sql,
  rows: readonly WaitingRow[],
  { what, clocks }: Asked,
): Promise<readonly Started[]> {
  const first = present(rows[0], "rows of one subject");
  const ids = rows.map(({ id }) => hex(id));
  const events = await tx.query<{ record: Uint8Array; event: string; happened_on: string }>(
    `select record, event, happened_on
       from record_event
      where subject = $1
        and record in (select decode(id, 'hex') from unnest($2::text[]) as id)`,
    [first.subject, ids],
  );
  const happened = new Map(ids.map((id) => [id, new Map<string, string>()]));
  for (const row of events) happened.get(hex(row.record))?.set(row.event, row.happened_on);
  const started: Started[] = [];
  for (const row of rows) {
    const days = present(happened.get(hex(row.id)), "each record has its events");
    days.set("collected", row.collected_on);
    const governing = clocks.governing(row.policy_hash, row.class);
    // PIPA 37③: what rests on consent alone is destroyed once the consent is withdrawn, whatever
    // else its clock waits for.
    const over =
      what.event === CONSENT_WITHDRAWN &&
      governing.some(({ recordClass }) => recordClass.basis === "consent");
    const last = over ? addDays(what.day, -1) : soonestEnd(governing, days);
    if (last === null) continue;
    started.push({ row, lastDay: last });
  }
  return started;
}
