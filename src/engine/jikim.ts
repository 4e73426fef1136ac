/**
 * The engine's public verbs. Collect, read, find, keep: each obeys the compiled plan.
 */
import type { Clock, Random } from "../base/clock.ts";
import type { ErrorCode } from "../base/errors.ts";
import type { Compiled } from "../compiler/compile.ts";
import type { Plan } from "../compiler/plan.ts";
import type { TreeKeeper } from "../keys/open-keeper.ts";
import type { Database } from "../store/database.ts";
import type { LeafId } from "./audit/append-leaf.ts";
import type { AuditLog } from "./audit/open-log.ts";
import type { DestructionState } from "./destruction/destruction-state.ts";

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
  /** Reads items for a named purpose. Throws ERR_USE_REFUSED. */
  read(
    subject: string,
    items: readonly string[],
    use: { readonly purpose: string },
  ): Promise<Readonly<Record<string, string>>>;
  /** Subjects whose live records hold all these values. */
  find(items: Items, use: { readonly purpose: string }): Promise<readonly string[]>;
  /** Does a presented value match the one-way hash held? */
  matches(subject: string, item: string, value: string): Promise<boolean>;
  /** Erases part of what is kept of a subject, in every copy. Throws ERR_ERASURE_REFUSED when a law
   * obliges to keep it. */
  erase(subject: string, what: Erasure): Promise<ErasureReport>;
  /** Runs what is due: records past their last day are destroyed, and the log is signed. */
  keep(options?: KeepOptions): Promise<KeepReport>;
  close(): Promise<void>;
}
