/**
 * Restrictions: items of a person that may be stored, but neither used nor provided, while a
 * correction is open, processing is suspended (PIPA 37) or a withdrawal runs. A restriction is one
 * row laid over the records when they are used, never a mark on each of them; so it holds from its
 * commit, before the next use of that person in any process.
 */
import { JikimError } from "../../base/errors.ts";
import { bytes, hex, moment } from "../../store/column-value.ts";
import type { Sql } from "../../store/database.ts";
import { appendLeaf } from "../audit/append-leaf.ts";
import type { EngineContext } from "../jikim.ts";
import { handleBytes, subjectExists, subjectUnknown } from "../subject.ts";

export const RESTRICTION_REASONS = [
  "withdrawal",
  "correction",
  "suspension",
  "objection",
  "child",
] as const;
export type RestrictionReason = (typeof RESTRICTION_REASONS)[number];

export interface NewRestriction {
  readonly subject: string;
  readonly reason: RestrictionReason;
  /** Items of the policy; all of them when not said. */
  readonly items?: readonly string[];
  /** Purposes of the policy; all of them, and logging in, when not said. */
  readonly purposes?: readonly string[];
}

const ID_BYTES = 16;
const ID = /^[0-9a-f]{32}$/;

/**
 * Places a restriction and returns its id; another one of the same kind stands beside it, and each
 * is lifted for itself.
 *
 * Throws ERR_SUBJECT_UNKNOWN, and ERR_USAGE for a name the policy lacks or an empty list (which
 * could be read as none or as all).
 * @param sql the transaction of what it follows from
 * @example await restrict(context, tx, { subject, reason: "correction", items: ["email"] });
 */
export async function restrict(
  context: EngineContext,
  sql: Sql,
  { subject, reason, items, purposes }: NewRestriction,
): Promise<string> {
  const { plan, clock, random } = context;
  const known =
    RESTRICTION_REASONS.includes(reason) &&
    isListOf(items, (name) => plan.items.has(name)) &&
    isListOf(purposes, (name) => plan.uses.has(name));
  if (!known) {
    throw new JikimError("ERR_USAGE", "a restriction names items and purposes of the policy");
  }
  const handle = handleBytes(subject);
  if (!(await subjectExists(sql, handle))) throw subjectUnknown();
  const id = random.bytes(ID_BYTES);
  const at = clock.now();
  await sql.query(
    `insert into restriction (subject, id, reason, items, purposes, placed_at)
     values ($1, $2, $3, $4, $5, $6)`,
    [handle, id, reason, items ?? null, purposes ?? null, moment(at)],
  );
  await appendLeaf(sql, at, "restriction_placed", {
    subject,
    reason,
    items: items ?? [],
    purposes: purposes ?? [],
  });
  return hex(id);
}

/**
 * Lifts a restriction; lifting it again changes nothing. Throws ERR_USAGE for one there never was.
 */
export async function liftRestriction(
  context: EngineContext,
  sql: Sql,
  subject: string,
  id: string,
): Promise<void> {
  const handle = handleBytes(subject);
  const at = context.clock.now();
  const key = ID.test(id) ? bytes(id) : null;
  const lifted = await sql.query<{ reason: string }>(
    `update restriction set lifted_at = greatest($3::timestamptz, placed_at)
      where subject = $1 and id = $2 and lifted_at is null
      returning reason`,
    [handle, key, moment(at)],
  );
  const [one] = lifted;
  if (one !== undefined) {
    await appendLeaf(sql, at, "restriction_lifted", { subject, reason: one.reason });
    return;
  }
  const [before] = await sql.query("select from restriction where subject = $1 and id = $2", [
    handle,
    key,
  ]);
  if (before === undefined) throw new JikimError("ERR_USAGE", "there is no such restriction");
}

function isListOf(
  names: readonly string[] | undefined,
  isKnown: (name: string) => boolean,
): boolean {
  return names === undefined || (names.length > 0 && names.every(isKnown));
}
