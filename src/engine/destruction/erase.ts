/**
 * Erases part of what is kept of a person (PIPA 36): records, or items of records. The locks of
 * the compartments concerned are given up, what is kept is sealed again under fresh ones, and the
 * old locks die; so the erased part opens in no copy of any date.
 */
import { present } from "../../base/assert.ts";
import { dayOf } from "../../base/calendar.ts";
import { JikimError } from "../../base/errors.ts";
import { bytes, hex, moment } from "../../store/column-value.ts";
import type { Sql } from "../../store/database.ts";
import { appendLeaf } from "../audit/append-leaf.ts";
import type { EngineContext, Erasure, ErasureReport } from "../jikim.ts";
import { holdLocks } from "../locks.ts";
import { handleBytes, subjectExists, subjectUnknown } from "../subject.ts";
import { carryOut } from "./carry-out.ts";
import { removeRows } from "./remove-rows.ts";
import { destructionState, type DestructionTimes } from "./destruction-state.ts";
import { keepSample } from "./look-sample.ts";
import { sweepAt } from "./request-days.ts";
import { pendingItems } from "./pending-items.ts";
import { subjectSlot } from "./reseal-rest.ts";

const RUN_BYTES = 16;
const MOST_NAMED = 1_000;
/** Bytes of a sealed value that say under which locks it is. */
const HEAD_BYTES = 32;

export type Living = {
  readonly subject: Uint8Array;
  readonly id: Uint8Array;
  readonly class: string;
  readonly compartment: string;
  readonly items: readonly string[];
};

/** One order to erase. */
interface Order extends Erasure {
  readonly handle: Uint8Array;
  /** 16 bytes, hex. */
  readonly run: string;
  readonly at: number;
  readonly today: string;
}

/**
 * Erases records of a subject, items of all its records, or items of the records named.
 *
 * Throws ERR_SUBJECT_UNKNOWN, ERR_USAGE (nothing or too much named), ERR_ITEM_UNKNOWN,
 * ERR_ERASURE_REFUSED when a law obliges to keep one of the records (`facts.classes`), and
 * ERR_HOLD_ACTIVE when a legal hold covers one: then nothing is erased.
 * @example await erase(context, subject, { items: ["phone"] });
 */
export async function erase(
  context: EngineContext,
  subject: string,
  what: Erasure,
): Promise<ErasureReport> {
  refuseUnclear(context, what);
  const at = context.clock.now();
  const order: Order = {
    ...what,
    handle: handleBytes(subject),
    run: hex(context.random.bytes(RUN_BYTES)),
    at,
    today: dayOf(at, context.plan.timeZone),
  };
  const found = await context.db.transaction(async (tx) => begin(context, tx, order));
  await carryOut(context, sweepAt(context, at, order.run));
  const lines = await context.db.query<DestructionTimes & { readonly class: string }>(
    `select class, requested_at, key_dropped_at, root_wiped_at, caches_drained_at,
            index_rotated_at, rows_removed_at
       from destruction
      where run = $1
      order by class`,
    [bytes(order.run)],
  );
  // The lines of one order go through every step together.
  const state = lines[0] === undefined ? "rows_removed" : destructionState(lines[0]);
  return { at, ...found, state };
}

function refuseUnclear({ plan }: EngineContext, { records, items }: Erasure): void {
  const named = [...(records ?? []), ...(items ?? [])];
  const malformed = (records ?? []).some((id) => !/^[0-9a-f]{32}$/.test(id));
  if (named.length === 0 || named.length > MOST_NAMED || malformed) {
    throw new JikimError("ERR_USAGE", "say which records or items are to be erased");
  }
  if ((items ?? []).some((item) => !plan.items.has(item))) {
    throw new JikimError("ERR_ITEM_UNKNOWN", "the policy knows no such item");
  }
}

async function begin(
  context: EngineContext,
  tx: Sql,
  order: Order,
): Promise<Pick<ErasureReport, "records" | "changed">> {
  const { plan } = context;
  const subject = hex(order.handle);
  const all = new Set([...plan.clocks.values()].map(({ compartment }) => compartment));
  await holdLocks(
    tx,
    [...all].map((compartment) => ({ subject, compartment })),
  );
  if (!(await subjectExists(tx, order.handle))) throw subjectUnknown();
  const rows = await selectRows(tx, order);
  const kept = rows.filter((row) => plan.clocks.get(row.class)?.statutory === true);
  if (kept.length > 0) {
    throw new JikimError("ERR_ERASURE_REFUSED", "a law obliges to keep what is to be erased", {
      classes: [...new Set(kept.map((row) => row.class))].toSorted(),
    });
  }
  await refuseHeld(tx, order, rows);
  const out = new Set(order.items ?? []);
  const pending = await pendingItems(tx, order.handle);
  const isWhole = (row: Living): boolean =>
    out.size === 0 ||
    row.items.every((item) => out.has(item) || pending.has(`${row.compartment} ${item}`));
  const whole = rows.filter(isWhole);
  const changed = rows.length - whole.length;
  for (const compartment of new Set(rows.map((row) => row.compartment))) {
    await giveUp(context, tx, order, compartment);
  }
  await insertLines(tx, order, { rows, whole });
  await removeRows(tx, whole);
  if (rows.length > 0) {
    await appendLeaf(tx, order.at, "erased", {
      run: order.run,
      subject,
      records: whole.length,
      changed,
      items: [...out].toSorted(),
    });
  }
  return { records: whole.length, changed };
}

