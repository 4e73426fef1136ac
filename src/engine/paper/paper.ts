/**
 * The register of paper with personal data (letters, faxes): in which cabinet it lies, until when,
 * and the slip of its end. What lies in a cabinet only people can see, so every entry is attested
 * by a member of staff, and shown as such.
 */
import { dayOf, deadlineAt, eligibleAt } from "../../base/calendar.ts";
import type { Sql } from "../../store/database.ts";
import type { EngineContext } from "../jikim.ts";

const MOST_ITEMS = 500;
const GRACE_UNTOLD = "P1D";

export interface PaperItem {
  /** Its number in the register: what is written on it. */
  readonly number: number;
  readonly recordClass: string;
  readonly cabinet: string;
  /** Is that the separate cabinet of what is only kept? */
  readonly separate: boolean;
  readonly arrivedOn: string;
  /** Last day it is kept; null while its clock has not started. */
  readonly lastDay: string | null;
  readonly registeredBy: string;
  /** Where it is in its life. */
  readonly state: PaperState;
  /** Number of its slip; null while it is there. */
  readonly slip: number | null;
}

/** Waits for its event; is kept; may go; should have gone; is gone. */
export type PaperState = "waiting" | "kept" | "due" | "overdue" | "destroyed";

export interface PaperSlip {
  readonly number: number;
  readonly method: string;
  readonly destroyedOn: string;
  /** Staff handles of the two who did it. */
  readonly by: readonly [string, string];
  readonly box: string | null;
  readonly weightGrams: number | null;
  readonly items: number;
}

type ItemRow = {
  readonly number: number;
  readonly class: string;
  readonly cabinet: string;
  readonly separate: boolean;
  readonly arrived_on: string;
  readonly expires_on: string | null;
  readonly registered_by: string;
  readonly slip: number | null;
};

/** Paper that is there, what is overdue first; at most 500. */
export async function paperItems(context: EngineContext): Promise<readonly PaperItem[]> {
  const rows = await context.db.query<ItemRow>(
    `select paper_item.number, class, cabinet, separate, arrived_on, expires_on, registered_by,
            null::bigint as slip
       from paper_item
      where slip is null
      order by expires_on nulls last, number
      limit ${MOST_ITEMS}`,
  );
  return rows.map((row) => itemOf(context, row));
}

/** The papers with these numbers, also those that are gone. */
export async function paperNumbered(
  context: EngineContext,
  sql: Sql,
  numbers: readonly number[],
): Promise<readonly PaperItem[]> {
  const rows = await sql.query<ItemRow>(
    `select paper_item.number, class, cabinet, separate, arrived_on, expires_on, registered_by,
            paper_slip.number as slip
       from paper_item
       left join paper_slip on paper_slip.id = paper_item.slip
      where paper_item.number in (select number::bigint from unnest($1::text[]) as number)
      order by paper_item.number
        for update of paper_item`,
    [numbers.map(String)],
  );
  return rows.map((row) => itemOf(context, row));
}

/** Slips, newest first; at most 500. */
export async function paperSlips(sql: Sql): Promise<readonly PaperSlip[]> {
  const rows = await sql.query<{
    number: number;
    method: string;
    destroyed_on: string;
    first_by: string;
    second_by: string;
    box: string | null;
    weight_grams: number | null;
    items: number;
  }>(
    `select number, method, destroyed_on, first_by, second_by, box, weight_grams, items
       from paper_slip
      order by number desc
      limit ${MOST_ITEMS}`,
  );
  return rows.map((row) => ({
    number: row.number,
    method: row.method,
    destroyedOn: row.destroyed_on,
    by: [row.first_by, row.second_by],
    box: row.box,
    weightGrams: row.weight_grams,
    items: row.items,
  }));
}

function itemOf(context: EngineContext, row: ItemRow): PaperItem {
  return {
    number: row.number,
    recordClass: row.class,
    cabinet: row.cabinet,
    separate: row.separate,
    arrivedOn: row.arrived_on,
    lastDay: row.expires_on,
    registeredBy: row.registered_by,
    slip: row.slip,
    state: row.slip === null ? stateOf(context, row.expires_on) : "destroyed",
  };
}

function stateOf({ plan, clock }: EngineContext, lastDay: string | null): PaperState {
  if (lastDay === null) return "waiting";
  const now = clock.now();
  if (eligibleAt(lastDay, plan.timeZone) > now) return "kept";
  return now > deadlineAt(lastDay, graceOf(plan), plan.timeZone) ? "overdue" : "due";
}

/** How long destruction may take. */
export function graceOf(plan: EngineContext["plan"]): string {
  return String(plan.parameters.get("destroy_grace")?.value ?? GRACE_UNTOLD);
}

/** Today in the policy's time zone. */
export function todayOf({ clock, plan }: EngineContext): string {
  return dayOf(clock.now(), plan.timeZone);
}
