/**
 * What is kept of a compartment whose lock is given up is sealed again under its fresh lock, batch
 * by batch; only then may the old lock die. The rows themselves say under which lock they are.
 */
import { dayOf } from "../../base/calendar.ts";
import { JikimError } from "../../base/errors.ts";
import { readHead } from "../../keys/envelope/locks.ts";
import { hex } from "../../store/column-value.ts";
import type { Sql } from "../../store/database.ts";
import type { EngineContext } from "../jikim.ts";
import { shareLocks } from "../locks.ts";
import { resealRecords, type SealedRow } from "./reseal-records.ts";

/** Records sealed again in one transaction. */
const BATCH = 200;

/** A lock that is given up. */
export type GivenUp = {
  readonly subject: Uint8Array;
  readonly compartment: string;
  readonly slot: number;
};

/** Finishes every compartment, of one subject or all; returns the locks that may die now. */
export async function resealRest(
  context: EngineContext,
  only: Uint8Array | null = null,
): Promise<readonly GivenUp[]> {
  const given = only === null ? await givenUpByAll(context) : await givenUpBy(context, only);
  for (const lock of given) {
    for (let after: string | null = ""; after !== null;) {
      const from: string = after;
      after = await context.db.transaction(async (tx) => resealBatch(context, tx, lock, from));
    }
  }
  return given;
}

async function givenUpByAll({ db }: EngineContext): Promise<readonly GivenUp[]> {
  return db.query<GivenUp>(
    "select subject, compartment, slot from reseal order by subject, compartment, slot",
  );
}

async function givenUpBy({ db }: EngineContext, subject: Uint8Array): Promise<readonly GivenUp[]> {
  return db.query<GivenUp>(
    `select subject, compartment, slot
       from reseal
      where subject = $1
      order by compartment, slot`,
    [subject],
  );
}

/** Forgets locks that are dead. */
export async function forgetReseals(
  context: EngineContext,
  given: readonly GivenUp[],
): Promise<void> {
  for (const { subject, compartment, slot } of given) {
    await context.db.query(
      "delete from reseal where subject = $1 and compartment = $2 and slot = $3",
      [subject, compartment, slot],
    );
  }
}

type Living = SealedRow & { readonly items: readonly string[] };

/** Returns the last id looked at; null when there is no more. */
async function resealBatch(
  context: EngineContext,
  tx: Sql,
  { subject, compartment }: GivenUp,
  after: string,
): Promise<string | null> {
  await shareLocks(tx, [{ subject: hex(subject), compartment }]);
  // What has ended is not kept: it dies with its lock, unless a legal hold covers it.
  const rows = await tx.query<Living>(
    `select subject, id, class, compartment, expires_on, sealed, source, items
       from record
      where subject = $1 and compartment = $2 and id > decode($3, 'hex')
        and (expires_on is null or expires_on >= $4::date
             or is_held(subject, class, id, $4::date))
      order by id
      limit ${BATCH}
        for update`,
    [subject, compartment, after, dayOf(context.clock.now(), context.plan.timeZone)],
  );
  const orders = await readOrders(tx, subject, compartment);
  const old = rows.filter((row) => orders.some(({ slot }) => slot === subjectSlot(row)));
  const leaveOut = (row: SealedRow): ReadonlySet<string> => leftOut(orders, row);
  const changed = old.filter((row) => row.items.some((item) => leaveOut(row).has(item)));
  for (const row of changed) await removeTags(tx, row, [...leaveOut(row)]);
  await resealRecords(context, tx, old, { leaveOut });
  const last = rows.at(-1);
  return last === undefined ? null : hex(last.id);
}

type Order = {
  readonly slot: number;
  readonly leave_out: readonly string[];
  readonly only_records: readonly string[];
};

/** Every lock of the compartment that is given up, with what is not kept of it. */
async function readOrders(
  tx: Sql,
  subject: Uint8Array,
  compartment: string,
): Promise<readonly Order[]> {
  return tx.query<Order>(
    `select slot, leave_out, only_records
       from reseal
      where subject = $1 and compartment = $2
      order by slot`,
    [subject, compartment],
  );
}

/** Orders may have come together: whatever any of them leaves out is not kept. */
function leftOut(orders: readonly Order[], row: SealedRow): ReadonlySet<string> {
  const id = hex(row.id);
  return new Set(
    orders
      .filter((order) => order.only_records.length === 0 || order.only_records.includes(id))
      .flatMap((order) => order.leave_out),
  );
}

/** The lock of the subject a row is under; null when the row names none: it opens for nobody. */
export function subjectSlot(row: { readonly sealed: Uint8Array }): number | null {
  try {
    return readHead(row.sealed).locks.subject;
  } catch (error) {
    if (error instanceof JikimError && error.code === "ERR_SEALED_VALUE_DAMAGED") return null;
    throw error;
  }
}

async function removeTags(tx: Sql, row: SealedRow, items: readonly string[]): Promise<void> {
  await tx.query(
    "delete from lookup where subject = $1 and record = $2 and item = any($3::text[])",
    [row.subject, row.id, items],
  );
}
