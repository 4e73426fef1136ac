/**
 * Errors have a stable code and carry facts; the text is for people and holds no personal data.
 * An error is an answer. A broken assumption is a bug: that is `assert` (assert.ts).
 */

/** Every code an error of this package can have. */
export const ERROR_CODES = [
  "ERR_POLICY_CHANGED",
  "ERR_POLICY_INVALID",
  "ERR_POLICY_UNREADABLE",
  "ERR_COLLECTION_REFUSED",
  "ERR_USE_REFUSED",
  "ERR_RESTRICTED",
  "ERR_PROVISION_REFUSED",
  "ERR_ERASURE_REFUSED",
  "ERR_PROCESSOR_REFUSED",
  "ERR_PROCESSOR_ANSWER",
  "ERR_WITHDRAWAL_UNCONFIRMED",
  "ERR_ARCHIVE_OTHER",
  "ERR_ARCHIVE_UNSAFE",
  "ERR_ARCHIVE_UNSET",
  "ERR_ARCHIVE_UNVERIFIED",
  "ERR_STAFF_NEEDED",
  "ERR_CONFIRMATION_REFUSED",
  "ERR_HOLD_ACTIVE",
  "ERR_HOLD_UNKNOWN",
  "ERR_LOOK_ROLE",
  "ERR_PAPER_REFUSED",
  "ERR_RUN_UNKNOWN",
  "ERR_SUBJECT_UNKNOWN",
  "ERR_ITEM_UNKNOWN",
  "ERR_SEALED_VALUE_DAMAGED",
  "ERR_KEY_GONE",
  "ERR_KEY_FILE",
  "ERR_KEYS_MISSING",
  "ERR_KEYS_OTHER",
  "ERR_KEY_MAP_STALE",
  "ERR_KEY_NODE_DAMAGED",
  "ERR_KEY_ROOT_COPIED",
  "ERR_KEY_ROOT_LOST",
  "ERR_KEY_ROOT_MEDIUM",
  "ERR_KEY_ROOT_STALE",
  "ERR_KEY_STORE_UNCERTAIN",
  "ERR_KEY_STORE_UNSAFE",
  "ERR_KEY_TREE_STALE",
  "ERR_CUSTODIANS_DISAGREE",
  "ERR_CUSTODIANS_TOO_FEW",
  "ERR_KEEPER_FENCED",
  "ERR_KEEPER_RUNNING",
  "ERR_PEER_BUSY",
  "ERR_PEER_FAILED",
  "ERR_PEER_PROTOCOL",
  "ERR_PEER_UNREACHABLE",
  "ERR_PEER_UNSAFE",
  "ERR_STORE_LOCKED",
  "ERR_STORE_UNAVAILABLE",
  "ERR_STORE_STATEMENT",
  "ERR_STORE_DRIFT",
  "ERR_STORE_NEWER",
  "ERR_LOG_DAMAGED",
  "ERR_LOG_KEY",
  "ERR_LOG_KEY_OTHER",
  "ERR_BACKUP_DAMAGED",
  "ERR_CLOCK_WENT_BACK",
  "ERR_USAGE",
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

/** Base of all errors a caller can meet. */
export class JikimError extends Error {
  readonly code: ErrorCode;
  /** Facts for programs: names of rules, items, counts. Never a personal value. */
  readonly facts: Readonly<Record<string, unknown>>;
  constructor(code: ErrorCode, message: string, facts: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = "JikimError";
    this.code = code;
    this.facts = Object.freeze({ ...facts });
  }
}
