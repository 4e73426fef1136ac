/**
 * The end of what a person leaves behind: every record of the classes named goes, and the lock of
 * every compartment they were in is given up. What is kept in one of them is sealed again under a
 * fresh lock; the old ones die, so what went opens in no copy of any date.
 *
 * Two steps, like every destruction: first it is written down and the rows go, in one transaction
 * of the caller; then the keys. Each finds what a crash left of it.
 */
import { dayOf } from "../../base/calendar.ts";
import { bytes } from "../../store/column-value.ts";
import type { Sql } from "../../store/database.ts";
import { setAsideOf } from "../hold/set-aside.ts";
import type { EngineContext } from "../jikim.ts";
import { holdLocks } from "../locks.ts";
import { handleBytes } from "../subject.ts";
import { BATCH_RECORDS, closeLine } from "./destroy-rows.ts";
import { removeRows } from "./remove-rows.ts";
import {
  destructionState,
  type DestructionState,
  type DestructionTimes,
} from "./destruction-state.ts";
import { dropKeys } from "./drop-keys.ts";
import { giveUp, insertLines, type Living } from "./erase.ts";
import { openDestructions } from "./open-destructions.ts";
import { forgetReseals, resealRest } from "./reseal-rest.ts";

/** Whose records end, under which run of the ledger. */
export interface Ending {
  readonly subject: string;
  /** 16 bytes, hex. */
  readonly run: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Holds every compartment of a person: whoever seals for them has ended, and nobody begins. */
export async function holdCompartments(
  { plan }: EngineContext,
  tx: Sql,
  subject: string,
): Promise<void> {
  const all = new Set([...plan.clocks.values()].map(({ compartment }) => compartment));
  await holdLocks(
    tx,
    [...all].map((compartment) => ({ subject, compartment })),
  );
}

/** Removes every record of the classes and gives up the locks of their compartments. */
export async function removeClasses(
  context: EngineContext,
  tx: Sql,
  ending: Ending,
  classes: readonly string[],
): Promise<void> {
  const handle = handleBytes(ending.subject);
  await holdCompartments(context, tx, ending.subject);
  let rows = await selectRows(tx, handle, classes);
  // What a legal hold covers leaves the records first: a hold stops destruction, and nothing else.
  const own = [...new Set(rows.map((row) => row.compartment))];
  const { kept } = await setAsideOf(context, tx, handle, classes);
  if (kept > 0) rows = await selectRows(tx, handle, classes);
  const order = { ...ending, handle, today: dayOf(ending.at, context.plan.timeZone) };
  for (const compartment of own) await giveUp(context, tx, order, compartment);
  await insertLines(tx, order, { rows, whole: rows });
  for (let from = 0; from < rows.length; from += BATCH_RECORDS) {
    await removeRows(tx, rows.slice(from, from + BATCH_RECORDS));
  }
}

async function selectRows(
  tx: Sql,
  subject: Uint8Array,
  classes: readonly string[],
): Promise<readonly Living[]> {
  return tx.query<Living>(
    `select subject, id, class, compartment, items
       from record
      where subject = $1 and class = any($2::text[])
      order by id
        for update`,
    [subject, classes],
  );
}

/**
 * Seals again what is kept, destroys the locks that were given up, and closes the lines of the run.
 * Lines whose values could be looked up stay open: the index moves to a fresh key with the daily
 * run, once for all who left that day, however many they are.
 */
export async function finishEnding(context: EngineContext, ending: Ending): Promise<void> {
  const given = await resealRest(context, handleBytes(ending.subject));
  const run = bytes(ending.run);
  const begun = await openDestructions(context.db, run);
  const living = begun.filter((line) => line.key_dropped_at === null);
  const slots = given.map(({ slot }) => slot);
  await dropKeys(context, living, slots);
  await forgetReseals(context, given);
  for (const line of await openDestructions(context.db, run)) {
    if (line.key_dropped_at !== null) await closeLine(context.db, context.clock.now(), line);
  }
}

/** How far a run of the ledger has come: as far as its last line; null: nothing had to go. */
export async function stateOfRun(sql: Sql, run: string): Promise<DestructionState | null> {
  const lines = await sql.query<DestructionTimes>(
    `select requested_at, key_dropped_at, root_wiped_at, caches_drained_at, index_rotated_at,
            rows_removed_at
       from destruction
      where run = $1
      order by index_rotated_at nulls first, key_dropped_at nulls first
      limit 1`,
    [bytes(run)],
  );
  return lines[0] === undefined ? null : destructionState(lines[0]);
}
