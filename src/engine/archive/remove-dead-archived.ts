/**
 * After a restore the archive is older than the keys and holds rows again whose locks have died
 * since. They open for nobody; they are removed before the archive is used, as in the records.
 */
import { hex } from "../../store/column-value.ts";
import type { Database, Sql } from "../../store/database.ts";
import {
  deadAmong,
  type HeadRow,
  removeDeadHeld,
  tellRemoved,
} from "../destruction/remove-dead-rows.ts";
import type { EngineContext } from "../jikim.ts";
import { readSetting, writeSetting } from "../setting.ts";
import { removeArchivedRows } from "./archived-rows.ts";

const BATCH = 1_000;
const RUN_BYTES = 16;
/** Bytes of a sealed value that say under which locks it is. */
const HEAD_BYTES = 32;

type Needs = Omit<EngineContext, "archive">;
type Place = { readonly subject: string; readonly id: string };

/** Looks at every row when the key tree has destroyed since the archive was last in step with it. */
export async function removeDeadArchived(needs: Needs, archive: Database): Promise<void> {
  const { epoch } = await needs.keeper.identity();
  const seen = await readSetting(archive, "key_epoch");
  if (seen !== null && Number(seen) >= epoch) return;
  if (seen !== null) await removeAll(needs, archive, epoch);
  await writeSetting(archive, "key_epoch", String(epoch));
}

async function removeAll(needs: Needs, archive: Database, epoch: number): Promise<void> {
  const counts = new Map<string, number>();
  const open = await openDays(needs.db);
  for (let after: Place = { subject: "", id: "" }; ;) {
    const from = after;
    const rows = await archive.transaction(async (tx) => {
      const found = await selectRows(tx, from, open);
      const dead = await deadAmong(needs, found);
      await removeArchivedRows(tx, dead);
      for (const row of dead) counts.set(row.class, (counts.get(row.class) ?? 0) + 1);
      return found;
    });
    const last = rows.at(-1);
    if (last === undefined) break;
    after = { subject: hex(last.subject), id: hex(last.id) };
  }
  await removeDeadHeld(needs, archive, counts);
  if (counts.size === 0) return;
  const run = hex(needs.random.bytes(RUN_BYTES));
  await needs.db.transaction(async (tx) => tellRemoved(needs, tx, { run, counts, epoch }));
}

/** What is being destroyed is the sweep's to remove and to count. */
async function openDays(
  db: Database,
): Promise<readonly { readonly class: string; readonly expired_on: string }[]> {
  return db.query(
    `select class, expired_on
       from destruction
      where reason = 'expiry' and rows_removed_at is null
      order by expired_on, class`,
  );
}

async function selectRows(
  tx: Sql,
  after: Place,
  open: Awaited<ReturnType<typeof openDays>>,
): Promise<readonly HeadRow[]> {
  return tx.query<HeadRow>(
    `select subject, id, class, substring(sealed from 1 for ${HEAD_BYTES}) as head
       from archived_record
      where (subject, id) > (decode($1, 'hex'), decode($2, 'hex'))
        and not exists (select from unnest($3::text[], $4::text[]) as open (class, day)
                         where open.class = archived_record.class
                           and open.day::date = archived_record.expires_on)
      order by subject, id
      limit ${BATCH}`,
    [after.subject, after.id, open.map((line) => line.class), open.map((line) => line.expired_on)],
  );
}
