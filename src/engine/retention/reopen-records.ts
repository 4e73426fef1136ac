/**
 * What was over is open again: a closed ticket comes back. Its record loses the event and waits for
 * the next one, which then counts (a later closing is the closing). What has ended already stays
 * ended: it is the sweep's.
 */
import { present } from "../../base/assert.ts";
import { dayOf } from "../../base/calendar.ts";
import { JikimError } from "../../base/errors.ts";
import { bytes, hex } from "../../store/column-value.ts";
import type { Sql } from "../../store/database.ts";
import { reopenArchived } from "../archive/archived-clocks.ts";
import { appendLeaf } from "../audit/append-leaf.ts";
import { resealRecords, type SealedRow } from "../destruction/reseal-records.ts";
import type { EngineContext } from "../jikim.ts";
import { shareLocks } from "../locks.ts";
import { handleBytes } from "../subject.ts";
import { noteVacated } from "./vacated-days.ts";
import { versionClocks } from "./version-clocks.ts";

const BATCH = 500;

export interface Reopened {
  readonly subject: string;
  /** The declared event that is taken back. */
  readonly event: string;
  /** Only this record (32 hex digits). */
  readonly record?: string;
  /** Only records of this class. */
  readonly recordClass?: string;
}

/**
 * Takes an event back and stops the clocks it had started; returns how many. Throws ERR_USAGE for
 * an event no clock waits for, ERR_SUBJECT_UNKNOWN for what is no handle.
 * @example await reopenRecords(context, { subject, event: "ticket_closed", record });
 */
export async function reopenRecords(context: EngineContext, what: Reopened): Promise<number> {
  const handle = handleBytes(what.subject);
  const clocks = await versionClocks(context, context.db);
  const classes = clocks
    .waitingFor(what.event)
    .filter((id) => what.recordClass === undefined || id === what.recordClass);
  if (what.event === "collected" || classes.length === 0) {
    throw new JikimError("ERR_USAGE", "no clock waits for such an event");
  }
  const all = [...clocks.byHash.values()].flatMap((each) => [...each.values()]);
  const compartments = new Set(all.map(({ compartment }) => compartment));
  const names = [...compartments].map((compartment) => ({ subject: what.subject, compartment }));
  let reopened = 0;
  for (let more = true; more;) {
    const batch = await context.db.transaction(async (tx) => {
      await shareLocks(tx, names);
      return reopenBatch(context, tx, { what, handle, classes });
    });
    reopened += batch;
    more = batch === BATCH;
  }
  const { subject, event, record } = what;
  const day = dayOf(context.clock.now(), context.plan.timeZone);
  return reopened + (await reopenArchived(context, { subject, event, day, classes, record }));
}

async function reopenBatch(
  context: EngineContext,
  tx: Sql,
  asked: { readonly what: Reopened; handle: Uint8Array; classes: readonly string[] },
): Promise<number> {
  const { plan, keeper, clock } = context;
  const { what, handle } = asked;
  const at = clock.now();
  const rows = await tx.query<SealedRow & { readonly expires_on: string }>(
    `select subject, id, class, compartment, expires_on, sealed, source
       from record
      where subject = $1 and class = any($2::text[]) and expires_on >= $3::date
        and ($4::bytea is null or id = $4::bytea)
        and exists (select from record_event as seen
                     where seen.subject = record.subject and seen.record = record.id
                       and seen.event = $5)
      order by id
      limit ${BATCH}
        for update`,
    [
      handle,
      asked.classes,
      dayOf(at, plan.timeZone),
      what.record === undefined ? null : bytes(what.record),
      what.event,
    ],
  );
  if (rows.length === 0) return 0;
  await tx.query(
    `delete from record_event
      where subject = $1 and event = $2
        and record in (select decode(id, 'hex') from unnest($3::text[]) as id)`,
    [handle, what.event, rows.map(({ id }) => hex(id))],
  );
  const locks = await keeper.reserve(rows.length);
  const own = new Map(rows.map((row, index) => [row as SealedRow, locks[index]]));
  await resealRecords(context, tx, rows, {
    ownLock: (row) => present(own.get(row), "a lock for each"),
  });
  await noteVacated(
    tx,
    rows.map((row) => ({ recordClass: row.class, day: row.expires_on })),
  );
  await appendLeaf(tx, at, "event_taken_back", {
    subject: what.subject,
    event: what.event,
    records: rows.length,
  });
  return rows.length;
}
