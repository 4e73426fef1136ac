/**
 * Inspections and trainings of processors (PIPA 26④): the law names no cycle, the policy or the
 * law's parameter does. What is past its day stands red beside the processor; it stops nothing.
 */
import { dayOf, isDay, lastDay } from "../../base/calendar.ts";
import { JikimError } from "../../base/errors.ts";
import { moment } from "../../store/column-value.ts";
import type { Sql } from "../../store/database.ts";
import { appendLeaf } from "../audit/append-leaf.ts";
import type { EngineContext } from "../jikim.ts";
import { staffAtWork } from "../staff/staff.ts";
import { listed, type RegisterEntry } from "./register.ts";

export const SUPERVISION_KINDS = ["inspection", "training"] as const;
export type SupervisionKind = (typeof SUPERVISION_KINDS)[number];

/** One inspection or training, as it is recorded. */
export interface Supervision {
  readonly processor: string;
  readonly kind: SupervisionKind;
  /** YYYY-MM-DD, today at the latest. */
  readonly heldOn: string;
  /** Where its report lies: 1 to 200 characters. */
  readonly document: string;
  /** Handle of who held it. */
  readonly staff: string;
}

/** How a processor stands with one kind. */
export interface SupervisionState {
  readonly last: Supervision | null;
  /** Last day for the next; null for a processor that is not active. */
  readonly dueOn: string | null;
  readonly overdue: boolean;
}

type Row = {
  readonly processor: string;
  readonly kind: SupervisionKind;
  readonly held_on: string;
  readonly document: string;
  readonly staff: string;
};

// Where neither policy nor law says how often: every year.
const CYCLE_UNTOLD = "P1Y";
const MOST_TEXT = 200;

/**
 * Records an inspection or a training; the same one again changes nothing. Throws ERR_USAGE for
 * a day to come, a document without a name or staff who are not at work, and ERR_PROCESSOR_REFUSED
 * for a processor the policy does not name.
 */
export async function recordSupervision(context: EngineContext, held: Supervision): Promise<void> {
  const { plan, clock, db } = context;
  listed(context, held.processor);
  const at = clock.now();
  const document = held.document.trim();
  const faults = [
    ...(isDay(held.heldOn) && held.heldOn <= dayOf(at, plan.timeZone)
      ? []
      : ["its day is a day, today at the latest"]),
    ...(document !== "" && document.length <= MOST_TEXT
      ? []
      : [`document has 1 to ${MOST_TEXT} characters`]),
    ...((await staffAtWork(db, held.staff)) ? [] : ["nobody at work has this staff id"]),
  ];
  if (faults.length > 0) throw new JikimError("ERR_USAGE", faults.join("; "), { faults });
  await db.transaction(async (tx) => {
    const added = await tx.query(
      `insert into processor_supervision (processor, kind, held_on, document, staff, recorded_at)
       values ($1, $2, $3::date, $4, $5, $6)
       on conflict (processor, kind, held_on) do nothing
       returning processor`,
      [held.processor, held.kind, held.heldOn, document, held.staff, moment(at)],
    );
    if (added.length === 0) return;
    const { processor, kind, heldOn: day, staff } = held;
    await appendLeaf(tx, at, "processor_supervised", { processor, kind, day, staff });
  });
}

/** Where each processor of the register stands, by kind. */
export async function supervisionOf(
  { plan, clock, db }: Pick<EngineContext, "plan" | "clock" | "db">,
  register: readonly RegisterEntry[],
): Promise<ReadonlyMap<string, Readonly<Record<SupervisionKind, SupervisionState>>>> {
  const rows = await lastHeld(db);
  const today = dayOf(clock.now(), plan.timeZone);
  const cycle = String(plan.parameters.get("processor_check")?.value ?? CYCLE_UNTOLD);
  const stateOf = (entry: RegisterEntry, kind: SupervisionKind): SupervisionState => {
    const row = rows.find((each) => each.processor === entry.processor.id && each.kind === kind);
    const since = row?.held_on ?? dayOf(entry.activeAt ?? clock.now(), plan.timeZone);
    const dueOn = entry.state === "active" ? lastDay(since, cycle) : null;
    return Object.freeze({
      last: row === undefined ? null : supervisionIn(row),
      dueOn,
      overdue: dueOn !== null && dueOn < today,
    });
  };
  return new Map(
    register.map((entry) => [
      entry.processor.id,
      { inspection: stateOf(entry, "inspection"), training: stateOf(entry, "training") },
    ]),
  );
}

/** Everything recorded of a processor, newest first; at most 100. */
export async function supervisionHistory(
  sql: Sql,
  processor: string,
): Promise<readonly Supervision[]> {
  const rows = await sql.query<Row>(
    `select processor, kind, held_on, document, staff
       from processor_supervision
      where processor = $1
      order by held_on desc, kind
      limit 100`,
    [processor],
  );
  return rows.map(supervisionIn);
}

async function lastHeld(sql: Sql): Promise<readonly Row[]> {
  return sql.query<Row>(
    `select distinct on (processor, kind) processor, kind, held_on, document, staff
       from processor_supervision
      order by processor, kind, held_on desc`,
  );
}

function supervisionIn({ held_on: heldOn, ...row }: Row): Supervision {
  return Object.freeze({ ...row, heldOn });
}