/** A legal hold stops every destruction, also one that the person asks for. */
async function refuseHeld(tx: Sql, order: Order, rows: readonly Living[]): Promise<void> {
  const [answer] = await tx.query<{ held: boolean }>(
    `select exists (select from unnest($2::text[], $3::text[]) as row (id, class)
                     where is_held($1, row.class, decode(row.id, 'hex'), $4::date)) as held`,
    [order.handle, rows.map(({ id }) => hex(id)), rows.map((row) => row.class), order.today],
  );
  if (answer?.held !== true) return;
  throw new JikimError("ERR_HOLD_ACTIVE", "a legal hold covers what is to be erased");
}

async function selectRows(tx: Sql, order: Order): Promise<readonly Living[]> {
  return tx.query<Living>(
    `select subject, id, class, compartment, items
       from record
      where subject = $1
        and (expires_on is null or expires_on >= $2::date)
        and ($3::text[] is null or encode(id, 'hex') = any($3::text[]))
        and ($4::text[] is null or items && $4::text[])
      order by id
        for update`,
    [order.handle, order.today, order.records ?? null, order.items ?? null],
  );
}

/**
 * Gives the compartment a fresh lock and writes down every lock its records are under now. What a
 * crash before the commit leaves is a fresh lock more, which the next order finds the same way.
 */
export async function giveUp(
  context: EngineContext,
  tx: Sql,
  order: Pick<Order, "handle" | "run" | "items" | "records">,
  compartment: string,
): Promise<void> {
  const heads = await tx.query<{ sealed: Uint8Array }>(
    `select distinct substring(sealed from 1 for ${HEAD_BYTES}) as sealed
       from record
      where subject = $1 and compartment = $2
      order by 1`,
    [order.handle, compartment],
  );
  const former = await context.keeper.renew(hex(order.handle), compartment);
  const slots = new Set([former, ...heads.map(subjectSlot)].filter((slot) => slot !== null));
  for (const slot of slots) {
    await tx.query(
      `insert into reseal (subject, compartment, slot, run, leave_out, only_records)
       values ($1, $2, $3, $4, $5, $6)
           on conflict (subject, compartment, slot, run) do nothing`,
      [
        order.handle,
        compartment,
        slot,
        bytes(order.run),
        order.items ?? [],
        order.items === undefined ? [] : (order.records ?? []),
      ],
    );
  }
}

/** A line of the ledger for each class, without a word of whose it is. */
export async function insertLines(
  tx: Sql,
  order: Pick<Order, "handle" | "run" | "items" | "at" | "today">,
  { rows, whole }: { readonly rows: readonly Living[]; readonly whole: readonly Living[] },
): Promise<void> {
  const going = new Set(whole);
  for (const [recordClass, own] of Map.groupBy(rows, (row) => row.class)) {
    const line = { run: order.run, recordClass, expiredOn: order.today };
    const goes = own.filter((row) => going.has(row));
    await keepSample(tx, line, goes);
    await keepSample(
      tx,
      line,
      own.filter((row) => !going.has(row)),
      order.items ?? [],
    );
    const records = goes.length;
    const [touched] = await tx.query<{ touches: boolean }>(
      `select exists (select from lookup
                       where subject = $1
                         and encode(record, 'hex') = any($2::text[])
                         and ($3::text[] is null or item = any($3::text[]))) as touches`,
      [order.handle, own.map(({ id }) => hex(id)), order.items ?? null],
    );
    await tx.query(
      `insert into destruction (run, class, expired_on, reason, records, subjects, eligible_at,
                                requested_at, executed_at, overdue, irrecoverable, touches_index)
       values ($1, $2, $3, 'erasure', $4, 0, $5, $5, $5, false, false, $6)`,
      [
        bytes(order.run),
        recordClass,
        order.today,
        records,
        moment(order.at),
        present(touched, "exists always answers").touches,
      ],
    );
  }
}
