/**
 * The certificate of a run of the ledger: what was destroyed, on what basis, how far each step came,
 * which leaves of the log prove it and what a second principal found afterwards. It holds counts,
 * names of the policy, times and hashes; no personal value, and no handle.
 */
import { addDays, dayOf, lastDay } from "../../base/calendar.ts";
import { JikimError } from "../../base/errors.ts";
import type { Plan } from "../../compiler/plan.ts";
import { bytes, hex } from "../../store/column-value.ts";
import type { Sql } from "../../store/database.ts";
import { receiptOf } from "../audit/receipt-code.ts";
import type { EngineContext } from "../jikim.ts";
import { destroyedAt, isDestroyed } from "./destruction-state.ts";
import { type LedgerLine, linesOfRun } from "./ledger-lines.ts";

/** Time for the officer's confirmation where neither policy nor law says another. */
const CONFIRMATION_UNTOLD = "P14D";
const MOST_RECEIPTS = 1_000;

/**
 * How far the run is. Only `complete` is a certificate: every line destroyed for good, and a second
 * principal found nothing.
 */
export const CERTIFICATE_STATES = ["under_way", "not_looked", "traces_found", "complete"] as const;
export type CertificateState = (typeof CERTIFICATE_STATES)[number];

/** What began it. */
export type CertificateKind = "expiry" | "erasure" | "withdrawal" | "restore" | "hold";

/** A leaf of the log that tells of it. */
export interface CertificateReceipt {
  readonly code: string;
  readonly kind: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface Confirmation {
  readonly at: number;
  /** Staff handle of the officer. */
  readonly by: string;
}

export interface Certificate {
  /** 32 hex digits. */
  readonly run: string;
  readonly kind: CertificateKind;
  readonly state: CertificateState;
  readonly lines: readonly LedgerLine[];
  readonly records: number;
  /** When the last line was destroyed for good; null while one is not. */
  readonly destroyedAt: number | null;
  readonly receipts: readonly CertificateReceipt[];
  readonly confirmation: Confirmation | null;
  /** Last day for the officer's confirmation; null before there is anything to confirm. */
  readonly confirmBy: string | null;
  /** The confirmation is missing and late. */
  readonly confirmationOverdue: boolean;
  readonly policy: string;
  /** Version that was in force when it was asked for: hash of policy and law. */
  readonly policyHash: string;
  readonly issuedAt: number;
}

/**
 * The certificate of a run. Throws ERR_USAGE for what is no run, ERR_RUN_UNKNOWN when the ledger
 * has no such run.
 * @param run 32 hex digits
 * @example (await certificateOf(context, run)).state // "complete"
 */
export async function certificateOf(context: EngineContext, run: string): Promise<Certificate> {
  if (!/^[0-9a-f]{32}$/.test(run)) throw new JikimError("ERR_USAGE", "a run has 32 hex digits");
  const { db, clock, plan } = context;
  const lines = await linesOfRun(context, db, run);
  const [first] = lines;
  if (first === undefined) throw new JikimError("ERR_RUN_UNKNOWN", "the ledger has no such run");
  const receipts = await receiptsOf(db, run);
  const confirmation = await confirmationOf(db, run);
  const left = receipts.some(({ kind }) => kind === "withdrawn" || kind === "archived");
  const ends = lines.map(({ times }) => destroyedAt(times));
  const end = ends.includes(null) ? null : Math.max(...ends.filter((at) => at !== null));
  const confirmBy = end === null ? null : confirmationDay(plan, end);
  return {
    run,
    kind: left ? "withdrawal" : first.reason,
    state: stateOf(lines),
    lines,
    records: lines.reduce((sum, line) => sum + line.records, 0),
    destroyedAt: end,
    receipts,
    confirmation,
    confirmBy,
    confirmationOverdue:
      confirmation === null && confirmBy !== null && confirmBy < dayOf(clock.now(), plan.timeZone),
    policy: plan.policy.id,
    policyHash: plan.hash,
    issuedAt: clock.now(),
  };
}

/** What may be said of these lines together: no more than of the one that is behind. */
export function stateOf(lines: readonly Pick<LedgerLine, "state" | "look">[]): CertificateState {
  if (lines.some(({ look }) => look !== null && look.found > 0)) return "traces_found";
  if (lines.some(({ state }) => !isDestroyed(state))) return "under_way";
  return lines.some(({ look }) => look === null) ? "not_looked" : "complete";
}

/** Last day for the confirmation of what was destroyed at a moment. */
export function confirmationDay(plan: Plan, destroyed: number): string {
  return lastDay(dayOf(destroyed, plan.timeZone), confirmationPeriod(plan));
}

/** Destroyed on this day or before, a run without a confirmation is late at `now` (ms). */
export function lastConfirmedDay(plan: Plan, now: number): string {
  const today = dayOf(now, plan.timeZone);
  const period = confirmationPeriod(plan);
  let day = today;
  while (lastDay(day, period) >= today) day = addDays(day, -1);
  return day;
}

function confirmationPeriod(plan: Plan): string {
  return String(plan.parameters.get("destruction_confirmation")?.value ?? CONFIRMATION_UNTOLD);
}

async function receiptsOf(sql: Sql, run: string): Promise<readonly CertificateReceipt[]> {
  const leaves = await sql.query<{ seq: number; kind: string; at: number; hash: Uint8Array }>(
    `select seq, kind, at, hash
       from audit_leaf
      where facts ->> 'run' = $1 and facts ? 'run'
      order by seq
      limit ${MOST_RECEIPTS}`,
    [run],
  );
  return leaves.map(({ seq, kind, at, hash }) => ({
    code: receiptOf({ seq, hash: hex(hash) }),
    kind,
    at,
  }));
}

/** Who confirmed a run, and when; null while nobody has. */
export async function confirmationOf(sql: Sql, run: string): Promise<Confirmation | null> {
  const [row] = await sql.query<{ confirmed_at: number; confirmed_by: string }>(
    "select confirmed_at, confirmed_by from destruction_confirmation where run = $1",
    [bytes(run)],
  );
  return row === undefined ? null : { at: row.confirmed_at, by: row.confirmed_by };
}
