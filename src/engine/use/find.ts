/** Finding: from values to the subjects whose living records hold them, without reading any. */
import { dayOf } from "../../base/calendar.ts";
import type { Use } from "../../compiler/plan.ts";
import { hex } from "../../store/column-value.ts";
import type { Sql } from "../../store/database.ts";
import type { EngineContext, Items } from "../jikim.ts";
import { shareLocks } from "../locks.ts";
import { type IndexEpoch, readEpochs } from "../search/index-epoch.ts";
import { type ProofRow, proven, type WantedTag, wantedTags } from "../search/tags.ts";
import type { AskedUse } from "./asked-use.ts";
import { isRestricted, overlaysOf } from "./overlay.ts";
import { logAccess, staffReasons } from "./staff-access.ts";
import { allowedBy, consentedOccasions, refuseUse } from "./use-rules.ts";

const MOST_SUBJECTS = 1_000;
const STOPPED = Object.freeze({ rule: "purpose-stopped", item: null });
/** Short tags are shared by many: so many are looked at to find those meant. */
const MOST_CANDIDATES = 20_000;

/**
 * Handles of the subjects who hold all these values, in living records that the purpose may use;
 * at most 1,000. Whoever is restricted is not found. Throws ERR_USE_REFUSED (`facts.reasons`).
 * @example await find(context, { email: "a@example.org" }, { purpose: "user_management" })
 */
export async function find(
  context: EngineContext,
  items: Items,
  asked: AskedUse,
): Promise<readonly string[]> {
  const names = Object.keys(items);
  const planned = allowedBy(context.plan, names, asked, "find");
  const reasons = [
    ...("reasons" in planned ? planned.reasons : []),
    ...(asked.by === undefined ? [] : await staffReasons(context.db, asked.by, null)),
  ];
  if ("reasons" in planned || reasons.length > 0) {
    return refuseUse(context, asked.purpose, reasons);
  }
  const { maxLengthBroken, values } = valuesOf(context, items);
  if (names.length === 0 || maxLengthBroken) return [];
  const rows = await context.db.transaction(async (tx) => {
    await shareLocks(tx, ["index"]); // no epoch ends between its tags and the search for them
    const { present: epoch } = await readEpochs(tx);
    const wanted = await wantedTags(context, epoch, values);
    const pairs = wanted.flatMap((tag) =>
      (planned.allowed.get(tag.item) ?? []).map((occasion) => ({ ...tag, occasion })),
    );
    const found = await selectHolders(context, tx, epoch, pairs);
    return epoch.bits === null ? found : provenHolders(context, tx, { epoch, found, wanted });
  });
  const found = await usable(context, { asked, use: planned.use, names, rows });
  const { by } = asked;
  if (by !== undefined && found.length > 0) {
    const access = { ...asked, by, subjects: found, items: names, refused: [] };
    await context.db.transaction(async (tx) =>
      logAccess(context, tx, { ...access, place: "live" }),
    );
  }
  return found;
}

/** Of the holders those the purpose may use: by living consent, and with no restriction on it. */
async function usable(
  context: EngineContext,
  looked: {
    readonly asked: AskedUse;
    readonly use: Use;
    readonly names: readonly string[];
    readonly rows: readonly Holder[];
  },
): Promise<readonly string[]> {
  const { asked, use, names, rows } = looked;
  const { purpose } = asked;
  const found: string[] = [];
  for (let at = 0; at < rows.length && found.length < MOST_SUBJECTS; at += MOST_SUBJECTS) {
    const some = rows.slice(at, at + MOST_SUBJECTS);
    const overlays = await overlaysOf(
      context.db,
      purpose,
      some.map(({ subject }) => hex(subject)),
    );
    for (const row of some) {
      const overlay = overlays(hex(row.subject));
      if (overlay.stopped) return refuseUse(context, purpose, [STOPPED]);
      const restricted = names.some((name) => isRestricted(overlay, name, purpose));
      if (restricted && asked.ground !== "request") continue;
      const consented = await consentedOccasions(context, context.db, use, row.subject);
      const held = row.occasions.map((pair) => pair.split(" "));
      const covered = names.every((name) =>
        held.some(([item, occasion = ""]) => item === name && consented(occasion)),
      );
      if (covered && found.length < MOST_SUBJECTS) found.push(hex(row.subject));
    }
  }
  return found;
}

type Holder = { readonly subject: Uint8Array; readonly occasions: readonly string[] };

/** Subjects whose living records bear all the tags, with `item occasion` of each. */
async function selectHolders(
  context: EngineContext,
  tx: Sql,
  { epoch, bits }: IndexEpoch,
  pairs: readonly (WantedTag & { readonly occasion: string })[],
): Promise<readonly Holder[]> {
  return tx.query<Holder>(
    `select lookup.subject, array_agg(distinct lookup.item || ' ' || record.occasion) as occasions
       from unnest($1::text[], $2::text[], $3::text[]) as wanted (item, occasion, tag)
       join lookup on lookup.epoch = $6 and lookup.item = wanted.item
                  and lookup.tag = decode(wanted.tag, 'hex')
       join record on record.subject = lookup.subject and record.id = lookup.record
                  and record.occasion = wanted.occasion
      where record.expires_on is null or record.expires_on >= $4::date
      group by lookup.subject
     having count(distinct lookup.item) = $5::int
      order by lookup.subject
      limit $7`,
    [
      pairs.map(({ item }) => item),
      pairs.map(({ occasion }) => occasion),
      pairs.map(({ tag }) => hex(tag)),
      dayOf(context.clock.now(), context.plan.timeZone),
      new Set(pairs.map(({ item }) => item)).size,
      epoch,
      bits === null ? MOST_SUBJECTS : MOST_CANDIDATES,
    ],
  );
}

/** Of the subjects found by short tags those who truly hold the values. */
async function provenHolders(
  context: EngineContext,
  tx: Sql,
  asked: { epoch: IndexEpoch; found: readonly Holder[]; wanted: readonly WantedTag[] },
): Promise<readonly Holder[]> {
  const rows = await tx.query<ProofRow & { readonly occasion: string }>(
    `select record.subject, record.id, record.class, record.compartment, record.expires_on,
            record.occasion, lookup.item, lookup.proof
       from unnest($1::text[]) as found (subject)
      cross join unnest($2::text[], $3::text[]) as wanted (item, tag)
       join lookup on lookup.subject = decode(found.subject, 'hex') and lookup.epoch = $4
                  and lookup.item = wanted.item and lookup.tag = decode(wanted.tag, 'hex')
       join record on record.subject = lookup.subject and record.id = lookup.record
      where record.expires_on is null or record.expires_on >= $5::date
      order by record.subject, record.id, lookup.item`,
    [
      asked.found.map(({ subject }) => hex(subject)),
      asked.wanted.map(({ item }) => item),
      asked.wanted.map(({ tag }) => hex(tag)),
      asked.epoch.epoch,
      dayOf(context.clock.now(), context.plan.timeZone),
    ],
  );
  const holders = new Map<string, { subject: Uint8Array; occasions: string[] }>();
  for (const { subject, item, occasion } of await proven(context, rows, asked.wanted)) {
    const holder = holders.get(hex(subject)) ?? { subject, occasions: [] };
    holder.occasions.push(`${item} ${occasion}`);
    holders.set(hex(subject), holder);
  }
  return [...holders.values()];
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
