/**
 * Moves the blind index to a fresh key: the living values are tagged anew, the new tags take the
 * place of the old in one step, and the old key may die. Until then the old tags answer; what is
 * written meanwhile is written to both.
 *
 * The tags of what was destroyed are in no backup's future: without their key they say nothing.
 */
import { dayOf, deadlineAt, eligibleAt } from "../../base/calendar.ts";
import { present } from "../../base/assert.ts";
import { hex } from "../../store/column-value.ts";
import type { Sql } from "../../store/database.ts";
import type { EngineContext } from "../jikim.ts";
import { holdLocks, shareLocks } from "../locks.ts";
import { openItems, type PlaceRow, sealingPlace } from "../record.ts";
import { beginEpoch, type IndexEpoch, readEpochs } from "../search/index-epoch.ts";
import { storeTags, tagsToStore } from "../search/tags.ts";

/** Values tagged anew in one transaction. */
const BATCH = 500;
/** An index of so many values is moved with every destruction that touched it: about a second. */
const MOVED_AT_ONCE = 20_000;

/**
 * Is the index to be moved now? A small one at once; a large one when half of the time allowed has
 * passed for the oldest destruction that waits for it, so that several share one move.
 */
export async function isRotationDue(
  context: EngineContext,
  sweep: { readonly at: number; readonly grace: string },
): Promise<boolean> {
  const [waiting] = await context.db.query<{ first: string | null; many: number }>(
    `select (select min(expired_on)
               from destruction
              where touches_index and index_rotated_at is null and reason <> 'restore'
                and exists (select from index_epoch where state = 'present' and bits is null)
            ) as first,
            (select count(*)
               from (select from lookup join index_epoch using (epoch)
                      where state = 'present' limit $1) as living) as many`,
    [MOVED_AT_ONCE + 1],
  );
  const first = waiting?.first ?? null;
  if (first === null) return false;
  if ((waiting?.many ?? 0) <= MOVED_AT_ONCE) return true;
  const { timeZone } = context.plan;
  const from = eligibleAt(first, timeZone);
  return sweep.at >= from + (deadlineAt(first, sweep.grace, timeZone) - from) / 2;
}

/**
 * Moves the index; on return the new epoch answers and nothing is left of the old but its key.
 * A move that was cut short goes on where it stopped.
 * @param bits of the new epoch's short tags; null: whole tags
 */
export async function rotateIndex(context: EngineContext, bits: number | null): Promise<void> {
  const next = await nextEpoch(context, bits);
  await build(context, next);
  await context.db.transaction(async (tx) => {
    await holdLocks(tx, ["index"]);
    // Another sweep that moved the index with us may be ahead.
    if ((await readEpochs(tx)).building?.epoch !== next.epoch) return;
    await tx.query("update index_epoch set state = 'ended' where state = 'present'");
    await tx.query("update index_epoch set state = 'present' where epoch = $1", [next.epoch]);
  });
  await removeEndedTags(context);
}

async function nextEpoch(context: EngineContext, bits: number | null): Promise<IndexEpoch> {
  return context.db.transaction(async (tx) => {
    await holdLocks(tx, ["index"]);
    const { building } = await readEpochs(tx);
    if (building !== null) {
      const living = await context.keeper.indexEpochs();
      if (living.includes(building.epoch) && building.bits === bits) return building;
      await tx.query("update index_epoch set state = 'ended' where epoch = $1", [building.epoch]);
    }
    return beginEpoch(context, tx, { state: "building", bits });
  });
}

type Found = PlaceRow & { readonly item: string; readonly sealed: Uint8Array };

/** Tags every living value for the new epoch, batch by batch. */
async function build(context: EngineContext, next: IndexEpoch): Promise<void> {
  let after = { subject: "", id: "", item: "" };
  for (;;) {
    const last = await context.db.transaction(async (tx) => {
      await shareLocks(tx, ["index"]);
      const rows = await selectUntagged(context, tx, next, after);
      await tagAnew(context, tx, next, rows);
      return rows.at(-1);
    });
    if (last === undefined) return;
    after = { subject: hex(last.subject), id: hex(last.id), item: last.item };
  }
}

/** Living values without a tag of the new epoch, in the order of the index's key. */
async function selectUntagged(
  context: EngineContext,
  tx: Sql,
  next: IndexEpoch,
  after: { readonly subject: string; readonly id: string; readonly item: string },
): Promise<readonly Found[]> {
  return tx.query<Found>(
    `select lookup.item, record.subject, record.id, record.class, record.compartment,
            record.expires_on, record.sealed
       from lookup
       join index_epoch on index_epoch.epoch = lookup.epoch and index_epoch.state = 'present'
       join record on record.subject = lookup.subject and record.id = lookup.record
      where (lookup.subject, lookup.record, lookup.item)
              > (decode($1, 'hex'), decode($2, 'hex'), $3)
        and lookup.item = any(record.items)
        and (record.expires_on is null or record.expires_on >= $4::date)
        and not exists (select from lookup as done
                         where done.subject = lookup.subject and done.record = lookup.record
                           and done.item = lookup.item and done.epoch = $5)
      order by lookup.subject, lookup.record, lookup.item
      limit ${BATCH}
        for share of record`,
    [
      after.subject,
      after.id,
      after.item,
      dayOf(context.clock.now(), context.plan.timeZone),
      next.epoch,
    ],
  );
}

async function tagAnew(
  context: EngineContext,
  tx: Sql,
  next: IndexEpoch,
  rows: readonly Found[],
): Promise<void> {
  // An item that this policy no longer looks up needs no tag.
  const findable = rows.filter(({ item }) => context.plan.items.get(item)?.find === true);
  const records = new Map(findable.map((row) => [hex(row.id), row]));
  const contents = await openItems(context.keeper, [...records.values()]);
  const byId = new Map([...records.keys()].map((id, index) => [id, contents[index]]));
  const tags = await tagsToStore(
    context,
    next,
    findable.map((row) => ({
      item: row.item,
      value: present(byId.get(hex(row.id))?.[row.item], "a record holds the items it names"),
      place: sealingPlace(row),
    })),
  );
  const bySubject = Map.groupBy(tags, ({ record }) =>
    hex(present(records.get(record), "tags of these records").subject),
  );
  for (const own of bySubject.values()) {
    const holder = present(records.get(own[0]?.record ?? ""), "tags of these records");
    await storeTags(tx, holder.subject, own);
  }
}

/** Tags of epochs that have ended are of no use to anyone. */
export async function removeEndedTags(context: EngineContext): Promise<void> {
  for (;;) {
    const gone = await context.db.query(
      `delete from lookup
        where ctid = any (array(select lookup.ctid
                                  from lookup
                                  left join index_epoch using (epoch)
                                 where index_epoch.state is null or index_epoch.state = 'ended'
                                 limit ${BATCH}))
      returning item`,
    );
    if (gone.length === 0) return;
  }
}

/**
 * Epochs whose key lives though nothing is tagged with it any more. The index is shared for the
 * look: an epoch that is just being begun has its key before its row.
 */
export async function deadEpochs(context: EngineContext): Promise<readonly string[]> {
  return context.db.transaction(async (tx) => {
    await shareLocks(tx, ["index"]);
    const used = await tx.query<{ epoch: string }>(
      "select epoch from index_epoch where state <> 'ended'",
    );
    const known = new Set(used.map(({ epoch }) => epoch));
    return (await context.keeper.indexEpochs()).filter((epoch) => !known.has(epoch));
  });
}
