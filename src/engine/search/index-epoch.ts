/**
 * The blind index lives in epochs, each with a key of its own. Reading and writing go by the
 * present one; while the next is being built, new values are written to both.
 */
import { assert } from "../../base/assert.ts";
import { hex, moment } from "../../store/column-value.ts";
import type { Sql } from "../../store/database.ts";
import type { EngineContext } from "../jikim.ts";
import { holdLocks } from "../locks.ts";

const NAME_BYTES = 8;

export interface IndexEpoch {
  readonly epoch: string;
  /** Bits of its short tags; null: whole tags (docs in tags.ts). */
  readonly bits: number | null;
  /** When it began, in milliseconds since the epoch. */
  readonly startedAt: number;
}

export interface IndexEpochs {
  readonly present: IndexEpoch;
  readonly building: IndexEpoch | null;
}

/** The epochs in use. The caller holds the index's name, shared, to the end of its transaction. */
export async function readEpochs(sql: Sql): Promise<IndexEpochs> {
  const found = await findEpochs(sql);
  assert(found.present !== null, "the index has a first epoch from the opening on");
  return { present: found.present, building: found.building };
}

async function findEpochs(
  sql: Sql,
): Promise<{ present: IndexEpoch | null; building: IndexEpoch | null }> {
  const rows = await sql.query<{
    epoch: string;
    bits: number | null;
    state: string;
    started_at: number;
  }>("select epoch, bits, state, started_at from index_epoch where state <> 'ended'");
  const inState = (state: string): IndexEpoch | null => {
    const row = rows.find((each) => each.state === state);
    return row === undefined
      ? null
      : { epoch: row.epoch, bits: row.bits, startedAt: row.started_at };
  };
  return { present: inState("present"), building: inState("building") };
}

/** The first epoch of a store that has none. */
export async function ensureIndex(context: EngineContext, bits: number | null): Promise<void> {
  await context.db.transaction(async (tx) => {
    await holdLocks(tx, ["index"]);
    if ((await findEpochs(tx)).present !== null) return;
    await beginEpoch(context, tx, { state: "present", bits });
  });
}

/**
 * A new epoch with a key of its own. The key comes first: a crash leaves a key nobody uses, which
 * the next sweep destroys, and never an epoch without a key.
 */
export async function beginEpoch(
  context: EngineContext,
  tx: Sql,
  what: { readonly state: "present" | "building"; readonly bits: number | null },
): Promise<IndexEpoch> {
  const epoch = hex(context.random.bytes(NAME_BYTES));
  const startedAt = context.clock.now();
  await context.keeper.beginIndexEpoch(epoch);
  await tx.query(
    "insert into index_epoch (epoch, bits, state, started_at) values ($1, $2, $3, $4)",
    [epoch, what.bits, what.state, moment(startedAt)],
  );
  return { epoch, bits: what.bits, startedAt };
}
