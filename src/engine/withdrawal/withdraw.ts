/**
 * Membership withdrawal (탈퇴) in nine steps (architecture.md §5). Each step is taken once and from
 * the one before it; the row says which was reached, so that a crash, a second caller or a database
 * that went away costs nothing but time. What a statute keeps is moved and compared before anything
 * is removed: when the move fails, nothing after it runs.
 */
import { present } from "../../base/assert.ts";
import { type ErrorCode, JikimError } from "../../base/errors.ts";
import { hex, moment } from "../../store/column-value.ts";
import type { Sql } from "../../store/database.ts";
import { appendLeaf } from "../audit/append-leaf.ts";
import type { EngineContext } from "../jikim.ts";
import { handleBytes, subjectExists, subjectUnknown } from "../subject.ts";
import { isConfirmed } from "./confirmed.ts";
import { previewWithdrawal } from "./preview.ts";
import { STEPS } from "./steps.ts";
import { takeAddress } from "./take-address.ts";
import {
  type Confirmer,
  findWithdrawal,
  type Withdrawal,
  WITHDRAWAL_STEPS,
  type WithdrawalChannel,
  type WithdrawalStep,
} from "./withdrawal-row.ts";

const ID_BYTES = 16;
const LONGEST_LANG = 35; // RFC 5646 §4.4.1
/** Withdrawals taken up at once by the daily run. */
const BATCH = 100;

export interface WithdrawOptions {
  /** Who confirmed that the person wants to leave, and is the person. */
  readonly confirmedBy: Confirmer;
  readonly channel: WithdrawalChannel;
  /** Handle of the staff who checked the identity; needed unless the member confirmed. */
  readonly by?: string;
  /** Language of the last message; the policy's first when not said. */
  readonly lang?: string;
  /** Told before each step. */
  readonly onStep?: (step: WithdrawalStep) => void;
}

/**
 * Ends a membership. What becomes of each class is what {@link previewWithdrawal} told before. A
 * second call for the same person goes on where the first stopped, or answers what was done.
 *
 * Throws ERR_WITHDRAWAL_UNCONFIRMED when nobody confirmed the wish (P2.6), ERR_SUBJECT_UNKNOWN, and
 * ERR_ARCHIVE_UNSET where something must be kept apart and there is no place: then nothing has
 * happened. Once it is confirmed the wish stands: what throws later is finished by the daily run.
 * @example await withdraw(context, subject, { confirmedBy: "member", channel: "site" });
 */
export async function withdraw(
  context: EngineContext,
  subject: string,
  options: WithdrawOptions,
): Promise<Withdrawal> {
  refuseUnconfirmed(options);
  const handle = handleBytes(subject);
  if ((await findWithdrawal(context.db, handle)) === null) {
    await confirm(context, subject, options);
  }
  return proceed(context, handle, options.onStep);
}

/**
 * The same for a page: once the wish is written down it stands, and an error after that is no
 * answer to the person; the daily run goes on. Throws as {@link withdraw} before that.
 */
export async function withdrawOrBegin(
  context: EngineContext,
  subject: string,
  options: WithdrawOptions,
): Promise<Withdrawal> {
  try {
    return await withdraw(context, subject, options);
  } catch (error) {
    if (!(error instanceof JikimError) || error.code === "ERR_SUBJECT_UNKNOWN") throw error;
    const begun = await findWithdrawal(context.db, handleBytes(subject));
    if (begun === null) throw error;
    return begun;
  }
}

/** What a run over open withdrawals did. */
export interface ContinuedWithdrawals {
  readonly finished: number;
  /** Why the others stopped, by code; they are tried again. */
  readonly stopped: Readonly<Partial<Record<ErrorCode, number>>>;
}

/**
 * Goes on with every withdrawal that is under way, the oldest first. One that cannot go on (its
 * archive is away) stops nobody else.
 */
