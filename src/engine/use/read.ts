/** Reading: only what the purpose may see, of records that have not ended, by living consent. */
import { present } from "../../base/assert.ts";
import { dayOf } from "../../base/calendar.ts";
import { JikimError } from "../../base/errors.ts";
import { bytes } from "../../store/column-value.ts";
import type { Sql } from "../../store/database.ts";
import type { EngineContext, Items } from "../jikim.ts";
import { openItems, type PlaceRow } from "../record.ts";
import { handleBytes, isHandle, subjectUnknown } from "../subject.ts";
import type { AskedUse } from "./asked-use.ts";
import { matchesOneWay } from "./one-way.ts";
import { isRestricted, overlaysOf } from "./overlay.ts";
import { logAccess, staffReasons } from "./staff-access.ts";
import { allowedBy, consentedOccasions, refuseUse, type UseReason } from "./use-rules.ts";

const MOST_LOOKS = 3;

type Sealed = PlaceRow & { readonly item: string; readonly sealed: Uint8Array };

/**
 * Reads items of a subject for a named purpose, from the newest living record that holds each.
 * An item that was never given, or has ended, is absent from the answer.
 *
 * Throws ERR_USE_REFUSED (`facts.reasons`), ERR_RESTRICTED where only a restriction stands in the
 * way, and ERR_SUBJECT_UNKNOWN. Nothing is read in part: one item too many refuses them all. A look
 * of staff is in the access log, allowed or not.
 * @example const { email } = await read(context, subject, ["email"], { purpose: "contract" });
 */
export async function read(
  context: EngineContext,
  subject: string,
  items: readonly string[],
  asked: AskedUse,
): Promise<Items> {
  const answer = await mayRead(context, context.db, { subject, items, asked });
  const access = { ...asked, subjects: [subject], items, place: "live" as const };
  const { by } = asked;
  if ("reasons" in answer) {
    if (by !== undefined && isHandle(subject)) {
      await logAccess(context, context.db, { ...access, by, refused: answer.reasons });
    }
    if (answer.reasons.some(({ rule }) => rule === "subject-unknown")) throw subjectUnknown();
    return refuseUse(context, asked.purpose, answer.reasons);
  }
  if (by !== undefined) {
    await context.db.transaction(async (tx) =>
      logAccess(context, tx, { ...access, by, refused: [] }),
    );
  }
  return openNewest(context, handleBytes(subject), answer.pairs, asked.record);
}

/** Which occasions each item may be read from: item and occasion. */
export type ReadPairs = readonly (readonly [item: string, occasion: string])[];

/**
 * The whole matrix for one subject: what the plan allows, who asks, what lies over the records, and
 * consent. Reads no value.
 */
export async function mayRead(
  context: EngineContext,
  sql: Sql,
  { subject, items, asked }: { subject: string; items: readonly string[]; asked: AskedUse },
): Promise<{ readonly pairs: ReadPairs } | { readonly reasons: readonly UseReason[] }> {
  const planned = allowedBy(context.plan, items, asked, "read");
  const staff = asked.by === undefined ? [] : await staffReasons(sql, asked.by, null);
  if ("reasons" in planned) return { reasons: [...planned.reasons, ...staff] };
  if (staff.length > 0) return { reasons: staff };
  const handle = handleBytes(subject);
  const overlay = (await overlaysOf(sql, asked.purpose, [subject]))(subject);
  if (!overlay.known) return { reasons: [{ rule: "subject-unknown", item: null }] };
  const reasons: UseReason[] = [];
  if (overlay.stopped) reasons.push({ rule: "purpose-stopped", item: null });
  const consented = await consentedOccasions(context, sql, planned.use, handle);
  const pairs: (readonly [string, string])[] = [];
  for (const [item, occasions] of planned.allowed) {
    const left = occasions.filter(consented);
    if (left.length === 0) reasons.push({ rule: "consent-missing", item });
    if (asked.ground !== "request" && isRestricted(overlay, item, asked.purpose)) {
      reasons.push({ rule: "restricted", item });
    }
    pairs.push(...left.map((occasion) => [item, occasion] as const));
  }
  return reasons.length > 0 ? { reasons } : { pairs };
}

/**
 * Does a presented value match the one-way hash held? The work done is the same when nothing is
 * held, so the time of the answer does not tell whether a subject exists. Whoever is restricted
 * matches nothing, and so cannot log in.
 * @param subject any handle; one of nobody's answers `false`
 */
export async function matches(
  context: EngineContext,
  subject: string,
  item: string,
  value: string,
): Promise<boolean> {
  const declared = context.plan.items.get(item);
  if (declared?.stored !== "one_way" || value.length > 4 * declared.maxLength) {
    return matchesOneWay("", null);
  }
  const occasions = [...context.plan.gates.values()]
    .filter(({ allowed }) => allowed.has(item))
    .map(({ occasion }) => [item, occasion.id] as const);
  const handle = handleBytes(subject);
  const overlay = (await overlaysOf(context.db, null, [subject]))(subject);
  const held = await openNewest(context, handle, occasions);
  const usable = isRestricted(overlay, item, null) ? null : (held[item] ?? null);
  return matchesOneWay(value, usable);
}

/** For each item the newest living record of the allowed occasions that holds it. */
async function newestHolding(
  context: EngineContext,
  handle: Uint8Array,
  pairs: ReadPairs,
  record: string | null,
): Promise<readonly Sealed[]> {
  return context.db.query<Sealed>(
    `select distinct on (wanted.item)
            wanted.item, subject, id, class, compartment, expires_on, sealed
       from unnest($2::text[], $3::text[]) as wanted (item, occasion)
       join record on record.occasion = wanted.occasion and wanted.item = any(record.items)
      where record.subject = $1
        and (record.expires_on is null or record.expires_on >= $4::date)
        and ($5::bytea is null or record.id = $5::bytea)
      order by wanted.item, record.collected_at desc, record.id desc`,
    [
      handle,
      pairs.map(([item]) => item),
      pairs.map(([, occasion]) => occasion),
      dayOf(context.clock.now(), context.plan.timeZone),
      record === null ? null : bytes(record),
    ],
  );
}

/**
 * A row may be sealed anew between the look at it and its opening, when another part of its
 * compartment is erased; then its old lock is gone and the row is looked at again.
 */
export async function openNewest(
  context: EngineContext,
  handle: Uint8Array,
  pairs: ReadPairs,
  record: string | null = null,
): Promise<Items> {
  for (let attempt = 1; ; attempt += 1) {
    const rows = await newestHolding(context, handle, pairs, record);
    try {
      return await openRows(context, rows);
    } catch (error) {
      const gone = error instanceof JikimError && error.code === "ERR_KEY_GONE";
      if (!gone || attempt === MOST_LOOKS) throw error;
    }
  }
}

async function openRows(context: EngineContext, rows: readonly Sealed[]): Promise<Items> {
  const opened = await openItems(context.keeper, rows);
  const entries = rows.map((row, index): [string, string] => {
    const values = present(opened[index], "every record opened");
    return [row.item, present(values[row.item], "a record holds the items it names")];
  });
  return Object.freeze(Object.fromEntries(entries));
}
