/**
 * Records that were kept past their day for a legal hold, once no hold covers them: the lock each
 * has for itself dies, then the rows go. It is a destruction like any other, with its line of the
 * ledger, and the time allowed for it runs from the end of the hold.
 */
import { dayOf, eligibleAt } from "../../base/calendar.ts";
import { present } from "../../base/assert.ts";
import { JikimError } from "../../base/errors.ts";
import { bytes, hex, moment } from "../../store/column-value.ts";
import type { Database, Sql } from "../../store/database.ts";
import { archiveInReach } from "../archive/archive-reach.ts";
import { usedArchive } from "../archive/used-archive.ts";
import { appendLeaf, type LeafId } from "../audit/append-leaf.ts";
import type { EngineContext } from "../jikim.ts";
import { ownLockOf } from "../record.ts";
import { closeLine, type Removed } from "./destroy-rows.ts";
import type { DestructionState } from "./destruction-state.ts";
import { dropKeys } from "./drop-keys.ts";
import { keepSample } from "./look-sample.ts";
import type { OpenDestruction } from "./open-destructions.ts";
import { isOverdue, type Sweep } from "./request-days.ts";

const BATCH = 1_000;
const RUN_BYTES = 16;
/** Bytes of a sealed value that say under which locks it is. */
const HEAD_BYTES = 32;

type Ended = {
  readonly subject: Uint8Array;
  readonly id: Uint8Array;
  readonly class: string;
  readonly tagged: boolean;
  readonly held_until: string;
};

/**
 * Begins the destruction of what no hold covers any more, here and in the archive. Each batch is a
 * run of its own: a line that another sweep has in hand never gets more rows.
 */
export async function requestReleased(context: EngineContext, sweep: Sweep): Promise<void> {
  const today = dayOf(sweep.at, sweep.timeZone);
  for (let many = BATCH; many === BATCH;) {
    const run = hex(context.random.bytes(RUN_BYTES));
    many = await context.db.transaction(async (tx) => {
      const rows = await selectEnded(tx, today, sweep.timeZone);
      if (rows.length === 0) return 0;
      await insertLines(tx, sweep, { run, rows });
      await mark(tx, run, rows);
      return rows.length;
    });
  }
  const { archive } = await archiveInReach(context);
  if (archive !== null) await requestArchived(context, sweep, archive);
}

/** Rows that no living hold covers, with the last day on which one did. */
async function selectEnded(tx: Sql, today: string, timeZone: string): Promise<readonly Ended[]> {
  return tx.query<Ended>(
    `select subject, id, class, tagged,
            greatest(expires_on, coalesce((
              select max(least(until_on, (released_at at time zone $2)::date - 1))
                from hold
               where hold.subject = held_record.subject
                 and (classes = '{}' or held_record.class = any (classes))
                 and (records = '{}' or encode(held_record.id, 'hex') = any (records))
            ), expires_on)) as held_until
       from held_record
      where run is null and not is_held(subject, class, id, $1::date)
      order by subject, id
      limit ${BATCH}
        for update skip locked`,
    [today, timeZone],
  );
}

async function insertLines(
  tx: Sql,
  sweep: Sweep,
  { run, rows }: { readonly run: string; readonly rows: readonly Ended[] },
): Promise<void> {
  for (const own of Map.groupBy(rows, (row) => `${row.class} ${row.held_until}`).values()) {
    const first = present(own[0], "a group has a row");
    // A hold that was set and released on the day its record ended ends with today at the latest.
    const eligible = Math.min(eligibleAt(first.held_until, sweep.timeZone), sweep.at);
    await tx.query(
      `insert into destruction (run, class, expired_on, reason, records, subjects, eligible_at,
                                requested_at, executed_at, overdue, irrecoverable, touches_index)
       values ($1, $2, $3::date, 'hold', 0, 0, $4, $5, $5, $6, false, $7)
           on conflict (run, class, expired_on)
           do update set touches_index = destruction.touches_index or excluded.touches_index`,
      [
        bytes(run),
        first.class,
        first.held_until,
        moment(eligible),
        moment(sweep.at),
        isOverdue(sweep, first.held_until),
        own.some(({ tagged }) => tagged),
      ],
    );
  }
}

