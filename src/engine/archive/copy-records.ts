/**
 * The copy of a batch: sealed anew for the archive, written there, read back, opened and compared
 * with what should be in it. The comparison is a digest under a key that is drawn for it and thrown
 * away; no server sees a value. Only what was found whole may lose its original.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { present } from "../../base/assert.ts";
import { JikimError } from "../../base/errors.ts";
import type { SealContext } from "../../keys/keeper.ts";
import { hex, moment } from "../../store/column-value.ts";
import type { Database, Sql } from "../../store/database.ts";
import type { EngineContext, Items } from "../jikim.ts";
import { itemBytes, openItems, ownLockOf, type PlaceRow, withOwnLocks } from "../record.ts";
import { type ArchivedClass, archiveCompartment, archivedClasses } from "./archived-classes.ts";

const KEY_BYTES = 32;

/** A record about to move. */
export type MovingRow = PlaceRow & {
  readonly occasion: string;
  readonly method: string;
  readonly policy_version: string;
  readonly policy_hash: string;
  readonly collected_on: string;
  readonly items: readonly string[];
  readonly sealed: Uint8Array;
};

/** A record as it will lie in the archive. */
interface Copy {
  readonly row: MovingRow;
  readonly of: ArchivedClass;
  readonly place: SealContext;
  readonly content: Items;
  /** Names of the items that came from elsewhere. */
  readonly beside: readonly string[];
}

/** Event of a record, by day. */
export type EventRow = {
  readonly record: Uint8Array;
  readonly event: string;
  readonly happened_on: string;
};

/** Records of one subject. */
export interface Batch {
  readonly subject: Uint8Array;
  readonly rows: readonly MovingRow[];
  readonly events: readonly EventRow[];
  /** What was put aside to travel beside them. */
  readonly beside: Items;
}

/**
 * Copies records and looks at the copies. Copying again replaces what an earlier try left. Throws
 * ERR_ARCHIVE_UNVERIFIED when the copies are not what they should be.
 */
export async function copyRecords(
  context: EngineContext,
  archive: Database,
  batch: Batch,
): Promise<void> {
  const { subject } = batch;
  const copies = await planCopies(context, batch);
  const sealed = await sealCopies(context, copies);
  await archive.transaction(async (tx) => {
    await rememberFormerLocks(tx, subject, batch.rows);
    await storeCopies(tx, copies, { subject, sealed, at: context.clock.now() });
    await storeEvents(tx, subject, batch);
  });
  await verify(context, archive, subject, copies);
}

async function planCopies(context: EngineContext, batch: Batch): Promise<readonly Copy[]> {
  const classes = archivedClasses(context.plan);
  const contents = await openItems(context.keeper, batch.rows);
  const plain = batch.rows.map((row, index) => {
    const of = present(classes.get(row.class), "selected by the plan's classes");
    const own = present(contents[index], "every record opened");
    const beside = of.beside.filter((item) => !(item in own) && item in batch.beside);
    const besides = beside.map((item) => [item, present(batch.beside[item], "looked at above")]);
    const content: Items = { ...own, ...Object.fromEntries(besides) };
    return { row, of, content, beside: beside.toSorted(), place: placeInArchive(row) };
  });
  const places = await withOwnLocks(
    context.keeper,
    plain.map(({ place }) => place),
  );
  return plain.map((copy, index) => ({ ...copy, place: present(places[index], "a place each") }));
}

/** The class-day's lock is the one of the originals: one key ends the day in both databases. */
function placeInArchive(row: MovingRow): SealContext {
  return {
    subject: hex(row.subject),
    record: hex(row.id),
    recordClass: row.class,
    compartment: archiveCompartment(row.compartment),
    expiresOn: row.expires_on,
  };
}

async function sealCopies(
  context: EngineContext,
  copies: readonly Copy[],
): Promise<readonly Uint8Array[]> {
  const plains = copies.map(({ content }) => itemBytes(content));
  const sealed = await context.keeper.seal(
    copies.map(({ place }, index) => ({
      context: place,
      plain: present(plains[index], "a text for each"),
    })),
  );
  for (const plain of plains) plain.fill(0);
  return sealed;
}

/** Locks that copies of an earlier try had for themselves: nothing is under them any more. */
async function rememberFormerLocks(
  tx: Sql,
  subject: Uint8Array,
  rows: readonly MovingRow[],
): Promise<void> {
  const former = await tx.query<{ sealed: Uint8Array }>(
    `select sealed
       from archived_record
      where subject = $1 and expires_on is null
        and id in (select decode(id, 'hex') from unnest($2::text[]) as id)`,
    [subject, rows.map(({ id }) => hex(id))],
  );
  await insertFormerLocks(
    tx,
    former.map(({ sealed }) => ownLockOf(sealed)),
  );
}

