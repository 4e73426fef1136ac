/**
 * The access log (접속기록, 안전성 확보조치 기준 §8): who of the staff looked, when, from where, at
 * whom, at what, why; refused looks too. A line is there before the values are handed over, and a
 * leaf of the log counts the people it was about, so that a line removed before its time is missed.
 *
 * Address and reason are the staff's own and free text: personal both, though not of the person
 * looked at. They are sealed, under a lock of the operator and of the day the line ends, so that
 * they go on that day in every copy. A line outlives the person's records: it is kept about staff,
 * and the handle in it points at nobody by then.
 */
import { assert, present } from "../../base/assert.ts";
import { dayOf, lastDay } from "../../base/calendar.ts";
import type { SealContext } from "../../keys/keeper.ts";
import { hex, moment } from "../../store/column-value.ts";
import type { Sql } from "../../store/database.ts";
import { appendLeaf } from "../audit/append-leaf.ts";
import type { EngineContext } from "../jikim.ts";
import type { StaffRole } from "../staff/staff.ts";
import { STAFF_HANDLE } from "../staff/staff-handle.ts";
import { handleBytes } from "../subject.ts";
import type { StaffUse } from "./asked-use.ts";
import type { UseReason } from "./use-rules.ts";

const ID_BYTES = 16;
const MOST_REASON = 500;
const MOST_FROM = 64;
const MOST_ACCESSES = 1_000;
// Two years fit every controller (proviso of §8①); used where the law file has no number.
const KEPT_UNTOLD = "P2Y";

/** Stands for the operator where a sealed text belongs to no person's records. */
export const OPERATOR = "0000000000000000";
export const ACCESS_CLASS = "access_log";

/** What a look was at. */
export interface Access {
  readonly by: StaffUse;
  /** Handles; at most 1,000. */
  readonly subjects: readonly string[];
  readonly items: readonly string[];
  readonly place: "live" | "archive";
  readonly purpose: string | null;
  readonly task?: string | undefined;
  readonly ground?: string | undefined;
  /** Reasons against it; empty: it was allowed. */
  readonly refused: readonly { readonly rule: string }[];
}

/**
 * What stands against a look because of who looks: the member of staff must be one of the list and
 * not have left, say why and from where, and have the role the place needs.
 */
export async function staffReasons(
  sql: Sql,
  by: StaffUse,
  role: StaffRole | null,
): Promise<readonly UseReason[]> {
  const reasons: UseReason[] = [];
  const [member] = STAFF_HANDLE.test(by.staff)
    ? await sql.query<{ roles: readonly string[] }>(
        "select roles from staff where id = $1 and ended_at is null",
        [by.staff],
      )
    : [];
  if (member === undefined) reasons.push({ rule: "staff-unknown", item: null });
  else if (role !== null && !member.roles.includes(role)) {
    reasons.push({ rule: "staff-role", item: null });
  }
  if (!isText(by.reason, MOST_REASON) || !isText(by.from, MOST_FROM)) {
    reasons.push({ rule: "staff-reason", item: null });
  }
  return reasons;
}

/** Writes the lines of one look, one a person, and the leaf that counts them. */
export async function logAccess(context: EngineContext, sql: Sql, access: Access): Promise<void> {
  const { plan, keeper, random, clock } = context;
  const { by, subjects, refused } = access;
  // Whoever is nobody's handle cannot be named; the leaf of the refusal tells of it.
  if (!STAFF_HANDLE.test(by.staff) || subjects.length === 0) return;
  const at = clock.now();
  const id = random.bytes(ID_BYTES);
  const kept = String(plan.parameters.get("access_log_large")?.value ?? KEPT_UNTOLD);
  const expiresOn = lastDay(dayOf(at, plan.timeZone), kept);
  const detail = { from: by.from.slice(0, MOST_FROM), reason: by.reason.slice(0, MOST_REASON) };
  const [sealed] = await keeper.seal([
    { context: placeOf(hex(id), expiresOn), plain: Buffer.from(JSON.stringify(detail), "utf8") },
  ]);
  const items = access.items.filter((item) => plan.items.has(item));
  const purpose = access.purpose !== null && plan.uses.has(access.purpose) ? access.purpose : null;
  await sql.query(
    `insert into access_log (subject, id, at, expires_on, staff, place, purpose, task, ground,
                             items, refused, policy_hash, detail)
     select decode(subject, 'hex'), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13
       from unnest($1::text[]) as subject`,
    [
      subjects,
      id,
      moment(at),
      expiresOn,
      by.staff,
      access.place,
      purpose,
      knownTask(context, purpose, access.task),
      access.ground ?? null,
      items,
      [...new Set(refused.map(({ rule }) => rule))],
      plan.hash,
      present(sealed, "one value was sealed"),
    ],
  );
  await appendLeaf(sql, at, "staff_accessed", {
    access: hex(id),
    by: by.staff,
    purpose,
    items,
    subjects: subjects.length,
    refused: refused.length > 0,
  });
}

