/**
 * The beginning of a move: it is written down, and what travels beside the records is put aside.
 * Name and e-mail come from a profile that ends with the same withdrawal; were they read record by
 * record, a move that goes on a day later would find them destroyed.
 */
import { assert, present } from "../../base/assert.ts";
import { addDays, dayOf } from "../../base/calendar.ts";
import type { SealContext } from "../../keys/keeper.ts";
import { bytes, hex, moment } from "../../store/column-value.ts";
import type { Sql } from "../../store/database.ts";
import { pendingItems } from "../destruction/pending-items.ts";
import type { EngineContext, Items } from "../jikim.ts";
import { holdLocks } from "../locks.ts";
import { itemBytes, openItems, type PlaceRow, withOwnLocks } from "../record.ts";
import { allCompartments, archivedClasses } from "./archived-classes.ts";

/** A move that is under way. */
export type Move = {
  readonly subject: Uint8Array;
  readonly run: Uint8Array;
  /** Milliseconds since the epoch. */
  readonly began_at: number;
  readonly items: readonly string[];
  /** Values of the items, sealed for the time of the move; null: nothing travels beside. */
  readonly sealed: Uint8Array | null;
};

/** Locks the line of a move; null when there is none. */
export async function readMove(tx: Sql, subject: Uint8Array): Promise<Move | null> {
  const [move] = await tx.query<Move>(
    `select subject, run, began_at, items, sealed
       from archive_move
      where subject = $1
        for update`,
    [subject],
  );
  return move ?? null;
}

/** Begins a move, unless one is under way. False: there is nothing to move. */
export async function beginMove(
  context: EngineContext,
  subject: Uint8Array,
  run: string,
): Promise<boolean> {
  const { plan, clock, db } = context;
  return db.transaction(async (tx) => {
    await holdLocks(tx, allCompartments(plan, hex(subject)));
    if ((await readMove(tx, subject)) !== null) return true;
    const at = clock.now();
    const classes = await classesToMove(context, tx, subject);
    if (classes.length === 0) return false;
    const known = archivedClasses(plan);
    const wanted = new Set(classes.flatMap((name) => known.get(name)?.beside ?? []));
    const values = await newestValues(context, tx, subject, [...wanted].toSorted());
    const names = Object.keys(values).toSorted();
    await tx.query(
      `insert into archive_move (subject, run, began_at, items, sealed)
       values ($1, $2, $3, $4, $5)`,
      [
        subject,
        bytes(run),
        moment(at),
        names,
        names.length === 0 ? null : await sealBeside(context, { subject, run }, values),
      ],
    );
    return true;
  });
}

/** What was put aside at the beginning. */
export async function openBeside(context: EngineContext, move: Move): Promise<Items> {
  if (move.sealed === null) return {};
  const [plain] = await context.keeper.open([
    { context: besidePlace(move.subject, hex(move.run)), sealed: move.sealed },
  ]);
  const opened = present(plain, "one value was asked for");
  const values = JSON.parse(Buffer.from(opened).toString("utf8")) as Items;
  opened.fill(0);
  return values;
}

function besidePlace(subject: Uint8Array, run: string): SealContext {
  return {
    subject: hex(subject),
    record: run,
    recordClass: "archive_move",
    compartment: "archive:move",
    expiresOn: null,
  };
}

async function sealBeside(
  context: EngineContext,
  of: { readonly subject: Uint8Array; readonly run: string },
  values: Items,
): Promise<Uint8Array> {
  const [place] = await withOwnLocks(context.keeper, [besidePlace(of.subject, of.run)]);
  const plain = itemBytes(values);
  const [sealed] = await context.keeper.seal([
    { context: present(place, "a place for the value"), plain },
  ]);
  plain.fill(0);
  return present(sealed, "the value came back sealed");
}

/** Classes with records that have not ended; what has ended is the sweep's. */
async function classesToMove(
  { plan, clock }: EngineContext,
  tx: Sql,
  subject: Uint8Array,
): Promise<readonly string[]> {
  const rows = await tx.query<{ class: string }>(
    `select distinct class
       from record
      where subject = $1 and class = any($2::text[])
        and (expires_on is null or expires_on >= $3::date)
      order by class`,
    [subject, [...archivedClasses(plan).keys()], dayOf(clock.now(), plan.timeZone)],
  );
  return rows.map((row) => row.class);
}

type Holder = PlaceRow & { readonly item: string; readonly sealed: Uint8Array };

/**
 * Each item from the newest living record that holds it; what was given when the account was opened
 * comes before anything else, because it says who the party to the contract is, and a dispute may
 * have been written for somebody else. A record that ended yesterday counts when no living one
 * does: a withdrawal ends the profile with the day before, whichever comes first.
 */
async function newestValues(
  context: EngineContext,
  tx: Sql,
  subject: Uint8Array,
  wanted: readonly string[],
): Promise<Items> {
  const { plan, clock } = context;
  const readable = wanted.filter((item) => plan.items.get(item)?.stored !== "one_way");
  const today = dayOf(clock.now(), plan.timeZone);
  const rows = await tx.query<Holder>(
    `select wanted.item, subject, id, class, compartment, expires_on, sealed
       from unnest($2::text[]) as wanted (item)
       join record on wanted.item = any(record.items)
      where record.subject = $1
        and (record.expires_on is null or record.expires_on >= $3::date)
      order by wanted.item, record.occasion = any($5::text[]) desc,
               record.expires_on is null or record.expires_on >= $4::date desc,
               record.collected_at desc, record.id desc
        for update of record`,
    [subject, readable, addDays(today, -1), today, openingOccasions(context)],
  );
  const erased = await pendingItems(tx, subject);
  const newest = new Map<string, Holder>();
  for (const row of rows) {
    // An item whose erasure is under way is not kept for anyone.
    if (erased.has(`${row.compartment} ${row.item}`) || newest.has(row.item)) continue;
    newest.set(row.item, row);
  }
  const holders = [...newest.values()];
  const opened = await openItems(context.keeper, holders);
  return Object.fromEntries(
    holders.map(({ item }, index): [string, string] => {
      const value = opened[index]?.[item];
      assert(value !== undefined, "a record holds the items it names");
      return [item, value];
    }),
  );
}

/** Occasions that open an account, and those that take the same set. */
function openingOccasions({ plan }: EngineContext): readonly string[] {
  const all = [...plan.gates.values()].map(({ occasion }) => occasion);
  const opening = new Set(all.filter(({ opens }) => opens).map(({ id }) => id));
  return all
    .filter(({ id, sameAs }) => opening.has(id) || (sameAs !== null && opening.has(sameAs)))
    .map(({ id }) => id);
}
