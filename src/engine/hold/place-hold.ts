/** Placing a legal hold on records of a subject. */
import { addDays, dayOf, isDay } from "../../base/calendar.ts";
import { present } from "../../base/assert.ts";
import { JikimError } from "../../base/errors.ts";
import { bytes, hex, moment } from "../../store/column-value.ts";
import type { Sql } from "../../store/database.ts";
import { archiveInReach, unlessAway } from "../archive/archive-reach.ts";
import { appendLeaf } from "../audit/append-leaf.ts";
import type { EngineContext } from "../jikim.ts";
import { shareLocks } from "../locks.ts";
import { STAFF_HANDLE } from "../staff/staff-handle.ts";
import { handleBytes, subjectExists, subjectUnknown } from "../subject.ts";
import { documentPlace } from "./hold.ts";
import { type ClassDay, setAsideArchivedOf, setAsideOf } from "./set-aside.ts";

const ID_BYTES = 16;
const LONGEST_DOCUMENT = 200;
const LONGEST_DAYS = 3_660;
const MOST_NAMED = 1_000;
const RECORD_ID = /^[0-9a-f]{32}$/;

export interface HoldAsked {
  readonly subject: string;
  /** Record classes; without them all. */
  readonly classes?: readonly string[];
  /** Records, 32 hex digits each; without them all. */
  readonly records?: readonly string[];
  /** Reference of the document that orders it, at most 200 characters; it is sealed. */
  readonly document: string;
  /** Last day; at most ten years ahead. */
  readonly until: string;
  /** Staff handle. */
  readonly by: string;
}

export interface PlacedHold {
  /** 32 hex digits. */
  readonly id: string;
  /** Records past their last day that were saved from their destruction now. */
  readonly kept: number;
  /** Records of which the destruction had gone too far: their lock was gone. */
  readonly tooLate: number;
}

/**
 * Places a hold. From its commit no record it covers is destroyed: what is past its last day is set
 * aside at once, the rest when its day comes. Use stays as it was.
 *
 * Throws ERR_SUBJECT_UNKNOWN, and ERR_USAGE (`facts.faults`) for a scope the policy lacks, a
 * document without a reference, or a day that is none, is over or lies too far ahead.
 * @example await placeHold(context, { subject, document: "2026-가합-17", until: "2027-06-30", by: "7" });
 */
export async function placeHold(context: EngineContext, asked: HoldAsked): Promise<PlacedHold> {
  const { clock, plan, db, keeper, random } = context;
  const at = clock.now();
  const today = dayOf(at, plan.timeZone);
  const faults = faultsOf(context, asked, today);
  if (faults.length > 0) throw new JikimError("ERR_USAGE", faults.join("; "), { faults });
  const handle = handleBytes(asked.subject);
  const archived = await archivedDays(context, handle);
  if (!(await isKnown(context, handle, archived))) throw subjectUnknown();
  const id = hex(random.bytes(ID_BYTES));
  const scope = {
    subject: asked.subject,
    classes: [...new Set(asked.classes ?? [])].toSorted(),
    records: [...new Set(asked.records ?? [])].toSorted(),
  };
  const [ownLock] = await keeper.reserve(1);
  const [document] = await keeper.seal([
    {
      context: {
        ...documentPlace(asked.subject, id),
        ownLock: present(ownLock, "one lock was asked for"),
      },
      plain: new Uint8Array(Buffer.from(asked.document.trim(), "utf8")),
    },
  ]);
  const tomorrow = addDays(today, 1);
  const live = await db.transaction(async (tx) => {
    const near = archived.filter(({ day }) => day < tomorrow);
    await shareLocks(tx, [...(await dueDays(tx, handle, tomorrow)), ...near]);
    await tx.query(
      `insert into hold (subject, id, classes, records, until_on, document, placed_at, placed_by)
       values ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        handle,
        bytes(id),
        scope.classes,
        scope.records,
        asked.until,
        present(document, "the reference is sealed"),
        moment(at),
        asked.by,
      ],
    );
    await appendLeaf(tx, at, "hold_placed", {
      hold: id,
      subject: asked.subject,
      classes: scope.classes,
      records: scope.records.length,
      until: asked.until,
      by: asked.by,
    });
    await keepHeld(tx, handle);
    return setAsideOf(context, tx, handle);
  });
  // An archive that is away destroys nothing; what is due there waits for it, and for this hold.
  const apart = await unlessAway(
    async () => setAsideArchivedOf(context, scope),
    () => ({ kept: 0, tooLate: 0 }),
  );
  return { id, kept: live.kept + apart.kept, tooLate: live.tooLate + apart.tooLate };
}

/** What ends by a day: those names are shared, so that no destruction of them begins meanwhile. */
async function dueDays(tx: Sql, handle: Uint8Array, day: string): Promise<readonly ClassDay[]> {
  const rows = await tx.query<{ class: string; expires_on: string }>(
    `select distinct class, expires_on
       from record
      where subject = $1 and expires_on < $2::date
      order by expires_on, class`,
    [handle, day],
  );
  return rows.map((row) => ({ recordClass: row.class, day: row.expires_on }));
}

async function archivedDays(
  context: EngineContext,
  handle: Uint8Array,
): Promise<readonly ClassDay[]> {
  const { archive } = await archiveInReach(context);
  if (archive === null) return [];
  const rows = await archive.query<{ class: string; expires_on: string }>(
    `select distinct class, coalesce(expires_on, 'infinity')::text as expires_on
       from archived_record
      where subject = $1
      order by 2, 1`,
    [handle],
  );
  return rows.map((row) => ({ recordClass: row.class, day: row.expires_on }));
}

/** Rows set aside before, which this hold may cover too: none of them is taken meanwhile. */
async function keepHeld(tx: Sql, handle: Uint8Array): Promise<void> {
  await tx.query("select id from held_record where subject = $1 and run is null for update", [
    handle,
  ]);
}

async function isKnown(
  { db }: EngineContext,
  handle: Uint8Array,
  archived: readonly ClassDay[],
): Promise<boolean> {
  if (archived.length > 0 || (await subjectExists(db, handle))) return true;
  const [held] = await db.query<{ known: boolean }>(
    "select exists (select from held_record where subject = $1) as known",
    [handle],
  );
  return held?.known === true;
}

function faultsOf({ plan }: EngineContext, asked: HoldAsked, today: string): readonly string[] {
  const faults: string[] = [];
  const { classes = [], records = [], document, until, by } = asked;
  if (classes.some((name) => !plan.clocks.has(name))) faults.push("the policy has no such class");
  if (records.some((id) => !RECORD_ID.test(id))) faults.push("a record has 32 hex digits");
  if (classes.length + records.length > MOST_NAMED) faults.push("at most 1,000 are named");
  const reference = document.trim();
  if (reference === "" || reference.length > LONGEST_DOCUMENT) {
    faults.push("the document has a reference of 1 to 200 characters");
  }
  if (!isDay(until) || until < today) faults.push("the last day exists and is not over");
  else if (until > addDays(today, LONGEST_DAYS)) faults.push("a hold ends within ten years");
  if (!STAFF_HANDLE.test(by)) faults.push("by is the handle of staff");
  return faults;
}
