/**
 * Fills a store quickly with what many collections would have left: sealed through the keeper in
 * batches, written by one statement a table. It skips the gate and the log's leaves, nothing else.
 */
import { present } from "../../src/base/assert.ts";
import { dayOf } from "../../src/base/calendar.ts";
import {
  type Making,
  type NewRecord,
  placesOf,
  sealRecords,
} from "../../src/engine/collection/new-record.ts";
import type { EngineContext } from "../../src/engine/jikim.ts";
import { readEpochs } from "../../src/engine/search/index-epoch.ts";
import { type Findable, type Tag, tagsToStore } from "../../src/engine/search/tags.ts";
import { hex, moment } from "../../src/store/column-value.ts";
import type { Sql } from "../../src/store/database.ts";

/** One act of collection. */
export interface LoadedAct {
  readonly subject: string;
  readonly occasion: string;
  readonly items: ReadonlyMap<string, string>;
  /** Day of collection; today when not said. */
  readonly day?: string;
}

interface Loaded {
  readonly act: LoadedAct;
  readonly record: NewRecord;
}

/** Stores acts; returns how many records they made. A few thousand acts at a time. */
export async function loadRecords(
  context: EngineContext,
  acts: readonly LoadedAct[],
): Promise<number> {
  const { plan, clock } = context;
  const today = dayOf(clock.now(), plan.timeZone);
  const planned = acts.flatMap((act) => {
    const gate = present(plan.gates.get(act.occasion), "an occasion of the policy");
    const making: Making = {
      gate,
      subject: act.subject,
      today: act.day ?? today,
      values: act.items,
    };
    return placesOf(context, making).map((place) => ({ act, place }));
  });
  const sealed = await sealRecords(
    context,
    planned.map(({ place }) => place),
    undefined,
  );
  const loaded = planned.map(({ act }, i) => ({
    act,
    record: present(sealed[i], "every record came back sealed"),
  }));
  await context.db.transaction(async (tx) => {
    await insertRecords(context, tx, loaded, today);
    await insertTags(tx, loaded, await tagsOf(context, tx, loaded));
    await insertConsents(context, tx, [...new Set(acts.map(({ subject }) => subject))]);
  });
  return loaded.length;
}

async function insertRecords(
  context: EngineContext,
  tx: Sql,
  loaded: readonly Loaded[],
  today: string,
): Promise<void> {
  const { plan, clock } = context;
  await tx.query(
    `insert into record (subject, id, class, compartment, occasion, method, policy_version,
                         policy_hash, collected_on, collected_at, expires_on, items, sealed)
     select decode(subject, 'hex'), decode(id, 'hex'), class, compartment, occasion, method, $1,
            $2, day::date, $3, nullif(ends, '')::date, string_to_array(items, ','),
            decode(sealed, 'hex')
       from unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
                   $10::text[], $11::text[], $12::text[], $13::text[])
         as row (subject, id, class, compartment, occasion, method, day, ends, items, sealed)`,
    [
      plan.policy.effective,
      plan.hash,
      moment(clock.now()),
      ...columns(loaded, ({ act, record: { place, items, sealed } }) => [
        place.subject,
        place.record,
        place.recordClass,
        place.compartment,
        act.occasion,
        [...(plan.gates.get(act.occasion)?.methods.keys() ?? [])][0] ?? "form",
        act.day ?? today,
        place.expiresOn ?? "",
        items.join(","),
        hex(sealed),
      ]),
    ],
  );
}

async function tagsOf(
  context: EngineContext,
  tx: Sql,
  loaded: readonly Loaded[],
): Promise<readonly Tag[]> {
  const findable: readonly Findable[] = loaded.flatMap(({ act, record }) =>
    record.items
      .filter((item) => context.plan.items.get(item)?.find === true)
      .map((item) => ({
        item,
        value: present(act.items.get(item), "the record holds the act's items"),
        place: record.place,
      })),
  );
  if (findable.length === 0) return [];
  return tagsToStore(context, (await readEpochs(tx)).present, findable);
}

async function insertTags(tx: Sql, loaded: readonly Loaded[], tags: readonly Tag[]): Promise<void> {
  if (tags.length === 0) return;
  const owners = new Map(loaded.map(({ record: { place } }) => [place.record, place.subject]));
  await tx.query(
    `insert into lookup (subject, item, tag, epoch, record)
     select decode(subject, 'hex'), item, decode(tag, 'hex'), epoch, decode(record, 'hex')
       from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])
         as row (subject, item, tag, epoch, record)`,
    columns(tags, ({ record, item, tag, epoch }) => [
      present(owners.get(record), "tags of these records"),
      item,
      hex(tag),
      epoch,
      record,
    ]),
  );
}

/** One consent each, so that a person whose records have all gone is still known. */
async function insertConsents(
  { plan, random, clock }: EngineContext,
  tx: Sql,
  subjects: readonly string[],
): Promise<void> {
  const [consent] = Object.keys(plan.policy.consents);
  await tx.query(
    `insert into consent (subject, id, consent, given, at, policy_hash, lang, shown_hash, method)
     select decode(subject, 'hex'), decode(id, 'hex'), $1, true, $2, $3, 'ko', sha256(''), 'form'
       from unnest($4::text[], $5::text[]) as row (subject, id)
      where not exists (select from consent where consent.subject = decode(row.subject, 'hex'))`,
    [
      consent ?? "none",
      moment(clock.now()),
      plan.hash,
      ...columns(subjects, (subject) => [subject, hex(random.bytes(16))]),
    ],
  );
}

/** Rows turned into one list a column. */
function columns<T>(rows: readonly T[], cells: (row: T) => readonly string[]): string[][] {
  const table = rows.map(cells);
  return (table[0] ?? []).map((_, column) =>
    table.map((row) => present(row[column], "rows of one width")),
  );
}
