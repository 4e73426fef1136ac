/**
 * Errors of a driver, made fit to be shown: drivers put statements, parameters and key values into
 * theirs (PGlite: `params`; PostgreSQL: `detail`), and none of that may travel.
 */
import { JikimError } from "../base/errors.ts";

const UNAVAILABLE = /^(?:08|53|57P0)/; // connection, resources, shutdown: SQLSTATE classes
const OUR_MISTAKE = /^42/; // syntax or names: the message quotes our SQL, never a parameter

/** The driver's error as ours: ERR_STORE_UNAVAILABLE or ERR_STORE_STATEMENT with the SQLSTATE. */
export function storeError(error: unknown): Error {
  if (error instanceof JikimError) return error;
  const code = codeOf(error);
  if (code === null || !/^[0-9A-Z]{5}$/.test(code) || UNAVAILABLE.test(code)) {
    return new JikimError("ERR_STORE_UNAVAILABLE", "the database cannot be reached", {
      reason: code ?? "unknown",
    });
  }
  const says = OUR_MISTAKE.test(code) && error instanceof Error ? `: ${error.message}` : "";
  return new JikimError(
    "ERR_STORE_STATEMENT",
    `the database refused a statement (SQLSTATE ${code})${says}`,
    { sqlstate: code },
  );
}

function codeOf(error: unknown): string | null {
  if (typeof error !== "object" || error === null || !("code" in error)) return null;
  return typeof error.code === "string" ? error.code : null;
}
