/** Withdrawals for staff: those under way first, then the newest; no value, no name. */
import type { Sql } from "../../store/database.ts";
import { appendLeaf } from "../audit/append-leaf.ts";
import type { EngineContext } from "../jikim.ts";
import { handleBytes, subjectExists, subjectUnknown } from "../subject.ts";
import { type Withdrawal, type WithdrawalChannel, withdrawalOf } from "./withdrawal-row.ts";
import type { WithdrawalRow } from "./withdrawal-row.ts";

const MOST = 100;

/** At most 100. */
export async function listWithdrawals(sql: Sql): Promise<readonly Withdrawal[]> {
  const rows = await sql.query<WithdrawalRow>(
    `(select subject, id, step, confirmed_by, channel, staff, lang, confirmed_at, parts, orders,
             leaf_seq, leaf_hash, done_at
        from withdrawal where step <> 'told' order by confirmed_at limit ${MOST})
     union all
     (select subject, id, step, confirmed_by, channel, staff, lang, confirmed_at, parts, orders,
             leaf_seq, leaf_hash, done_at
        from withdrawal where step = 'told' order by done_at desc limit ${MOST})
     limit ${MOST}`,
  );
  return rows.map(withdrawalOf);
}

/**
 * Somebody asked to leave and was not shown to be the person: nothing happens but this line.
 * Throws ERR_SUBJECT_UNKNOWN.
 */
export async function refuseWithdrawal(
  { db, clock }: EngineContext,
  subject: string,
  channel: WithdrawalChannel,
): Promise<void> {
  if (!(await subjectExists(db, handleBytes(subject)))) throw subjectUnknown();
  await appendLeaf(db, clock.now(), "withdrawal_refused", { subject, channel });
}
