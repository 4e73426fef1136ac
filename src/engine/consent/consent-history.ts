/** Every act of consent of a person, with the very words they were shown. */
import { hex } from "../../store/column-value.ts";
import type { EngineContext } from "../jikim.ts";
import { handleBytes } from "../subject.ts";
import { readShown } from "./shown-text.ts";

const MOST_ACTS = 1_000;

export interface ConsentRecord {
  readonly consent: string;
  readonly given: boolean;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly lang: string;
  /** Hash of the policy it was given under. */
  readonly policyHash: string;
  readonly method: string;
  /** Number of the staff who took it down; null: the person themselves. */
  readonly takenBy: string | null;
  /** What was shown, in order; null where only its hash is evidence. */
  readonly shown: readonly string[] | null;
}

/** Newest first, at most 1,000. An unknown handle has none. Throws ERR_SUBJECT_UNKNOWN for none. */
export async function consentHistory(
  context: EngineContext,
  subject: string,
): Promise<readonly ConsentRecord[]> {
  const rows = await context.db.query<{
    consent: string;
    given: boolean;
    at: number;
    lang: string;
    policy_hash: string;
    method: string;
    taken_by: string | null;
    shown_hash: Uint8Array;
  }>(
    `select consent, given, at, lang, policy_hash, method, taken_by, shown_hash
       from consent
      where subject = $1
      order by seq desc
      limit ${MOST_ACTS}`,
    [handleBytes(subject)],
  );
  const texts = await readShown(
    context.db,
    rows.map((row) => hex(row.shown_hash)),
  );
  return rows.map((row) => ({
    consent: row.consent,
    given: row.given,
    at: row.at,
    lang: row.lang,
    policyHash: row.policy_hash,
    method: row.method,
    takenBy: row.taken_by,
    shown: texts.get(hex(row.shown_hash)) ?? null,
  }));
}
