/**
 * A version that promises less time holds for what is there already: once, when it comes into
 * force, records of earlier versions move to their sooner day. None is ever moved to a later one.
 */
import { dayOf } from "../../base/calendar.ts";
import { hex } from "../../store/column-value.ts";
import type { Sql } from "../../store/database.ts";
import { appendLeaf } from "../audit/append-leaf.ts";
import { type EndlessRow, startClocks, type Started } from "../destruction/start-clock.ts";
import type { EngineContext } from "../jikim.ts";
import { shareLocks } from "../locks.ts";
import { readSetting, writeSetting } from "../setting.ts";
import { soonestEnd, versionClocks, type VersionClocks } from "./version-clocks.ts";

const BATCH = 200;

type OlderRow = EndlessRow & {
  readonly events: readonly string[];
  readonly days: readonly string[];
};

/** Moves what ends sooner now; returns how many records. A crash is made good by the next run. */
export async function shortenClocks(context: EngineContext): Promise<number> {
  const { plan, db } = context;
  if ((await readSetting(db, "clocks_of")) === plan.hash) return 0;
  const clocks = await versionClocks(context, db);
  let moved = 0;
  for (const [hash, older] of clocks.byHash) {
    if (hash === plan.hash) continue;
    for (const recordClass of older.keys()) {
      if (clocks.governing(hash, recordClass).length < 2) continue;
      moved += await shortenClass(context, clocks, { hash, recordClass });
    }
  }
  await writeSetting(db, "clocks_of", plan.hash);
  return moved;
}

interface OlderClass {
  readonly hash: string;
  readonly recordClass: string;
}

async function shortenClass(
  context: EngineContext,
  clocks: VersionClocks,
  of: OlderClass,
): Promise<number> {
  let moved = 0;
  for (let after: { subject: string; id: string } | null = { subject: "", id: "" }; after;) {
    const from: { subject: string; id: string } = after;
    const page = await selectPage(context, of, from);
    const last = page.at(-1);
    after = last === undefined ? null : { subject: hex(last.subject), id: hex(last.id) };
    if (page.length === 0) break;
    moved += await context.db.transaction(async (tx) => {
      // Names before rows, like everyone who seals or gives up a compartment.
      await shareLocks(
        tx,
        page.map((row) => ({ subject: hex(row.subject), compartment: row.compartment })),
      );
      return shortenPage(context, tx, { of, clocks, page });
    });
  }
  return moved;
}

/** A bounded fan-out: the version changed for everyone. */
async function shortenPage(
  context: EngineContext,
  tx: Sql,
  { of, clocks, page }: { of: OlderClass; clocks: VersionClocks; page: readonly Paged[] },
): Promise<number> {
  const rows = await lockPage(context, tx, of, page);
  const started = rows.flatMap((row): Started[] => {
    const happened = new Map(row.events.map((event, at) => [event, row.days[at] ?? ""]));
    happened.set("collected", row.collected_on);
    const last = soonestEnd(clocks.governing(of.hash, of.recordClass), happened);
    const sooner = last !== null && (row.expires_on === null || last < row.expires_on);
    return sooner ? [{ row, lastDay: last }] : [];
  });
  await startClocks(context, tx, started);
  if (started.length > 0) {
    const facts = { class: of.recordClass, records: started.length };
    await appendLeaf(tx, context.clock.now(), "clock_shortened", facts);
  }
  return started.length;
}

type Paged = {
  readonly subject: Uint8Array;
  readonly id: Uint8Array;
  readonly compartment: string;
};

async function selectPage(
  { db, plan, clock }: EngineContext,
  of: OlderClass,
  after: { readonly subject: string; readonly id: string },
): Promise<readonly Paged[]> {
  return db.query<Paged>(
    `select subject, id, compartment
       from record
      where class = $1 and policy_hash = $2
        and (subject, id) > (decode($3, 'hex'), decode($4, 'hex'))
        and (expires_on is null or expires_on >= $5::date)
      order by subject, id
      limit ${BATCH}`,
    [of.recordClass, of.hash, after.subject, after.id, dayOf(clock.now(), plan.timeZone)],
  );
}

async function lockPage(
  { plan, clock }: EngineContext,
  tx: Sql,
  of: OlderClass,
  page: readonly Paged[],
): Promise<readonly OlderRow[]> {
  return tx.query<OlderRow>(
    `select subject, id, class, compartment, expires_on, collected_on, sealed, source,
            array(select event from record_event as seen
                   where seen.subject = record.subject and seen.record = record.id
                   order by event) as events,
            array(select happened_on::text from record_event as seen
                   where seen.subject = record.subject and seen.record = record.id
                   order by event) as days
       from record
      where (subject, id) in (select decode(subject, 'hex'), decode(id, 'hex')
                                from unnest($1::text[], $2::text[]) as page (subject, id))
        and class = $3 and (expires_on is null or expires_on >= $4::date)
      order by subject, id
        for update`,
    [
      page.map(({ subject }) => hex(subject)),
      page.map(({ id }) => hex(id)),
      of.recordClass,
      dayOf(clock.now(), plan.timeZone),
    ],
  );
}
