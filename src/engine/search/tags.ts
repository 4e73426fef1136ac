/**
 * Blind-index tags: what lets a sealed value be found again without being read.
 *
 * A whole tag is 16 bytes of HMAC. In an index of short tags the row holds only some bits of it,
 * which many people share, and the whole tag is sealed beside it like the record itself: what
 * stays of an erased person in logs and backups is a hint of those few bits.
 */
import { createHash } from "node:crypto";
import { present } from "../../base/assert.ts";
import { JikimError } from "../../base/errors.ts";
import type { SealContext } from "../../keys/keeper.ts";
import { hex } from "../../store/column-value.ts";
import type { Sql } from "../../store/database.ts";
import { normalise } from "../collection/normalise.ts";
import type { NewRecord } from "../collection/new-record.ts";
import type { EngineContext } from "../jikim.ts";
import { type PlaceRow, placeOf } from "../record.ts";
import type { IndexEpoch, IndexEpochs } from "./index-epoch.ts";

/** A value that is asked for. */
export interface WantedTag {
  readonly item: string;
  readonly whole: Uint8Array;
  /** What the index holds of it: the whole tag or some bits. */
  readonly tag: Uint8Array;
}

/** A value about to be stored. */
export interface Tag {
  readonly item: string;
  readonly tag: Uint8Array;
  readonly epoch: string;
  /** Id of the record that holds the value. */
  readonly record: string;
  readonly proof: Uint8Array | null;
}

/** Tags of values in an epoch, in their order. Every item must be one that can be looked up. */
export async function wantedTags(
  context: EngineContext,
  { epoch, bits }: IndexEpoch,
  values: readonly (readonly [item: string, value: string])[],
): Promise<readonly WantedTag[]> {
  const { items, policy } = context.plan;
  const wholes = await context.keeper.tagsOf(
    epoch,
    values.map(([name, value]) => {
      const { format } = present(items.get(name), "a tagged item is declared");
      return { item: name, normalised: normalise(format, value, policy.controller.country) };
    }),
  );
  return values.map(([item], index) => {
    const whole = present(wholes[index], "every value has a tag");
    return { item, whole, tag: bits === null ? whole : shortTag(whole, bits) };
  });
}

/** The first bits of a tag, the rest of the last byte zero. */
export function shortTag(whole: Uint8Array, bits: number): Uint8Array {
  const tag = whole.slice(0, Math.ceil(bits / 8));
  const over = tag.length * 8 - bits;
  const last = tag.length - 1;
  tag[last] = (tag[last] ?? 0) & (0xff << over);
  return tag;
}

/** A value to be found again, with the record it is in. */
export interface Findable {
  readonly item: string;
  readonly value: string;
  readonly place: SealContext;
}

/** Tags of values for an epoch, with the sealed whole tag where the index holds short ones. */
export async function tagsToStore(
  context: EngineContext,
  epoch: IndexEpoch,
  values: readonly Findable[],
): Promise<readonly Tag[]> {
  const tags = await wantedTags(
    context,
    epoch,
    values.map(({ item, value }) => [item, value]),
  );
  const proofs =
    epoch.bits === null
      ? []
      : await context.keeper.seal(
          values.map(({ place }, index) => ({
            context: { ...place, column: "tag" as const },
            plain: proofBytes(present(tags[index], "every value has a tag")),
          })),
        );
  return values.map(({ item, place }, index) => ({
    item,
    tag: present(tags[index], "every value has a tag").tag,
    epoch: epoch.epoch,
    record: place.record,
    proof: proofs[index] ?? null,
  }));
}

/** The item is inside too: a proof moved to another item of the record is none. */
function proofBytes({ item, whole }: Pick<WantedTag, "item" | "whole">): Uint8Array {
  return new Uint8Array(Buffer.concat([Buffer.from(`${item}\0`, "utf8"), whole]));
}

/** The findable items among new records, tagged for every epoch in use. */
export async function tagRecords(
  context: EngineContext,
  epochs: IndexEpochs,
  values: ReadonlyMap<string, string>,
  records: readonly NewRecord[],
): Promise<readonly Tag[]> {
  const findable = [...values]
    .filter(([name]) => context.plan.items.get(name)?.find === true)
    .map(([item, value]) => {
      const holder = records.find(({ items }) => items.includes(item));
      return { item, value, place: present(holder, "every value is in a record").place };
    });
  const tags = [...(await tagsToStore(context, epochs.present, findable))];
  if (epochs.building !== null) {
    tags.push(...(await tagsToStore(context, epochs.building, findable)));
  }
  return tags;
}

