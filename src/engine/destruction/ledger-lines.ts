/** Lines of the ledger of destruction, for certificates, pages and programs. No personal data. */
import { deadlineAt } from "../../base/calendar.ts";
import { bytes, hex } from "../../store/column-value.ts";
import type { Sql } from "../../store/database.ts";
import type { EngineContext } from "../jikim.ts";
import {
  destructionState,
  type DestructionState,
  type DestructionTimes,
} from "./destruction-state.ts";
import type { DestructionReason } from "./open-destructions.ts";

const MOST_LINES = 200;

/** What the second principal found. */
export interface LookFound {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** A role of its own that may only read, or a transaction that may not write. */
  readonly by: "role" | "transaction";
  /** Traces searched for, times stores. */
  readonly examined: number;
  readonly found: number;
}

export interface LedgerLine {
  /** 32 hex digits. */
  readonly run: string;
  readonly recordClass: string;
  /** Last day the records were kept; the day of the order for an erasure. */
  readonly lastDay: string;
  readonly reason: DestructionReason;
  /** Statutory rule of the class, where a law fixes its period. */
  readonly law: string | null;
  readonly records: number;
  readonly subjects: number;
  /** Milliseconds since the epoch, as all times here. */
  readonly eligibleAt: number;
  /** Limit for carrying it out; null where neither policy nor law names one. */
  readonly deadlineAt: number | null;
  readonly times: DestructionTimes;
  readonly state: DestructionState;
  readonly overdue: boolean;
  readonly irrecoverable: boolean;
  readonly epoch: number | null;
  /** SHA-256 over the destroyed slots, hex. */
  readonly slotsHash: string | null;
  readonly custodians: readonly string[];
  readonly weaknesses: readonly string[];
  readonly look: LookFound | null;
}

type Row = DestructionTimes & {
  readonly run: Uint8Array;
  readonly class: string;
  readonly expired_on: string;
  readonly reason: DestructionReason;
  readonly records: number;
  readonly subjects: number;
  readonly eligible_at: number;
  readonly overdue: boolean;
  readonly irrecoverable: boolean;
  readonly epoch: number | null;
  readonly slots_hash: Uint8Array | null;
  readonly custodians: readonly string[];
  readonly weaknesses: readonly string[];
  readonly looked_at: number | null;
  readonly look_by: LookFound["by"] | null;
  readonly look_examined: number | null;
  readonly look_found: number | null;
};

/** Lines of one run, by class and day. */
export async function linesOfRun(
  context: EngineContext,
  sql: Sql,
  run: string,
): Promise<readonly LedgerLine[]> {
  const rows = await sql.query<Row>(
    `select run, class, expired_on, reason, records, subjects, eligible_at, requested_at,
            key_dropped_at, root_wiped_at, caches_drained_at, index_rotated_at, rows_removed_at,
            overdue, irrecoverable, epoch, slots_hash, custodians, weaknesses, looked_at, look_by,
            look_examined, look_found
       from destruction
      where run = $1
      order by class, expired_on`,
    [bytes(run)],
  );
  return rows.map((row) => lineOf(context, row));
}

/** What is asked of the ledger. */
export const LEDGER_FILTERS = ["all", "open", "traces", "late", "unconfirmed"] as const;
export type LedgerFilter = (typeof LEDGER_FILTERS)[number];

export interface LedgerEntry extends LedgerLine {
  /** When the officer confirmed its run; null while nobody has. */
  readonly confirmedAt: number | null;
}

/** The newest lines that a filter lets pass, at most 200. */
export async function newestLines(
  context: EngineContext,
  filter: LedgerFilter,
): Promise<readonly LedgerEntry[]> {
  const rows = await context.db.query<Row & { readonly confirmed_at: number | null }>(
    `select destruction.run, class, expired_on, reason, records, subjects, eligible_at,
            requested_at, key_dropped_at, root_wiped_at, caches_drained_at, index_rotated_at,
            rows_removed_at, overdue, irrecoverable, epoch, slots_hash, custodians, weaknesses,
            looked_at, look_by, look_examined, look_found, confirmed_at
       from destruction
       left join destruction_confirmation on destruction_confirmation.run = destruction.run
      where case $1::text
              when 'open' then rows_removed_at is null
              when 'traces' then look_found > 0
              when 'late' then overdue
              when 'unconfirmed' then confirmed_at is null and rows_removed_at is not null
              else true
            end
      order by requested_at desc, class, expired_on desc, destruction.run
      limit ${MOST_LINES}`,
    [filter],
  );
  return rows.map((row) => ({ ...lineOf(context, row), confirmedAt: row.confirmed_at }));
}

/** How many lines each filter lets pass. */
export async function ledgerCounts(sql: Sql): Promise<Readonly<Record<LedgerFilter, number>>> {
  const [row] = await sql.query<Record<LedgerFilter, number>>(
    `select count(*) as "all",
            count(*) filter (where rows_removed_at is null) as "open",
            count(*) filter (where look_found > 0) as traces,
            count(*) filter (where overdue) as late,
            count(*) filter (where confirmed_at is null and rows_removed_at is not null)
              as unconfirmed
       from destruction
       left join destruction_confirmation on destruction_confirmation.run = destruction.run`,
  );
  return row ?? { all: 0, open: 0, traces: 0, late: 0, unconfirmed: 0 };
}

function lineOf({ plan }: EngineContext, row: Row): LedgerLine {
  const grace = plan.parameters.get("destroy_grace")?.value;
  return {
    run: hex(row.run),
    recordClass: row.class,
    lastDay: row.expired_on,
    reason: row.reason,
    law: plan.clocks.get(row.class)?.recordClass.law ?? null,
    records: row.records,
    subjects: row.subjects,
    eligibleAt: row.eligible_at,
    // An erasure is due from its order, not from the end of a day.
    deadlineAt: grace === undefined ? null : row.eligible_at + graceOf(String(grace)),
    times: {
      requested_at: row.requested_at,
      key_dropped_at: row.key_dropped_at,
      root_wiped_at: row.root_wiped_at,
      caches_drained_at: row.caches_drained_at,
      index_rotated_at: row.index_rotated_at,
      rows_removed_at: row.rows_removed_at,
    },
    state: destructionState(row),
    overdue: row.overdue,
    irrecoverable: row.irrecoverable,
    epoch: row.epoch,
    slotsHash: row.slots_hash === null ? null : hex(row.slots_hash),
    custodians: row.custodians,
    weaknesses: row.weaknesses,
    look: lookOf(row),
  };
}

/** Milliseconds: so many times 24 hours. */
function graceOf(grace: string): number {
  return deadlineAt("2000-01-01", grace, "UTC") - Date.UTC(2000, 0, 2);
}

function lookOf(row: Row): LookFound | null {
  const { looked_at: at, look_by: by, look_examined: examined, look_found: found } = row;
  if (at === null || by === null || examined === null || found === null) return null;
  return { at, by, examined, found };
}