export async function continueWithdrawals(context: EngineContext): Promise<ContinuedWithdrawals> {
  const stopped: Partial<Record<ErrorCode, number>> = {};
  let finished = 0;
  for (let after = { at: moment(0), subject: "" }; ;) {
    const open = await context.db.query<{ subject: Uint8Array; confirmed_at: number }>(
      `select subject, confirmed_at
         from withdrawal
        where step <> 'told'
          and (confirmed_at, subject) > ($1::timestamptz, decode($2, 'hex'))
        order by confirmed_at, subject
        limit ${BATCH}`,
      [after.at, after.subject],
    );
    for (const { subject } of open) {
      try {
        await proceed(context, subject);
        finished += 1;
      } catch (error) {
        if (!(error instanceof JikimError)) throw error;
        stopped[error.code] = (stopped[error.code] ?? 0) + 1;
      }
    }
    const last = open.at(-1);
    if (last === undefined) return { finished, stopped };
    after = { at: moment(last.confirmed_at), subject: hex(last.subject) };
  }
}

/** Takes step after step until the last. */
async function proceed(
  context: EngineContext,
  handle: Uint8Array,
  onStep?: (step: WithdrawalStep) => void,
): Promise<Withdrawal> {
  for (;;) {
    const it = present(await findWithdrawal(context.db, handle), "it was confirmed");
    const next = WITHDRAWAL_STEPS[WITHDRAWAL_STEPS.indexOf(it.step) + 1];
    if (next === undefined || next === "confirmed") return it;
    onStep?.(next);
    await STEPS[next](context, handle, it);
  }
}

function refuseUnconfirmed(options: WithdrawOptions): void {
  if (!isConfirmed(options)) {
    throw new JikimError(
      "ERR_WITHDRAWAL_UNCONFIRMED",
      "nobody leaves before the wish and the identity are confirmed and it is said by whom",
    );
  }
  const { lang } = options;
  if (lang !== undefined && lang.length > LONGEST_LANG) {
    throw new JikimError("ERR_USAGE", "a language is named by its tag");
  }
}

/** ① The wish and who confirmed it, before anything else. */
async function confirm(
  context: EngineContext,
  subject: string,
  options: WithdrawOptions,
): Promise<void> {
  const { clock, db, plan, random } = context;
  const handle = handleBytes(subject);
  if (!(await subjectExists(db, handle))) throw subjectUnknown();
  const { parts } = await previewWithdrawal(context, subject);
  // Looked for before anyone is shut out: without a place to keep things apart nobody can leave.
  if (parts.some(({ fate }) => fate === "moved")) await context.archive();
  options.onStep?.("confirmed");
  const id = hex(random.bytes(ID_BYTES));
  const address = await takeAddress(context, subject, id);
  const at = clock.now();
  await db.transaction(async (tx) => {
    const added = await insertWithdrawal(tx, { subject, id, at, address }, options, {
      lang: options.lang ?? plan.policy.languages[0] ?? "und",
    });
    if (!added) return; // two at once: one
    const { confirmedBy, channel } = options;
    await appendLeaf(tx, at, "withdrawal_confirmed", { subject, by: confirmedBy, channel });
  });
}

async function insertWithdrawal(
  tx: Sql,
  it: {
    readonly subject: string;
    readonly id: string;
    readonly at: number;
    readonly address: Uint8Array | null;
  },
  { confirmedBy, channel, by }: WithdrawOptions,
  { lang }: { readonly lang: string },
): Promise<boolean> {
  const added = await tx.query(
    `insert into withdrawal (subject, id, step, confirmed_by, channel, staff, lang, confirmed_at,
                             address)
     values (decode($1, 'hex'), decode($2, 'hex'), 'confirmed', $3, $4, $5, $6, $7, $8)
     on conflict (subject) do nothing
     returning id`,
    [it.subject, it.id, confirmedBy, channel, by ?? null, lang, moment(it.at), it.address],
  );
  return added.length === 1;
}
