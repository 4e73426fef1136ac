/**
 * Errors have a stable code and carry facts; the text is for people and holds no personal data.
 * An error is an answer. A broken assumption is a bug: that is `assert` (assert.ts).
 */

/** Every code an error of this package can have. */
export const ERROR_CODES = [
  "ERR_POLICY_INVALID",
  "ERR_POLICY_UNREADABLE",
  "ERR_COLLECTION_REFUSED",
  "ERR_USE_REFUSED",
  "ERR_PROCESSOR_REFUSED",
  "ERR_PROCESSOR_ANSWER",
  "ERR_SUBJECT_UNKNOWN",
  "ERR_ITEM_UNKNOWN",
  "ERR_SEALED_VALUE_DAMAGED",
  "ERR_KEY_GONE",
  "ERR_KEY_FILE",
  "ERR_STORE_LOCKED",
  "ERR_STORE_UNAVAILABLE",
  "ERR_STORE_STATEMENT",
  "ERR_STORE_DRIFT",
  "ERR_STORE_NEWER",
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
