/**
 * The step that destroys: the locks leave the key tree together with the index's old key, in one
 * commit where it can be one, and the ledger gets the receipt. The keeper hands no key out and
 * wipes those it derived before it answers, so with the receipt its caches are drained too.
 */
import type { KeyReceipt } from "../../keys/keeper.ts";
import { bytes, moment } from "../../store/column-value.ts";
import type { Sql } from "../../store/database.ts";
import type { EngineContext } from "../jikim.ts";
import { readEpochs } from "../search/index-epoch.ts";
import { writeSetting } from "../setting.ts";
import { deadEpochs } from "./rotate-index.ts";
import type { OpenDestruction } from "./open-destructions.ts";

const GIVEN_UP_AT_ONCE = 100_000;

/** Destroys the locks of lines whose key still lives, and keys of the index that nobody uses. */
export async function dropKeys(
  context: EngineContext,
  lines: readonly OpenDestruction[],
  moreSlots: readonly number[],
): Promise<void> {
  const former = await givenUp(context);
  const slots = [
    ...lines.flatMap(({ slot }) => (slot === null ? [] : [slot])),
    ...moreSlots,
    ...former,
  ];
  const [first, ...others] = await deadEpochs(context);
  if (lines.length === 0 && slots.length === 0 && first === undefined) return;
  const receipt =
    first === undefined
      ? await context.keeper.destroySlots(slots)
      : await context.keeper.endIndexEpoch(first, slots);
  for (const epoch of others) await context.keeper.endIndexEpoch(epoch);
  const at = context.clock.now();
  await context.db.transaction(async (tx) => {
    const { present } = await readEpochs(tx);
    const hint =
      present.bits === null
        ? []
        : [`${present.bits} bits of each destroyed look-up value stay in copies of the index`];
    for (const line of lines) {
      const weaknesses = [...(receipt.weaknesses ?? []), ...(line.touchesIndex ? hint : [])];
      await storeReceipt(tx, line, { receipt: { ...receipt, weaknesses }, at });
    }
    await storeKeyEpoch(context, tx);
    await forgetGivenUp(tx, former);
    await storeRotated(tx, at, { ...present, shortTags: present.bits !== null });
  });
}

/** Locks that records had for themselves before their end was known. */
async function givenUp({ db }: EngineContext): Promise<readonly number[]> {
  const rows = await db.query<{ slot: number }>(
    `select slot from given_up_lock order by slot limit ${GIVEN_UP_AT_ONCE}`,
  );
  return rows.map(({ slot }) => slot);
}

async function forgetGivenUp(tx: Sql, slots: readonly number[]): Promise<void> {
  await tx.query(
    "delete from given_up_lock where slot in (select slot::bigint from unnest($1::text[]) slot)",
    [slots.map(String)],
  );
}

async function storeReceipt(
  tx: Sql,
  line: OpenDestruction,
  { receipt, at }: { readonly receipt: KeyReceipt; readonly at: number },
): Promise<void> {
  await tx.query(
    `update destruction
        set key_dropped_at = $4, root_wiped_at = $4, caches_drained_at = $4,
            irrecoverable = $5, epoch = $6, slots_hash = $7, custodians = $8, weaknesses = $9
      where run = $1 and class = $2 and expired_on = $3 and key_dropped_at is null`,
    [
      bytes(line.run),
      line.recordClass,
      line.expiredOn,
      moment(at),
      receipt.irrecoverable,
      receipt.epoch ?? null,
      receipt.slotsHash === undefined ? null : bytes(receipt.slotsHash),
      receipt.custodians ?? [],
      receipt.weaknesses ?? [],
    ],
  );
}

/** The epoch of the tree this store has seen: a copy restored from before it is known by it. */
async function storeKeyEpoch({ keeper }: EngineContext, tx: Sql): Promise<void> {
  const { epoch } = await keeper.identity();
  await writeSetting(tx, "key_epoch", String(epoch));
}

/**
 * Lines whose tags are under no living key: they touched none, or were begun before the present
 * epoch was. An index of short tags holds no whole tag to begin with.
 */
async function storeRotated(
  tx: Sql,
  at: number,
  present: { readonly startedAt: number; readonly shortTags: boolean },
): Promise<void> {
  await tx.query(
    `update destruction
        set index_rotated_at = $1
      where caches_drained_at is not null and index_rotated_at is null
        and (not touches_index or $2 or requested_at <= $3)`,
    [moment(at), present.shortTags, moment(present.startedAt)],
  );
}