async function mark(sql: Sql, run: string, rows: readonly Ended[]): Promise<void> {
  await sql.query(
    `update held_record
        set run = $1, held_until = ended.day::date
       from unnest($2::text[], $3::text[], $4::text[]) as ended (subject, id, day)
      where held_record.subject = decode(ended.subject, 'hex')
        and held_record.id = decode(ended.id, 'hex')`,
    [
      bytes(run),
      rows.map(({ subject }) => hex(subject)),
      rows.map(({ id }) => hex(id)),
      rows.map((row) => row.held_until),
    ],
  );
}

type Kept = Omit<Ended, "held_until"> & {
  readonly expires_on: string;
  readonly run: Uint8Array | null;
};

/**
 * The rows are marked first, then the line is written. A crash in between leaves rows of a run that
 * has no open line: the next sweep takes them for unmarked.
 */
async function requestArchived(
  context: EngineContext,
  sweep: Sweep,
  archive: Database,
): Promise<void> {
  for (let after = { subject: "", id: "" }; ;) {
    const rows = await archive.query<Kept>(
      `select subject, id, class, tagged, expires_on, run
         from held_record
        where (subject, id) > (decode($1, 'hex'), decode($2, 'hex'))
        order by subject, id
        limit ${BATCH}`,
      [after.subject, after.id],
    );
    const last = rows.at(-1);
    if (last === undefined) return;
    const ended = await endedAmong(context.db, rows, sweep);
    if (ended.length > 0) {
      const run = hex(context.random.bytes(RUN_BYTES));
      await mark(archive, run, ended);
      await context.db.transaction(async (tx) => insertLines(tx, sweep, { run, rows: ended }));
    }
    after = { subject: hex(last.subject), id: hex(last.id) };
  }
}

/** The holds and the ledger are in the other database: they are asked there. */
async function endedAmong(
  db: Database,
  rows: readonly Kept[],
  sweep: Sweep,
): Promise<readonly Ended[]> {
  const said = await db.query<{ id: Uint8Array; held_until: string }>(
    `select kept.id,
            greatest(kept.day, coalesce((
              select max(least(until_on, (released_at at time zone $2)::date - 1))
                from hold
               where hold.subject = kept.subject
                 and (classes = '{}' or kept.class = any (classes))
                 and (records = '{}' or encode(kept.id, 'hex') = any (records))
            ), kept.day)) as held_until
       from (select decode(subject, 'hex') as subject, decode(id, 'hex') as id, class,
                    day::date as day, decode(nullif(run, ''), 'hex') as run
               from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
                 as row (subject, id, class, day, run)) as kept
      where not is_held(kept.subject, kept.class, kept.id, $1::date)
        and not exists (select from destruction
                         where destruction.run = kept.run and rows_removed_at is null)`,
    [
      dayOf(sweep.at, sweep.timeZone),
      sweep.timeZone,
      rows.map(({ subject }) => hex(subject)),
      rows.map(({ id }) => hex(id)),
      rows.map((row) => row.class),
      rows.map((row) => row.expires_on),
      rows.map(({ run }) => (run === null ? "" : hex(run))),
    ],
  );
  const ended = new Map(said.map((row) => [hex(row.id), row.held_until]));
  return rows.flatMap((row) => {
    const until = ended.get(hex(row.id));
    return until === undefined ? [] : [{ ...row, held_until: until }];
  });
}

type Doomed = {
  readonly subject: Uint8Array;
  readonly id: Uint8Array;
  readonly head: Uint8Array;
};

/** The locks that rows of these lines have for themselves: they die with the lines. */
export async function heldSlots(
  context: EngineContext,
  lines: readonly OpenDestruction[],
): Promise<readonly number[]> {
  const held = lines.filter(({ reason }) => reason === "hold");
  if (held.length === 0) return [];
  const slots: number[] = [];
  for (const store of await storesOf(context)) {
    const rows = await store.query<Pick<Doomed, "head">>(
      `select substring(sealed from 1 for ${HEAD_BYTES}) as head
         from held_record
        where run in (select decode(run, 'hex') from unnest($1::text[]) as run)`,
      [[...new Set(held.map(({ run }) => run))]],
    );
    slots.push(...rows.map(({ head }) => ownLock(head)).filter((slot) => slot !== null));
  }
  return slots;
}