/**
 * The values that no other living record may hold together.
 * Throws ERR_ITEM_UNKNOWN for an item that is not given or cannot be looked up.
 */
export function uniqueValues(
  context: EngineContext,
  values: ReadonlyMap<string, string>,
  unique: readonly string[],
): readonly (readonly [string, string])[] {
  return [...new Set(unique)].toSorted().map((name): readonly [string, string] => {
    const value = values.get(name);
    if (value !== undefined && context.plan.items.get(name)?.find === true) return [name, value];
    const known = context.plan.items.has(name);
    throw new JikimError("ERR_ITEM_UNKNOWN", "an item named unique is not given or not findable", {
      item: known ? name : null,
    });
  });
}

/** Stores the tags of new records of a subject. */
export async function storeTags(tx: Sql, handle: Uint8Array, tags: readonly Tag[]): Promise<void> {
  if (tags.length === 0) return;
  await tx.query(
    `insert into lookup (subject, item, tag, epoch, record, proof)
     select $1, tag.item, decode(tag.tag, 'hex'), tag.epoch, decode(tag.record, 'hex'),
            decode(nullif(tag.proof, ''), 'hex')
       from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
         as tag (item, tag, epoch, record, proof)
         on conflict (subject, record, item, epoch) do nothing`,
    [
      handle,
      tags.map(({ item }) => item),
      tags.map(({ tag }) => hex(tag)),
      tags.map(({ epoch }) => epoch),
      tags.map(({ record }) => record),
      tags.map(({ proof }) => (proof === null ? "" : hex(proof))),
    ],
  );
}

/** A row of the index with the place of its record. */
export type ProofRow = PlaceRow & { readonly item: string; readonly proof: Uint8Array };

/** Of rows found by short tags those that truly hold the values asked for, in one call. */
export async function proven<R extends ProofRow>(
  context: EngineContext,
  rows: readonly R[],
  wanted: readonly WantedTag[],
): Promise<readonly R[]> {
  const proofs = new Map(wanted.map((tag) => [tag.item, Buffer.from(proofBytes(tag))]));
  const opened = await context.keeper.open(
    rows.map((row) => ({
      context: { ...placeOf(row), column: "tag" as const },
      sealed: row.proof,
    })),
  );
  return rows.filter((row, index) => {
    const proof = proofs.get(row.item);
    return proof !== undefined && proof.equals(present(opened[index], "every proof opened"));
  });
}

/**
 * Is there a living record with all these values? One collection at a time asks for the same ones,
 * so two cannot both be told no. The caller shares the index, so that no epoch ends in between.
 */
export async function isTaken(
  context: EngineContext,
  tx: Sql,
  epoch: IndexEpoch,
  asked: { readonly unique: readonly (readonly [string, string])[]; readonly today: string },
): Promise<boolean> {
  if (asked.unique.length === 0) return false;
  const wanted = await wantedTags(context, epoch, asked.unique);
  const items = wanted.map(({ item }) => item);
  const tags = wanted.map(({ tag }) => hex(tag));
  const lock = createHash("sha256")
    .update([...items, ...wanted.map(({ whole }) => hex(whole))].join("|"))
    .digest();
  await tx.query("select pg_advisory_xact_lock($1)", [lock.readBigInt64BE()]);
  const rows = await tx.query<ProofRow>(
    `select record.subject, record.id, record.class, record.compartment, record.expires_on,
            lookup.item, lookup.proof
       from unnest($1::text[], $2::text[]) as wanted (item, tag)
       join lookup on lookup.epoch = $3 and lookup.item = wanted.item
                  and lookup.tag = decode(wanted.tag, 'hex')
       join record on record.subject = lookup.subject and record.id = lookup.record
      where (record.expires_on is null or record.expires_on >= $4::date)
        and (select count(*) from lookup as other
               join unnest($1::text[], $2::text[]) as also (item, tag)
                 on other.item = also.item and other.tag = decode(also.tag, 'hex')
              where other.epoch = $3 and other.subject = record.subject
                and other.record = record.id) = cardinality($1::text[])
      order by record.subject, record.id`,
    [items, tags, epoch.epoch, asked.today],
  );
  if (epoch.bits === null) return rows.length > 0;
  const held = new Map<string, number>();
  for (const { subject, id } of await proven(context, rows, wanted)) {
    const record = hex(subject) + hex(id);
    held.set(record, (held.get(record) ?? 0) + 1);
  }
  return [...held.values()].some((count) => count === items.length);
}