/** One look, as the person it was about is told of it (PIPA 35). */
export interface AccessTold {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly place: "live" | "archive";
  /** Purpose and task, or the ground of a look into the archive. */
  readonly purpose: string | null;
  readonly task: string | null;
  readonly ground: string | null;
  /** Names of items. */
  readonly items: readonly string[];
  readonly refused: boolean;
}

/** Looks of staff at a subject, newest first; at most 1,000. Who looked stays inside. */
export async function accessesOf(
  context: EngineContext,
  subject: string,
): Promise<readonly AccessTold[]> {
  return context.db.query<AccessTold & Record<string, unknown>>(
    `select at, place, purpose, task, ground, items, cardinality(refused) > 0 as refused
       from access_log
      where subject = $1
      order by at desc, id
      limit ${MOST_ACCESSES}`,
    [handleBytes(subject)],
  );
}

/** One line, for the officer who goes through the log. */
export interface AccessLine extends AccessTold {
  /** 32 hex digits; the lines of one look share it. */
  readonly id: string;
  readonly subject: string;
  readonly staff: string;
  readonly from: string;
  readonly reason: string;
  /** Rules that refused it. */
  readonly rules: readonly string[];
}

/** The newest lines of the log with what is sealed in them; at most 1,000. */
export async function readAccessLog(
  context: EngineContext,
  { limit }: { readonly limit: number },
): Promise<readonly AccessLine[]> {
  const rows = await context.db.query<
    Omit<AccessLine, "id" | "subject" | "from" | "reason"> & {
      readonly id: Uint8Array;
      readonly subject: Uint8Array;
      readonly expires_on: string;
      readonly detail: Uint8Array;
    }
  >(
    `select subject, id, at, expires_on, staff, place, purpose, task, ground, items,
            cardinality(refused) > 0 as refused, refused as rules, detail
       from access_log
      where expires_on >= $2::date
      order by at desc, id, subject
      limit $1`,
    [Math.min(limit, MOST_ACCESSES), dayOf(context.clock.now(), context.plan.timeZone)],
  );
  const opened = await context.keeper.open(
    rows.map(({ id, expires_on: day, detail }) => ({
      context: placeOf(hex(id), day),
      sealed: detail,
    })),
  );
  return rows.map(({ id, subject, expires_on: _day, detail: _detail, ...row }, index) => ({
    ...row,
    id: hex(id),
    subject: hex(subject),
    ...readDetail(present(opened[index], "every line opened")),
  }));
}

function readDetail(plain: Uint8Array): { readonly from: string; readonly reason: string } {
  const value: unknown = JSON.parse(Buffer.from(plain).toString("utf8"));
  assert(typeof value === "object" && value !== null, "a line of the log holds its detail");
  const { from, reason } = value as { from?: unknown; reason?: unknown };
  assert(typeof from === "string" && typeof reason === "string", "with address and reason");
  return { from, reason };
}

function placeOf(id: string, expiresOn: string): SealContext {
  return {
    subject: OPERATOR,
    record: id,
    recordClass: ACCESS_CLASS,
    compartment: ACCESS_CLASS,
    expiresOn,
  };
}

function knownTask(
  { plan }: EngineContext,
  purpose: string | null,
  task: string | undefined,
): string | null {
  const tasks = purpose === null ? [] : (plan.policy.purposes[purpose]?.tasks ?? []);
  return tasks.find(({ id }) => id === task)?.id ?? null;
}

function isText(text: string, most: number): boolean {
  return text.trim().length > 0 && text.length <= most;
}