/** Null for a damaged value, which opens for nobody. */
function ownLock(head: Uint8Array): number | null {
  try {
    return ownLockOf(head);
  } catch (error) {
    if (error instanceof JikimError && error.code === "ERR_SEALED_VALUE_DAMAGED") return null;
    throw error;
  }
}

/** Removes the rows of a line whose locks are gone, counts and closes it. */
export async function destroyHeldRows(
  context: EngineContext,
  sweep: Sweep,
  line: OpenDestruction,
): Promise<Removed & { readonly state: DestructionState; readonly leaves: readonly LeafId[] }> {
  let records = 0;
  const subjects = new Set<string>();
  const leaves: LeafId[] = [];
  const slots = await heldSlots(context, [line]);
  const gone = new Set(await context.keeper.gone(slots));
  const living = slots.filter((slot) => !gone.has(slot));
  if (living.length > 0) await dropKeys(context, [], living);
  for (const store of await storesOf(context)) {
    for (let many = BATCH; many === BATCH;) {
      const removed = await removeBatch(context, sweep, { store, line, leaves });
      many = removed.length;
      records += many;
      for (const { subject } of removed) subjects.add(hex(subject));
      if (many > 0) sweep.onRemoved?.(many);
    }
  }
  const state = await closeLine(context.db, sweep.at, line);
  return { records, subjects: subjects.size, state, leaves };
}

/** In the archive the rows go before they are counted: what a crash leaves uncounted is gone. */
async function removeBatch(
  context: EngineContext,
  sweep: Sweep,
  at: {
    readonly store: Database;
    readonly line: OpenDestruction;
    readonly leaves: LeafId[];
  },
): Promise<readonly Doomed[]> {
  const { store, line, leaves } = at;
  if (store !== context.db) {
    const gone = await store.transaction(async (tx) => removeHeld(tx, line));
    await context.db.transaction(async (tx) => {
      await keepSample(tx, line, gone);
      leaves.push(...(await count(tx, sweep, line, gone)));
    });
    return gone;
  }
  return store.transaction(async (tx) => {
    const gone = await removeHeld(tx, line);
    await keepSample(tx, line, gone);
    leaves.push(...(await count(tx, sweep, line, gone)));
    return gone;
  });
}

async function removeHeld(tx: Sql, line: OpenDestruction): Promise<readonly Doomed[]> {
  return tx.query<Doomed>(
    `delete from held_record
      where (subject, id) in (select subject, id from held_record
                               where run = $1 and class = $2 and held_until = $3::date
                               order by subject, id
                               limit ${BATCH})
  returning subject, id, substring(sealed from 1 for ${HEAD_BYTES}) as head`,
    [bytes(line.run), line.recordClass, line.expiredOn],
  );
}

async function count(
  tx: Sql,
  sweep: Sweep,
  line: OpenDestruction,
  gone: readonly Doomed[],
): Promise<readonly LeafId[]> {
  if (gone.length === 0) return [];
  const subjects = new Set(gone.map(({ subject }) => hex(subject))).size;
  await tx.query(
    `update destruction
        set records = records + $4, subjects = subjects + $5
      where run = $1 and class = $2 and expired_on = $3`,
    [bytes(line.run), line.recordClass, line.expiredOn, gone.length, subjects],
  );
  const leaf = await appendLeaf(tx, sweep.at, "destroyed", {
    run: line.run,
    class: line.recordClass,
    expired_on: line.expiredOn,
    records: gone.length,
    subjects,
    keys: new Set(gone.map(({ head }) => ownLock(head))).size,
    irrecoverable: line.irrecoverable,
    overdue: isOverdue(sweep, line.expiredOn),
  });
  return [leaf];
}

async function storesOf(context: EngineContext): Promise<readonly Database[]> {
  const archive = await usedArchive(context);
  return archive === null ? [context.db] : [context.db, archive];
}
