/** Reading: only what the purpose may see, of records that have not ended, by living consent. */
import { present } from "../../base/assert.ts";
import { dayOf } from "../../base/calendar.ts";
import { JikimError } from "../../base/errors.ts";
import type { Sql } from "../../store/database.ts";
import type { EngineContext, Items } from "../jikim.ts";
import { openItems, type PlaceRow } from "../record.ts";
import { handleBytes, subjectExists, subjectUnknown } from "../subject.ts";
import { matchesOneWay } from "./one-way.ts";
import { allowedBy, consentedOccasions, refuseUse } from "./use-rules.ts";

const MOST_LOOKS = 3;

type Sealed = PlaceRow & { readonly item: string; readonly sealed: Uint8Array };

/**
 * Reads items of a subject for a named purpose, from the newest living record that holds each.
 * An item that was never given, or has ended, is absent from the answer.
 *
 * Throws ERR_USE_REFUSED (`facts.reasons`) and ERR_SUBJECT_UNKNOWN. Nothing is read in part: one
 * item too many refuses them all.
 * @example const { email } = await read(context, subject, ["email"], { purpose: "contract" });
 */
export async function read(
  context: EngineContext,
  subject: string,
  items: readonly string[],
  { purpose }: { readonly purpose: string },
): Promise<Items> {
  const asked = allowedBy(context.plan, items, purpose, "read");
  if ("reasons" in asked) return refuseUse(context, purpose, asked.reasons);
  const handle = handleBytes(subject);
  if (!(await subjectExists(context.db, handle))) throw subjectUnknown();
  const consented = await consentedOccasions(context, context.db, asked.use, handle);
  const pairs: [string, string][] = [];
  const missing: string[] = [];
  for (const [item, occasions] of asked.allowed) {
    const left = occasions.filter(consented);
    if (left.length === 0) missing.push(item);
    pairs.push(...left.map((occasion): [string, string] => [item, occasion]));
  }
  if (missing.length > 0) {
    const reasons = missing.map((item) => ({ rule: "consent-missing" as const, item }));
    return refuseUse(context, purpose, reasons);
  }
  return openNewest(context, handle, pairs);
}

/**
 * Does a presented value match the one-way hash held? The work done is the same when nothing is
 * held, so the time of the answer does not tell whether a subject exists.
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
    .map(({ occasion }): [string, string] => [item, occasion.id]);
  const held = await openNewest(context, handleBytes(subject), occasions);
  return matchesOneWay(value, held[item] ?? null);
}

/** For each item the newest living record of the allowed occasions that holds it. */
async function newestHolding(
  context: EngineContext,
  sql: Sql,
  handle: Uint8Array,
  pairs: readonly (readonly [string, string])[],
): Promise<readonly Sealed[]> {
  return sql.query<Sealed>(
    `select distinct on (wanted.item)
            wanted.item, subject, id, class, compartment, expires_on, sealed
       from unnest($2::text[], $3::text[]) as wanted (item, occasion)
       join record on record.occasion = wanted.occasion and wanted.item = any(record.items)
      where record.subject = $1
        and (record.expires_on is null or record.expires_on >= $4::date)
      order by wanted.item, record.collected_at desc, record.id desc`,
    [
      handle,
      pairs.map(([item]) => item),
      pairs.map(([, occasion]) => occasion),
      dayOf(context.clock.now(), context.plan.timeZone),
    ],
  );
}

/**
 * A row may be sealed anew between the look at it and its opening, when another part of its
 * compartment is erased; then its old lock is gone and the row is looked at again.
 */
async function openNewest(
  context: EngineContext,
  handle: Uint8Array,
  pairs: readonly (readonly [string, string])[],
): Promise<Items> {
  for (let attempt = 1; ; attempt += 1) {
    const rows = await newestHolding(context, context.db, handle, pairs);
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
