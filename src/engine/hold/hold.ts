/**
 * A legal hold: an order of a court or an investigation that something is not destroyed. It stops
 * destruction and nothing else: clocks run on, and what has ended is not opened again for any use.
 */
import { dayOf } from "../../base/calendar.ts";
import type { SealContext } from "../../keys/keeper.ts";
import { hex } from "../../store/column-value.ts";
import type { Sql } from "../../store/database.ts";
import type { EngineContext } from "../jikim.ts";

/** Lock of a person's records that outlive their day only for a hold. */
export const HOLD_COMPARTMENT = "hold";
const MOST_HOLDS = 1_000;

/** What a hold covers. */
export interface HoldScope {
  /** 16 hex digits. */
  readonly subject: string;
  /** Record classes; empty: all. */
  readonly classes: readonly string[];
  /** Records, 32 hex digits each; empty: all. */
  readonly records: readonly string[];
}

export interface Hold extends HoldScope {
  /** 32 hex digits. */
  readonly id: string;
  /** Last day it holds. */
  readonly until: string;
  /** Milliseconds since the epoch. */
  readonly placedAt: number;
  /** Staff handle. */
  readonly placedBy: string;
  readonly releasedAt: number | null;
  readonly releasedBy: string | null;
  /** Reference of the document it rests on. */
  readonly document: string;
  /** Records that are past their last day and kept for a hold of this subject. */
  readonly kept: number;
}

/** Where the sealed items of a held record belong. */
export function heldPlace(row: {
  readonly subject: Uint8Array;
  readonly id: Uint8Array;
  readonly class: string;
}): SealContext {
  return {
    subject: hex(row.subject),
    record: hex(row.id),
    recordClass: row.class,
    compartment: HOLD_COMPARTMENT,
    expiresOn: null,
  };
}

/** Where the document reference of a hold belongs. */
export function documentPlace(subject: string, hold: string): SealContext {
  return {
    subject,
    record: hold,
    recordClass: "hold",
    compartment: HOLD_COMPARTMENT,
    expiresOn: null,
  };
}

/** Does a hold cover this record? */
export function covers(
  hold: HoldScope,
  row: { readonly subject: Uint8Array; readonly id: Uint8Array; readonly class: string },
): boolean {
  return (
    hold.subject === hex(row.subject) &&
    (hold.classes.length === 0 || hold.classes.includes(row.class)) &&
    (hold.records.length === 0 || hold.records.includes(hex(row.id)))
  );
}

type HoldRow = {
  readonly subject: Uint8Array;
  readonly id: Uint8Array;
  readonly classes: readonly string[];
  readonly records: readonly string[];
  readonly until_on: string;
  readonly placed_at: number;
  readonly placed_by: string;
  readonly released_at: number | null;
  readonly released_by: string | null;
  readonly document: Uint8Array;
  readonly kept: number;
};

/** Scopes of the holds that hold today; empty in most services. */
export async function livingHolds(
  { clock, plan }: EngineContext,
  sql: Sql,
): Promise<readonly HoldScope[]> {
  const rows = await sql.query<Pick<HoldRow, "subject" | "classes" | "records">>(
    `select subject, classes, records
       from hold
      where released_at is null and until_on >= $1::date
      order by subject, id`,
    [dayOf(clock.now(), plan.timeZone)],
  );
  return rows.map(({ subject, classes, records }) => ({ subject: hex(subject), classes, records }));
}

/**
 * Holds with their documents, those that still hold first, at most 1,000.
 * @example for (const { id, until } of await listHolds(context)) …
 */
export async function listHolds(context: EngineContext): Promise<readonly Hold[]> {
  const { clock, plan, db, keeper } = context;
  const rows = await db.query<HoldRow>(
    `select subject, id, classes, records, until_on, placed_at, placed_by, released_at,
            released_by, document,
            (select count(*) from held_record
              where held_record.subject = hold.subject
                and (hold.classes = '{}' or held_record.class = any (hold.classes))
                and (hold.records = '{}' or encode(held_record.id, 'hex') = any (hold.records))
            ) as kept
       from hold
      order by (released_at is null and until_on >= $1::date) desc, placed_at desc, id
      limit ${MOST_HOLDS}`,
    [dayOf(clock.now(), plan.timeZone)],
  );
  const opened = await keeper.open(
    rows.map((row) => ({
      context: documentPlace(hex(row.subject), hex(row.id)),
      sealed: row.document,
    })),
  );
  return rows.map((row, index) => ({
    subject: hex(row.subject),
    id: hex(row.id),
    classes: row.classes,
    records: row.records,
    until: row.until_on,
    placedAt: row.placed_at,
    placedBy: row.placed_by,
    releasedAt: row.released_at,
    releasedBy: row.released_by,
    document: Buffer.from(opened[index] ?? []).toString("utf8"),
    kept: row.kept,
  }));
}

/** Does it still hold on a day? */
export function isHolding(hold: Pick<Hold, "until" | "releasedAt">, today: string): boolean {
  return hold.releasedAt === null && hold.until >= today;
}
