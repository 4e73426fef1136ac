/** Finding: from values to the subjects whose living records hold them, without reading any. */
import { dayOf } from "../../base/calendar.ts";
import { hex } from "../../store/column-value.ts";
import { tagValues } from "../collection/tags.ts";
import type { EngineContext, Items } from "../jikim.ts";
import { allowedBy, consentedOccasions, refuseUse } from "./use-rules.ts";

const MOST_SUBJECTS = 1_000;

/**
 * Handles of the subjects who hold all these values, in living records that the purpose may use;
 * at most 1,000. Throws ERR_USE_REFUSED (`facts.reasons`).
 * @example await find(context, { email: "a@example.org" }, { purpose: "user_management" })
 */
export async function find(
  context: EngineContext,
  items: Items,
  { purpose }: { readonly purpose: string },
): Promise<readonly string[]> {
  const names = Object.keys(items);
  const asked = allowedBy(context.plan, names, purpose, "find");
  if ("reasons" in asked) return refuseUse(context, purpose, asked.reasons);
  const { maxLengthBroken, values } = valuesOf(context, items);
  if (names.length === 0 || maxLengthBroken) return [];
  const tags = await tagValues(context, values);
  const wanted = values.flatMap(([item], index) =>
    (asked.allowed.get(item) ?? []).map((occasion) => ({ item, occasion, tag: tags[index] })),
  );
  const rows = await context.db.query<{ subject: Uint8Array; occasions: readonly string[] }>(
    `select lookup.subject, array_agg(distinct lookup.item || ' ' || record.occasion) as occasions
       from unnest($1::text[], $2::text[], $3::text[]) as wanted (item, occasion, tag)
       join lookup on lookup.item = wanted.item and lookup.tag = decode(wanted.tag, 'hex')
       join record on record.subject = lookup.subject and record.id = lookup.record
                  and record.occasion = wanted.occasion
      where record.expires_on is null or record.expires_on >= $4::date
      group by lookup.subject
     having count(distinct lookup.item) = $5::int
      order by lookup.subject
      limit ${MOST_SUBJECTS}`,
    [
      wanted.map(({ item }) => item),
      wanted.map(({ occasion }) => occasion),
      wanted.map(({ tag }) => (tag === undefined ? "" : hex(tag))),
      dayOf(context.clock.now(), context.plan.timeZone),
      names.length,
    ],
  );
  const found: string[] = [];
  for (const row of rows) {
    const consented = await consentedOccasions(context, context.db, asked.use, row.subject);
    const held = row.occasions.map((pair) => pair.split(" "));
    const covered = names.every((name) =>
      held.some(([item, occasion = ""]) => item === name && consented(occasion)),
    );
    if (covered) found.push(hex(row.subject));
  }
  return found;
}

/** The values asked for; a value longer than the item allows is held by nobody. */
function valuesOf(
  context: EngineContext,
  items: Items,
): { values: readonly (readonly [string, string])[]; maxLengthBroken: boolean } {
  const values = Object.entries(items);
  const maxLengthBroken = values.some(
    ([name, value]) => value.length > 4 * (context.plan.items.get(name)?.maxLength ?? 0),
  );
  return { values, maxLengthBroken };
}
