/** Blind-index tags: what lets a sealed value be found again without being read. */
import { createHash } from "node:crypto";
import { present } from "../../base/assert.ts";
import { JikimError } from "../../base/errors.ts";
import { hex } from "../../store/column-value.ts";
import type { Sql } from "../../store/database.ts";
import type { EngineContext } from "../jikim.ts";
import { normalise } from "./normalise.ts";
import type { NewRecord } from "./new-record.ts";

export interface Tag {
  readonly item: string;
  readonly tag: Uint8Array;
  /** Id of the record that holds the value; empty where a value is only asked for. */
  readonly record: string;
}

/** Tags of values, in their order. Every item must be one that can be looked up. */
export async function tagValues(
  context: EngineContext,
  values: readonly (readonly [string, string])[],
): Promise<readonly Uint8Array[]> {
  const { items, policy } = context.plan;
  return context.keeper.tags(
    values.map(([name, value]) => {
      const { format } = present(items.get(name), "a tagged item is declared");
      return { item: name, normalised: normalise(format, value, policy.controller.country) };
    }),
  );
}

/** Tags of the findable items among the new records. */
export async function tagItems(
  context: EngineContext,
  values: ReadonlyMap<string, string>,
  records: readonly NewRecord[],
): Promise<readonly Tag[]> {
  const findable = [...values].filter(([name]) => context.plan.items.get(name)?.find === true);
  const tags = await tagValues(context, findable);
  return findable.map(([item], index) => ({
    item,
    tag: present(tags[index], "every value has a tag"),
    record: present(
      records.find(({ items }) => items.includes(item)),
      "every value is in a record",
    ).place.record,
  }));
}

/**
 * Tags of the values that no other living record may hold together.
 * Throws ERR_ITEM_UNKNOWN for an item that is not given or cannot be looked up.
 */
export async function uniqueTags(
  context: EngineContext,
  values: ReadonlyMap<string, string>,
  unique: readonly string[],
): Promise<readonly Tag[]> {
  const pairs = [...new Set(unique)].toSorted().map((name): readonly [string, string] => {
    const value = values.get(name);
    if (value !== undefined && context.plan.items.get(name)?.find === true) return [name, value];
    const known = context.plan.items.has(name);
    throw new JikimError("ERR_ITEM_UNKNOWN", "an item named unique is not given or not findable", {
      item: known ? name : null,
    });
  });
  const tags = await tagValues(context, pairs);
  return pairs.map(([item], index) => ({
    item,
    tag: present(tags[index], "every value has a tag"),
    record: "",
  }));
}

/** Stores the tags of new records. */
export async function storeTags(tx: Sql, handle: Uint8Array, tags: readonly Tag[]): Promise<void> {
  if (tags.length === 0) return;
  await tx.query(
    `insert into lookup (subject, item, tag, record)
     select $1, tag.item, decode(tag.tag, 'hex'), decode(tag.record, 'hex')
       from unnest($2::text[], $3::text[], $4::text[]) as tag (item, tag, record)`,
    [
      handle,
      tags.map(({ item }) => item),
      tags.map(({ tag }) => hex(tag)),
      tags.map(({ record }) => record),
    ],
  );
}

/**
 * Is there a living record with all these values? One collection at a time asks for the same ones,
 * so two cannot both be told no.
 */
export async function isTaken(tx: Sql, unique: readonly Tag[], today: string): Promise<boolean> {
  if (unique.length === 0) return false;
  const items = unique.map(({ item }) => item);
  const tags = unique.map(({ tag }) => hex(tag));
  const lock = createHash("sha256")
    .update([...items, ...tags].join("|"))
    .digest();
  await tx.query("select pg_advisory_xact_lock($1)", [lock.readBigInt64BE()]);
  const [row] = await tx.query<{ taken: boolean }>(
    `select exists (
       select from lookup
         join unnest($1::text[], $2::text[]) as wanted (item, tag)
           on lookup.item = wanted.item and lookup.tag = decode(wanted.tag, 'hex')
         join record on record.subject = lookup.subject and record.id = lookup.record
        where record.expires_on is null or record.expires_on >= $3::date
        group by lookup.subject, lookup.record
       having count(*) = cardinality($1::text[])) as taken`,
    [items, tags, today],
  );
  return row?.taken === true;
}
