/** A withdrawal as the store has it: the step that was reached, and what becomes of the records. */
import { present } from "../../base/assert.ts";
import { hex } from "../../store/column-value.ts";
import type { Sql, SqlValue } from "../../store/database.ts";
import type { LeafId } from "../audit/append-leaf.ts";
import type { WithdrawalPart } from "./sort-records.ts";

/**
 * The nine steps, in their order. The one in the row is the last that is done for good; whatever
 * stops the work, the next run begins with the one after it.
 */
export const WITHDRAWAL_STEPS = [
  /** The wish and who confirmed it are written down (P2.6). */
  "confirmed",
  /** Log-in, use and marketing are off. */
  "frozen",
  /** Each class is sorted: destroyed, moved, kept. */
  "sorted",
  /** What a statute keeps is in the separate database, compared, and gone from here. */
  "moved",
  /** The rows of the rest are gone, with their look-up tags. */
  "removed",
  /** Every processor that holds something has its order. */
  "ordered",
  /** The keys of what went are destroyed. */
  "shredded",
  /** The log tells of it. */
  "certified",
  /** The person is told. */
  "told",
] as const;
export type WithdrawalStep = (typeof WITHDRAWAL_STEPS)[number];

export const CONFIRMERS = ["member", "staff", "representative"] as const;
/** Who confirmed that the person wants to leave, and is the person. */
export type Confirmer = (typeof CONFIRMERS)[number];

export const WITHDRAWAL_CHANNELS = ["site", "letter", "phone", "email", "board"] as const;
/** How the wish reached us: the account page, or one of the channels of the policy. */
export type WithdrawalChannel = (typeof WITHDRAWAL_CHANNELS)[number];

export interface Withdrawal {
  readonly subject: string;
  /** 32 hex digits; also the run under which the ledger tells what was destroyed. */
  readonly id: string;
  readonly step: WithdrawalStep;
  readonly confirmedBy: Confirmer;
  readonly channel: WithdrawalChannel;
  /** Handle of the staff who checked the identity. */
  readonly staff: string | null;
  readonly lang: string;
  /** Milliseconds since the epoch, as every moment here. */
  readonly confirmedAt: number;
  /** Empty until the records are sorted. */
  readonly parts: readonly WithdrawalPart[];
  /** Orders placed at processors; null before that step. */
  readonly orders: number | null;
  /** The leaf that tells of it; a receipt is made of it (`receiptOf`). */
  readonly leaf: LeafId | null;
  readonly doneAt: number | null;
}

export type WithdrawalRow = {
  readonly subject: Uint8Array;
  readonly id: Uint8Array;
  readonly step: WithdrawalStep;
  readonly confirmed_by: Confirmer;
  readonly channel: WithdrawalChannel;
  readonly staff: string | null;
  readonly lang: string;
  readonly confirmed_at: number;
  readonly parts: string | null;
  readonly orders: number | null;
  readonly leaf_seq: number | null;
  readonly leaf_hash: Uint8Array | null;
  readonly done_at: number | null;
};

export function withdrawalOf(row: WithdrawalRow): Withdrawal {
  return Object.freeze({
    subject: hex(row.subject),
    id: hex(row.id),
    step: row.step,
    confirmedBy: row.confirmed_by,
    channel: row.channel,
    staff: row.staff,
    lang: row.lang,
    confirmedAt: row.confirmed_at,
    parts: row.parts === null ? [] : (JSON.parse(row.parts) as readonly WithdrawalPart[]),
    orders: row.orders,
    leaf:
      row.leaf_seq === null || row.leaf_hash === null
        ? null
        : { seq: row.leaf_seq, hash: hex(row.leaf_hash) },
    doneAt: row.done_at,
  });
}

/** The withdrawal of a subject; null: there is none. */
export async function findWithdrawal(sql: Sql, subject: Uint8Array): Promise<Withdrawal | null> {
  const [row] = await sql.query<WithdrawalRow>(
    `select subject, id, step, confirmed_by, channel, staff, lang, confirmed_at, parts, orders,
            leaf_seq, leaf_hash, done_at
       from withdrawal
      where subject = $1`,
    [subject],
  );
  return row === undefined ? null : withdrawalOf(row);
}

/** The step before one; each is taken from there and from nowhere else. */
export function stepBefore(step: WithdrawalStep): WithdrawalStep {
  return present(WITHDRAWAL_STEPS[WITHDRAWAL_STEPS.indexOf(step) - 1], "a step after the first");
}

/**
 * Locks the row for the step, in the transaction that takes it; false: somebody has taken it.
 * Two runs at once therefore take each step once.
 */
export async function isNext(tx: Sql, subject: Uint8Array, step: WithdrawalStep): Promise<boolean> {
  const rows = await tx.query<{ step: WithdrawalStep }>(
    "select step from withdrawal where subject = $1 for update",
    [subject],
  );
  return rows[0]?.step === stepBefore(step);
}

/** What a step writes beside itself; nothing else changes. */
export interface StepFacts {
  readonly frozenAt?: string;
  readonly parts?: readonly WithdrawalPart[];
  readonly orders?: number;
  readonly leaf?: LeafId;
  readonly doneAt?: string;
}

/** Writes that a step is done. The caller's transaction holds the row (`isNext`). */
export async function reach(
  tx: Sql,
  subject: Uint8Array,
  step: WithdrawalStep,
  facts: StepFacts = {},
): Promise<void> {
  const values: readonly SqlValue[] = [
    subject,
    step,
    facts.frozenAt ?? null,
    facts.parts === undefined ? null : JSON.stringify(facts.parts),
    facts.orders ?? null,
    facts.leaf?.seq ?? null,
    facts.leaf?.hash ?? null,
    facts.doneAt ?? null,
  ];
  await tx.query(
    `update withdrawal
        set step = $2,
            frozen_at = coalesce($3::timestamptz, frozen_at),
            parts = coalesce($4, parts),
            orders = coalesce($5::integer, orders),
            leaf_seq = coalesce($6::bigint, leaf_seq),
            leaf_hash = coalesce(decode($7, 'hex'), leaf_hash),
            done_at = coalesce($8::timestamptz, done_at),
            address = case when $2 = 'told' then null else address end
      where subject = $1`,
    values,
  );
}
