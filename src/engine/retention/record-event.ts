/**
 * Events start clocks: a contract ended, a ticket was closed. Each event counts once for a record;
 * a later one of the same kind never restarts the clock.
 */
import { present } from "../../base/assert.ts";
import { dayOf, isDay } from "../../base/calendar.ts";
import { JikimError } from "../../base/errors.ts";
import { bytes, hex } from "../../store/column-value.ts";
import type { Sql, SqlValue } from "../../store/database.ts";
import { appendLeaf } from "../audit/append-leaf.ts";
import { type EndlessRow, startClocks, type Started } from "../destruction/start-clock.ts";
import type { EngineContext } from "../jikim.ts";
import { shareLocks } from "../locks.ts";
import { handleBytes } from "../subject.ts";
import { expiresOn } from "./expiry.ts";

const BATCH = 500;
const BUILT_IN = ["withdrawal", "consent_withdrawn"];

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
  const known = Object.hasOwn(plan.policy.events, what.event) || BUILT_IN.includes(what.event);
  if (!known || !isDay(what.day) || what.day > dayOf(at, plan.timeZone)) {
    throw new JikimError(
      "ERR_USAGE",
      "the policy knows no such event, or its day is none or to come",
    );
  }
  const classes = [...plan.clocks.values()]
    .filter(({ recordClass }) => recordClass.from.laterOf.includes(what.event))
    .map(({ recordClass }) => recordClass.id)
    .filter((id) => what.recordClass === undefined || id === what.recordClass);
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
      recordBatch(context, tx, { what, filter, at }),
    );
    started += batch.started;
    seen = batch.seen;
  }
  return started;
}

async function recordBatch(
  context: EngineContext,
  tx: Sql,
  asked: { what: RecordedEvent; filter: readonly SqlValue[]; at: number },
): Promise<{ seen: number; started: number }> {
  const { what } = asked;
  // Before the rows: whoever gives a compartment's lock up holds its name first, then the rows.
  const compartments = new Set([...context.plan.clocks.values()].map((each) => each.compartment));
  await shareLocks(
    tx,
    [...compartments].map((compartment) => ({ subject: what.subject, compartment })),
  );
  const rows = await tx.query<EndlessRow>(
    `select subject, id, class, compartment, expires_on, collected_on, sealed, source
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
  const started = await withLastDays(context, tx, rows, ids);
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
  context: EngineContext,
  tx: Sql,
  rows: readonly EndlessRow[],
  ids: readonly string[],
): Promise<readonly Started[]> {
  const first = present(rows[0], "rows of one subject");
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
    const clock = present(context.plan.clocks.get(row.class), "selected by the plan's classes");
    const last = expiresOn(clock, days);
    if (last === null) continue;
    started.push({ row, lastDay: last });
  }
  return started;
}
