/**
 * A check looks at what is really there and says whether one sentence is being kept. It runs as a
 * second principal: inside a read-only transaction, with no key and no way to change anything.
 */
import type { Compiled } from "../compiler/compile.ts";
import type { PolicyPromise } from "../compiler/promise.ts";
import type { Sql } from "../store/database.ts";
import type { Status, Verdict } from "./verdict.ts";

/** What a check may look at. */
export interface Look {
  readonly compiled: Compiled;
  readonly sql: Sql;
  /** The separate database, as read-only; null: nothing was ever moved there. Throws what opening
   * it throws: then nobody knows. */
  archive(): Promise<Sql | null>;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export type Evidence = Verdict["evidence"][number];

/** What one look found. */
export interface Found {
  readonly status: Status;
  readonly examined: number;
  readonly violations: number;
  readonly evidence: readonly Evidence[];
}

export type Check = (look: Look, promise: PolicyPromise) => Promise<Found> | Found;

/** Things looked at, with how many there were and how many were wrong. */
export interface Count {
  readonly code: string;
  readonly examined: number;
  readonly violations: number;
  /** Facts beside the counts: names of rules and classes, never a personal value. */
  readonly facts?: Readonly<Record<string, string | number>>;
}

/**
 * Turns counts into a finding. One violation breaks the promise; nothing examined is never `kept`.
 * @param nothing What to say when there was nothing to look at.
 */
export function found(
  counts: readonly Count[],
  nothing: "not_applicable" | "unknown" = "not_applicable",
): Found {
  const examined = counts.reduce((sum, count) => sum + count.examined, 0);
  const violations = counts.reduce((sum, count) => sum + count.violations, 0);
  const evidence = counts.map(({ code, examined: looked, violations: wrong, facts }) => ({
    code,
    facts: { examined: looked, violations: wrong, ...facts },
  }));
  const status = violations > 0 ? "broken" : examined > 0 ? "kept" : nothing;
  return { status, examined, violations, evidence };
}

/** Nothing carries the sentence out, or nothing can look at it yet. The reason is a code. */
export function wordsOnly(code: string): Found {
  return { status: "words_only", examined: 0, violations: 0, evidence: [{ code, facts: {} }] };
}

/** The one row of a counting statement. */
export async function counted(
  sql: Sql,
  statement: string,
  params: Parameters<Sql["query"]>[1] = [],
): Promise<{ examined: number; violations: number }> {
  const [row] = await sql.query<{ examined: number; violations: number }>(statement, params);
  return { examined: Number(row?.examined ?? 0), violations: Number(row?.violations ?? 0) };
}