/** Writes down locks that nothing in the archive is under any more; the records let them die. */
export async function insertFormerLocks(tx: Sql, slots: readonly (number | null)[]): Promise<void> {
  const known = slots.filter((slot) => slot !== null).map(String);
  if (known.length === 0) return;
  await tx.query(
    `insert into archived_lock (slot)
     select slot::bigint from unnest($1::text[]) as former (slot)
         on conflict (slot) do nothing`,
    [known],
  );
}

/** One statement for the batch. Names of items hold no space. */
async function storeCopies(
  tx: Sql,
  copies: readonly Copy[],
  made: { readonly subject: Uint8Array; sealed: readonly Uint8Array[]; readonly at: number },
): Promise<void> {
  const column = (value: (copy: Copy) => string): readonly string[] => copies.map(value);
  await tx.query(
    `insert into archived_record (subject, id, class, law, compartment, occasion, method,
                                  policy_version, policy_hash, collected_on, expires_on, items,
                                  beside, sealed, archived_at)
     select $1, decode(id, 'hex'), class, law, compartment, occasion, method,
            policy_version::date, policy_hash, collected_on::date, nullif(expires_on, '')::date,
            string_to_array(items, ' '), string_to_array(beside, ' '), decode(sealed, 'hex'), $15
       from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
                   $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[],
                   $14::text[])
         as copy (id, class, law, compartment, occasion, method, policy_version,
                  policy_hash, collected_on, expires_on, items, beside, sealed)
         on conflict (subject, id) do update
        set expires_on = excluded.expires_on, items = excluded.items, beside = excluded.beside,
            archived_at = excluded.archived_at, sealed = excluded.sealed`,
    [
      made.subject,
      column(({ place }) => place.record),
      column(({ row }) => row.class),
      column(({ of }) => of.law),
      column(({ place }) => place.compartment),
      column(({ row }) => row.occasion),
      column(({ row }) => row.method),
      column(({ row }) => row.policy_version),
      column(({ row }) => row.policy_hash),
      column(({ row }) => row.collected_on),
      column(({ row }) => row.expires_on ?? ""),
      column(({ content }) => Object.keys(content).toSorted().join(" ")),
      column(({ beside }) => beside.join(" ")),
      made.sealed.map(hex),
      moment(made.at),
    ],
  );
}

async function storeEvents(tx: Sql, subject: Uint8Array, { events }: Batch): Promise<void> {
  if (events.length === 0) return;
  await tx.query(
    `insert into archived_event (subject, record, event, happened_on)
     select $1, decode(record, 'hex'), event, day::date
       from unnest($2::text[], $3::text[], $4::text[]) as seen (record, event, day)
         on conflict (subject, record, event) do nothing`,
    [
      subject,
      events.map(({ record }) => hex(record)),
      events.map(({ event }) => event),
      events.map((row) => row.happened_on),
    ],
  );
}

type StoredRow = PlaceRow & { readonly sealed: Uint8Array };

/** Reads the copies back and opens them: as many as there should be, and what should be in them. */
async function verify(
  context: EngineContext,
  archive: Database,
  subject: Uint8Array,
  copies: readonly Copy[],
): Promise<void> {
  const stored = await archive.query<StoredRow>(
    `select subject, id, class, compartment, expires_on, sealed
       from archived_record
      where subject = $1 and id in (select decode(id, 'hex') from unnest($2::text[]) as id)
      order by id`,
    [subject, copies.map(({ place }) => place.record)],
  );
  const key = context.random.bytes(KEY_BYTES);
  const wanted = digest(
    key,
    copies.map(({ row, content }) => ({ row, content })),
  );
  const found = digest(
    key,
    (await openedOrNone(context, stored)).map((content, index) => ({
      row: present(stored[index], "a row for each"),
      content,
    })),
  );
  key.fill(0);
  if (stored.length === copies.length && timingSafeEqual(wanted, found)) return;
  throw unverified();
}

/** A copy that does not open is no copy. */
async function openedOrNone(
  context: EngineContext,
  stored: readonly StoredRow[],
): Promise<readonly Items[]> {
  try {
    return await openItems(context.keeper, stored);
  } catch (error) {
    const damaged = error instanceof JikimError && error.code === "ERR_SEALED_VALUE_DAMAGED";
    throw damaged ? unverified() : error;
  }
}

function digest(
  key: Uint8Array,
  rows: readonly { readonly row: PlaceRow; readonly content: Items }[],
): Buffer {
  const ordered = rows.toSorted((a, b) => (hex(a.row.id) < hex(b.row.id) ? -1 : 1));
  const sum = createHmac("sha256", key);
  for (const { row, content } of ordered) {
    sum.update(JSON.stringify([hex(row.subject), hex(row.id), row.class, row.expires_on]));
    const plain = itemBytes(content);
    sum.update(plain);
    plain.fill(0);
  }
  return sum.digest();
}

function unverified(): JikimError {
  return new JikimError(
    "ERR_ARCHIVE_UNVERIFIED",
    "the copies in the archive are not what they should be: no original is deleted",
  );
}
