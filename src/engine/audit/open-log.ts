/** The log as the rest of the program sees it: sign, read, prove, export. */
import { dirname, join } from "node:path";
import type { Clock, Random } from "../../base/clock.ts";
import type { Policy } from "../../policy/model.ts";
import type { Database } from "../../store/database.ts";
import { type Checkpoint, openCheckpoint } from "./checkpoint.ts";
import { exportLog } from "./export-log.ts";
import { openLogKey } from "./log-key.ts";
import { changeKey, makeCheckpoint, type SignedCheckpoint } from "./make-checkpoint.ts";
import { SEED_BYTES, signingKey, type VerifierKey } from "./note.ts";
import { countWaiting, findReceipt, type FoundReceipt } from "./read-log.ts";
import { lastCheckpoint, type LoggedLeaf, newestLeaves, proveGrowth } from "./read-log.ts";

export interface LogState {
  /** The last checkpoint; null before the first, or when this key did not sign it. */
  readonly checkpoint: (Checkpoint & { readonly note: string }) | null;
  /** Is there a last checkpoint that this key did not sign? */
  readonly strange: boolean;
  /** Leaves written since, at most 1,001 are counted. */
  readonly waiting: number;
}

export interface AuditLog {
  /** `<name>+<id>+<base64>`: all that a person needs to verify the log. Publish it. */
  readonly verifierKey: string;
  /** Signs everything committed so far. Throws ERR_LOG_DAMAGED and ERR_LOG_KEY_OTHER. */
  checkpoint(): Promise<SignedCheckpoint>;
  /** Goes on after the old key was lost; the log says so. Throws ERR_LOG_DAMAGED. */
  changeKey(old: VerifierKey): Promise<SignedCheckpoint>;
  state(): Promise<LogState>;
  /** The newest leaves, newest first. */
  newest(count: number): Promise<readonly LoggedLeaf[]>;
  /** What a receipt's code leads to; null when there is no such leaf. Throws ERR_LOG_DAMAGED. */
  find(code: string): Promise<FoundReceipt | null>;
  /** Proof (RFC 9162 §2.1.4) that a smaller log is the beginning of a larger one. */
  proveGrowth(smaller: number, size: number): Promise<readonly Uint8Array[]>;
  /** The lines of an export up to a checkpoint. */
  lines(until: SignedCheckpoint): AsyncIterable<string>;
}

const KEY_FILE = "log.key";

/**
 * Opens the log of a store. Its key lies beside the key folder; without one (data in memory) it
 * lives as long as the process. Throws ERR_LOG_KEY.
 */
export async function openLog(options: {
  readonly db: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly policy: Policy;
  /** Key folder of the store; null: in memory. */
  readonly keyFolder: string | null;
}): Promise<AuditLog> {
  const { db, clock, random, keyFolder } = options;
  const origin = originOf(options.policy);
  const key =
    keyFolder === null
      ? signingKey(origin, random.bytes(SEED_BYTES))
      : await openLogKey(join(dirname(keyFolder), KEY_FILE), origin, random);
  const needs = { db, clock, key };
  return Object.freeze<AuditLog>({
    verifierKey: key.verifier.text,
    checkpoint: () => makeCheckpoint(needs),
    changeKey: (old) => changeKey(needs, old),
    async state() {
      const last = await lastCheckpoint(db);
      const opened = last === null ? null : openCheckpoint(last.note, [key.verifier]);
      const checkpoint = last === null || opened === null ? null : { ...opened, note: last.note };
      const strange = last !== null && opened === null;
      return { checkpoint, strange, waiting: await countWaiting(db) };
    },
    newest: (count) => newestLeaves(db, count),
    find: (code) => findReceipt(db, code, key.verifier),
    proveGrowth: (smaller, size) => proveGrowth(db, smaller, size),
    lines: (until) => exportLog(db, key, until),
  });
}

/** C2SP asks for an address without a scheme, under a name the log's owner holds. */
function originOf({ controller }: Policy): string {
  return `${new URL(controller.site).host}/audit`;
}
