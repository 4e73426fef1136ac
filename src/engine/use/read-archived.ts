/**
 * Reading what a statute keeps apart (PIPA 21③, P6.4): only by staff who have the archive in their
 * charge, and only on a ground: the very rule that keeps the records, or the person's own request.
 * No purpose of the policy opens it. Every look is in the access log first.
 */
import { present } from "../../base/assert.ts";
import { dayOf } from "../../base/calendar.ts";
import type { Plan } from "../../compiler/plan.ts";
import { bytes } from "../../store/column-value.ts";
import { archivedClasses } from "../archive/archived-classes.ts";
import { usedArchive } from "../archive/used-archive.ts";
import type { EngineContext, Items } from "../jikim.ts";
import { openItems, type PlaceRow } from "../record.ts";
import { isHandle, subjectUnknown } from "../subject.ts";
import type { StaffUse } from "./asked-use.ts";
import { logAccess, staffReasons } from "./staff-access.ts";
import { refuseUse, type UseReason } from "./use-rules.ts";

const MOST_ITEMS = 64;
const MOST_RECORDS = 1_000;

export interface ArchiveUse {
  /** The id of the rule that keeps the records (`kr/…`), or `request`: the person asked. */
  readonly ground: string;
  readonly by: StaffUse;
}

export interface ArchivedRead {
  readonly recordClass: string;
  /** The rule that keeps it. */
  readonly law: string;
  readonly collectedOn: string;
  /** Last day it is kept; `null` while its clock has not started. */
  readonly endsOn: string | null;
  /** The items asked for, as far as the record holds them. */
  readonly values: Items;
}

/**
 * Records of a subject in the separate database, newest first; at most 1,000.
 *
 * Throws ERR_USE_REFUSED (`facts.reasons`), ERR_SUBJECT_UNKNOWN for one of whom nothing is kept
 * there, and what `context.archive()` throws.
 * @example
 * await readArchived(context, subject, ["payment_record"], {
 *   ground: "kr/ecommerce-decree-6-1-3",
 *   by: { staff: "12", reason: "tax audit 2027-3", from: "10.0.0.7" },
 * });
 */
export async function readArchived(
  context: EngineContext,
  subject: string,
  items: readonly string[],
  { ground, by }: ArchiveUse,
): Promise<readonly ArchivedRead[]> {
  if (!isHandle(subject)) throw subjectUnknown();
  const planned = openedBy(context.plan, items, ground);
  const reasons = [...planned.reasons, ...(await staffReasons(context.db, by, "archive"))];
  const rows =
    reasons.length > 0 ? [] : await archivedRows(context, subject, items, planned.classes);
  if (reasons.length === 0 && rows.length === 0) {
    reasons.push({ rule: "subject-unknown", item: null });
  }
  const known = planned.laws.has(ground) || ground === "request" ? ground : undefined;
  const access = { by, subjects: [subject], items, purpose: null, ground: known };
  await context.db.transaction(async (tx) =>
    logAccess(context, tx, { ...access, place: "archive", refused: reasons }),
  );
  if (reasons.some(({ rule }) => rule === "subject-unknown")) throw subjectUnknown();
  if (reasons.length > 0) return refuseUse(context, null, reasons);
  return openArchived(context, rows, items);
}

interface Opened {
  readonly reasons: readonly UseReason[];
  /** Classes the ground opens. */
  readonly classes: readonly string[];
  /** Every rule that keeps a class. */
  readonly laws: ReadonlySet<string>;
}

/** Which classes a ground opens, or what stands against it: place × class × item × ground. */
export function openedBy(plan: Plan, items: readonly string[], ground: string): Opened {
  const archived = archivedClasses(plan);
  const laws = new Set([...archived.values()].map(({ law }) => law));
  const open = [...archived].filter(([, { law }]) => ground === "request" || law === ground);
  const holds = new Set(
    open.flatMap(([, { clock, beside }]) => [...clock.recordClass.holds, ...beside]),
  );
  const reasons: UseReason[] = [];
  if (items.length > MOST_ITEMS) reasons.push({ rule: "too-much", item: null });
  else if (open.length === 0) reasons.push({ rule: "ground-missing", item: null });
  else {
    for (const item of items) {
      if (!plan.items.has(item)) reasons.push({ rule: "item-undeclared", item: null });
      else if (!holds.has(item)) reasons.push({ rule: "place-live-only", item });
    }
  }
  return { reasons, classes: open.map(([name]) => name), laws };
}

export type ArchivedRow = PlaceRow & {
  readonly law: string;
  readonly collected_on: string;
  readonly sealed: Uint8Array;
};

/**
 * Rows of a subject in the separate database that hold any of the items, sealed. Whoever calls has
 * a ground.
 * @param classes only these; every class when not said
 */
export async function archivedRows(
  context: EngineContext,
  subject: string,
  items: readonly string[],
  classes: readonly string[] = [...archivedClasses(context.plan).keys()],
): Promise<readonly ArchivedRow[]> {
  const archive = await usedArchive(context);
  if (archive === null) return [];
  return archive.query<ArchivedRow>(
    `select subject, id, class, compartment, expires_on, law, collected_on, sealed
       from archived_record
      where subject = $1 and class = any($2::text[]) and items && $3::text[]
        and (expires_on is null or expires_on >= $4::date)
      order by collected_on desc, id
      limit ${MOST_RECORDS}`,
    [bytes(subject), classes, items, dayOf(context.clock.now(), context.plan.timeZone)],
  );
}

/** The items asked for, out of rows. */
export async function openArchived(
  context: EngineContext,
  rows: readonly ArchivedRow[],
  items: readonly string[],
): Promise<readonly ArchivedRead[]> {
  const opened = await openItems(context.keeper, rows);
  return rows.map((row, index) => {
    const values = Object.entries(present(opened[index], "every record opened"));
    return Object.freeze({
      recordClass: row.class,
      law: row.law,
      collectedOn: row.collected_on,
      endsOn: row.expires_on,
      values: Object.freeze(Object.fromEntries(values.filter(([item]) => items.includes(item)))),
    });
  });
}
