/**
 * The engine's public verbs. Collect, read, find, keep: each obeys the compiled plan.
 */
import type { Clock, Random } from "../base/clock.ts";
import type { ErrorCode } from "../base/errors.ts";
import type { Compiled } from "../compiler/compile.ts";
import type { Plan } from "../compiler/plan.ts";
import type { TreeKeeper } from "../keys/open-keeper.ts";
import type { Database } from "../store/database.ts";
import type { ArchivedRecords } from "./archive/archived-of.ts";
import type { LeafId } from "./audit/append-leaf.ts";
import type { AuditLog } from "./audit/open-log.ts";
import type { ConsentChange, ConsentChanged } from "./consent/consent.ts";
import type { EvidenceEnded } from "./consent/end-evidence.ts";
import type { UnderAgeReport } from "./consent/found-under-age.ts";
import type { ConsentClocks } from "./consent/run-consent-clocks.ts";
import type { MessageRun } from "./message/run-messages.ts";
import type { AskedUse } from "./use/asked-use.ts";
import type { DestructionState } from "./destruction/destruction-state.ts";
import type { Certificate, Confirmation } from "./destruction/certificate.ts";
import type { HoldAsked, PlacedHold } from "./hold/place-hold.ts";
import type { Staff } from "./staff/staff.ts";
import type { WithdrawalPreview } from "./withdrawal/preview.ts";
import type { ContinuedWithdrawals, WithdrawOptions } from "./withdrawal/withdraw.ts";
import type { Withdrawal } from "./withdrawal/withdrawal-row.ts";

/** One separate act of consent. More than one id in one act is bundling and is refused. */
export interface ConsentAct {
  readonly consents: readonly string[];
}

export interface CollectOptions {
  /** A known data subject; without it a new one is made. 16 hex digits. */
  readonly subject?: string;
  /** Each string is one act of its own. */
  readonly consents?: readonly (string | ConsentAct)[];
  readonly declares?: readonly string[];
  readonly method?: string;
  /** Language in which everything was shown. */
  readonly lang?: string;
  /** What was shown, in order; its hash is the evidence. */
  readonly shown?: readonly string[];
  /** Third-party source, when the method is one (PIPA 20). */
  readonly source?: { readonly name: string; readonly receivedOn: string; readonly basis: string };
  /** The member of staff who takes it down, by number: a call, a fax, a counter. */
  readonly by?: { readonly staff: string };
  /** Items no other living record may hold with the same values (a log-in name). */
  readonly unique?: readonly string[];
  /** Told, once it is stored, which leaf of the log tells of it: `receiptOf` makes a code of it. */
  readonly onLeaf?: (leaf: LeafId) => void;
}

export type Items = Readonly<Record<string, string>>;

/** What a sweep did to a class-day. */
export interface DayReport {
  readonly recordClass: string;
  /** Last day the records were kept. */
  readonly expiredOn: string;
  readonly records: number;
  readonly subjects: number;
  /** More than the grace period late. */
  readonly overdue: boolean;
  /** How far its destruction has come; see `isDestroyed`. */
  readonly state: DestructionState;
  /** Leaves of the log that tell of it, one a batch. */
  readonly leaves: readonly LeafId[];
}

/** How the log was signed, or why it was not. What is due is carried out either way. */
export type LogReport =
  | { readonly state: "signed"; readonly size: number; readonly root: string }
  | { readonly state: "refused"; readonly code: ErrorCode };

export interface KeepReport {
  readonly at: number;
  readonly days: readonly DayReport[];
  readonly records: number;
  /** Withdrawals under way that were taken up; absent in a report of the sweep alone. */
  readonly withdrawals?: ContinuedWithdrawals;
  /** Consents confirmed again or ended, evidence that is over; absent in one of the sweep alone. */
  readonly consents?: ConsentClocks & { readonly evidence: EvidenceEnded };
  /** What was sent to people; absent in a report of the sweep alone. */
  readonly messages?: MessageRun;
  /** Why the archive could not be had; what is due there waits. Absent: it could, or there is none. */
  readonly archive?: ErrorCode;
  /** The checkpoint made at the end; absent where nobody signs (the sweep alone). */
  readonly log?: LogReport;
}

