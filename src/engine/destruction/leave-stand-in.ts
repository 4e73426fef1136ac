/**
 * Leaves the key file of the first releases: everything sealed with it is sealed again under the
 * key tree, batch by batch, and then the file is overwritten and removed. A batch is all or
 * nothing, and a value says by its first byte which format it is: whatever stopped the move, the
 * next opening goes on with it. No one else has the store open meanwhile.
 */
import { timingSafeEqual } from "node:crypto";
import { join } from "node:path";
import { present } from "../../base/assert.ts";
import { JikimError } from "../../base/errors.ts";
import type { SealContext } from "../../keys/keeper.ts";
import { openStandIn, type StandIn, wipeStandIn } from "../../keys/stand-in.ts";
import { bytes, hex, moment } from "../../store/column-value.ts";
import type { Sql } from "../../store/database.ts";
import type { EngineContext } from "../jikim.ts";
import { placeOf, withOwnLocks } from "../record.ts";
import { readEpochs } from "../search/index-epoch.ts";
import { type Findable, storeTags, tagsToStore } from "../search/tags.ts";
import type { SealedRow } from "./reseal-records.ts";

const FILE = "master.key";
const BATCH = 500;
const OLD_FORMAT = 1;
/** What becomes of destructions from before: their rows went, and every key was in one file. */
const ONE_FILE =
  "destroyed while one file held every key: a copy of that file and of these records still opens";

/** Called after each batch. */
export type Progress = (done: number, total: number) => void;

/**
 * Moves a store off its key file, when it has one. Throws ERR_KEYS_MISSING when the file it was
 * sealed with is not in the key folder, ERR_KEYS_OTHER when another is, ERR_KEY_FILE.
 */
export async function leaveStandIn(
  context: EngineContext,
  folder: string,
  progress: Progress,
): Promise<void> {
  const { db } = context;
  const [check] = await db.query<{ value: Uint8Array }>(
    "select value from setting where name = 'key_check'",
  );
  if (check === undefined) return;
  const path = join(folder, FILE);
  const [old] = await db.query<{ records: number }>(
    `select count(*) as records from record where get_byte(sealed, 0) = ${OLD_FORMAT}`,
  );
  const total = old?.records ?? 0;
  if (total > 0) await sealAgain(context, path, { check: check.value, total, progress });
  await wipeStandIn(path, context.random);
  await db.transaction(async (tx) => {
    const at = moment(context.clock.now());
    await tx.query(
      `update destruction
          set key_dropped_at = $1, root_wiped_at = $1, caches_drained_at = $1,
              index_rotated_at = $1, weaknesses = $2
        where key_dropped_at is null and rows_removed_at is not null`,
      [at, [ONE_FILE]],
    );
    await tx.query("delete from setting where name = 'key_check'");
  });
}

async function sealAgain(
  context: EngineContext,
  path: string,
  what: { readonly check: Uint8Array; readonly total: number; readonly progress: Progress },
): Promise<void> {
  const old = await openStandIn(path);
  if (old === null) {
    throw new JikimError(
      "ERR_KEYS_MISSING",
      `these data were sealed with a key file of a former version: put it at ${path}`,
    );
  }
  try {
    const mine = old.tag("jikim/key-check", "v1");
    if (mine.length !== what.check.length || !timingSafeEqual(mine, what.check)) {
      throw new JikimError("ERR_KEYS_OTHER", `${path} is not the key file of these data`);
    }
    let done = 0;
    for (let after = { subject: "", id: "" }; ;) {
      const rows = await context.db.transaction(async (tx) => moveBatch(context, tx, old, after));
      const last = rows.at(-1);
      if (last === undefined) break;
      done += rows.length;
      what.progress(done, what.total);
      after = { subject: hex(last.subject), id: hex(last.id) };
    }
  } finally {
    old.close();
  }
}

async function moveBatch(
  context: EngineContext,
  tx: Sql,
  old: StandIn,
  after: { readonly subject: string; readonly id: string },
): Promise<readonly SealedRow[]> {
  const rows = await tx.query<SealedRow>(
    `select subject, id, class, compartment, expires_on, sealed, source
       from record
      where get_byte(sealed, 0) = ${OLD_FORMAT}
        and (subject, id) > (decode($1, 'hex'), decode($2, 'hex'))
      order by subject, id
      limit ${BATCH}
        for update`,
    [after.subject, after.id],
  );
  const plains = rows.map((row) => ({
    items: old.open(placeOf(row), row.sealed),
    source:
      row.source === null ? null : old.open({ ...placeOf(row), column: "source" }, row.source),
  }));
  const places = await withOwnLocks(context.keeper, rows.map(placeOf));
  const sealed = await context.keeper.seal(
    places.map((place, index) => ({ context: place, plain: partOf(plains, index).items })),
  );
  for (const [index, row] of rows.entries()) {
    const { source } = partOf(plains, index);
    const [sealedSource] =
      source === null
        ? []
        : await context.keeper.seal([
            { context: { ...partOf(places, index), column: "source" }, plain: source },
          ]);
    await tx.query("update record set sealed = $3, source = $4 where subject = $1 and id = $2", [
      row.subject,
      row.id,
      present(sealed[index], "every value came back sealed"),
      sealedSource ?? null,
    ]);
  }
  await tagAgain(
    context,
    tx,
    rows.map((row, index) => ({
      row,
      place: partOf(places, index),
      items: partOf(plains, index).items,
    })),
  );
  for (const { items, source } of plains) {
    items.fill(0);
    source?.fill(0);
  }
  return rows;
}

function partOf<T>(parts: readonly T[], index: number): T {
  return present(parts[index], "every row was opened");
}

/** The tags of the file's key make way for those of the index's first epoch. */
async function tagAgain(
  context: EngineContext,
  tx: Sql,
  opened: readonly {
    readonly row: SealedRow;
    readonly place: SealContext;
    readonly items: Uint8Array;
  }[],
): Promise<void> {
  const { present: epoch } = await readEpochs(tx);
  const gone = await tx.query<{ record: Uint8Array; item: string }>(
    `delete from lookup
      where epoch = ''
        and (subject, record) in (select decode(subject, 'hex'), decode(id, 'hex')
                                    from unnest($1::text[], $2::text[]) as row (subject, id))
  returning record, item`,
    [opened.map(({ row }) => hex(row.subject)), opened.map(({ row }) => hex(row.id))],
  );
  const tagged = new Set(gone.map(({ record, item }) => `${hex(record)} ${item}`));
  for (const { place, items } of opened) {
    const values = JSON.parse(Buffer.from(items).toString("utf8")) as Record<string, string>;
    const findable: Findable[] = Object.entries(values)
      .filter(([item]) => tagged.has(`${place.record} ${item}`))
      .filter(([item]) => context.plan.items.get(item)?.find === true)
      .map(([item, value]) => ({ item, value, place }));
    await storeTags(tx, bytes(place.subject), await tagsToStore(context, epoch, findable));
  }
}
