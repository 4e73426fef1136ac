/**
 * The archive as a sweep finds it. One that is away stops nothing in the records: what is due there
 * is carried out, lines that may have rows in the archive stay open, and the report says why.
 *
 * Whoever works in both databases opens the archive first, outside any transaction, and then has
 * the transaction of the records around that of the archive, never the other way round.
 */
import { type ErrorCode, JikimError } from "../../base/errors.ts";
import type { Database } from "../../store/database.ts";
import type { EngineContext } from "../jikim.ts";
import { usedArchive } from "./used-archive.ts";

export interface ArchiveReach {
  /** Null: nothing was ever moved there, or it is away. */
  readonly archive: Database | null;
  /** Why it cannot be had, when something was moved there. */
  readonly away: ErrorCode | null;
}

/** The archive, or why it cannot be had. */
export async function archiveInReach(context: EngineContext): Promise<ArchiveReach> {
  return unlessAway<ArchiveReach>(
    async () => ({ archive: await usedArchive(context), away: null }),
    (away) => ({ archive: null, away }),
  );
}

/** Does work that the archive may refuse; a refusal is an answer, anything else a bug. */
export async function unlessAway<T>(
  work: () => Promise<T>,
  otherwise: (code: ErrorCode) => T,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof JikimError)) throw error;
    return otherwise(error.code);
  }
}