/** What to erase: records, items of all records, or items of the records named. */
export interface Erasure {
  /** 32 hex digits each. */
  readonly records?: readonly string[];
  readonly items?: readonly string[];
}

export interface ErasureReport {
  readonly at: number;
  /** Records that went whole. */
  readonly records: number;
  /** Records that went on without the items. */
  readonly changed: number;
  readonly state: DestructionState;
}

/** How far a run has come: what it has destroyed so far. */
export interface KeepProgress {
  readonly records: number;
}

export interface KeepOptions {
  /** Told after each batch. It should be quick: the run waits for it. */
  onProgress?(progress: KeepProgress): void;
}

/** Deps of every duty: the plan in force and the things that are arguments. */
export interface EngineContext {
  readonly plan: Plan;
  readonly db: Database;
  readonly keeper: TreeKeeper;
  readonly clock: Clock;
  readonly random: Random;
  /** The separate database, opened when first needed. Throws ERR_ARCHIVE_UNSET and the others of
   * `createArchive`. */
  archive(): Promise<Database>;
  /** The records through a role that may only read, for the look after a destruction. */
  readonly looker?: Database;
}

export interface Jikim {
  /** Everything derived from the policy and its law: page, promises, plan. */
  readonly compiled: Compiled;
  readonly plan: Plan;
  readonly context: EngineContext;
  /** The audit log: checkpoints, receipts, exports. */
  readonly log: AuditLog;
  /** Passes items through the gate and stores them. Returns the subject's handle.
   * Throws ERR_COLLECTION_REFUSED with every reason; then nothing is stored. */
  collect(occasion: string, items: Items, options?: CollectOptions): Promise<string>;
  /** Reads items for a named purpose. Throws ERR_USE_REFUSED and ERR_RESTRICTED. */
  read(
    subject: string,
    items: readonly string[],
    use: AskedUse,
  ): Promise<Readonly<Record<string, string>>>;
  /** Subjects whose live records hold all these values. */
  find(items: Items, use: AskedUse): Promise<readonly string[]>;
  /** Does a presented value match the one-way hash held? */
  matches(subject: string, item: string, value: string): Promise<boolean>;
  /** Erases part of what is kept of a subject, in every copy. Throws ERR_ERASURE_REFUSED when a law
   * obliges to keep it. */
  erase(subject: string, what: Erasure): Promise<ErasureReport>;
  /** What the archive keeps of a subject: classes, counts and last days, no value. */
  archivedOf(subject: string): Promise<readonly ArchivedRecords[]>;
  /** What leaving would destroy, move and keep: counts, days and rules, no value. */
  previewWithdrawal(subject: string): Promise<WithdrawalPreview>;
  /** Ends a membership, step by step, once. Throws ERR_WITHDRAWAL_UNCONFIRMED. */
  withdraw(subject: string, options: WithdrawOptions): Promise<Withdrawal>;
  /** Stops destruction, and nothing else, of what it covers. */
  placeHold(asked: HoldAsked): Promise<PlacedHold>;
  /** Ends a hold; what it alone kept is destroyed by the next run. Throws ERR_HOLD_UNKNOWN. */
  releaseHold(id: string, options: { readonly by: string }): Promise<void>;
  /** What a run of the ledger destroyed, with its proof. Throws ERR_RUN_UNKNOWN. */
  certificateOf(run: string): Promise<Certificate>;
  /** The officer's word that a run destroyed what it says. Throws ERR_CONFIRMATION_REFUSED. */
  confirmDestruction(run: string, by: Staff): Promise<Confirmation>;
  /** Gives or withdraws one consent; the history is kept, and what rested on it alone ends. */
  consent(subject: string, change: ConsentChange): Promise<ConsentChanged>;
  /** Closes the account of a person below the age limit: use stops, and what no statute keeps is
   * destroyed. */
  foundUnderAge(subject: string, options: { readonly lang: string }): Promise<UnderAgeReport>;
  /** Runs what is due: withdrawals under way go on, records past their last day are destroyed,
   * consents are confirmed again, messages are sent, and the log is signed. */
  keep(options?: KeepOptions): Promise<KeepReport>;
  close(): Promise<void>;
}
