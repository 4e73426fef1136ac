/** The slip of destroyed paper: how, when, and by which two people. */
import { addDays, isDay } from "../../base/calendar.ts";
import { present } from "../../base/assert.ts";
import type { PaperMethod } from "../../policy/model.ts";
import { hex, moment } from "../../store/column-value.ts";
import type { Sql } from "../../store/database.ts";
import { appendLeaf } from "../audit/append-leaf.ts";
import type { EngineContext } from "../jikim.ts";
import { ownLockOf } from "../record.ts";
import { STAFF_HANDLE } from "../staff/staff-handle.ts";
import { paperNumbered, todayOf } from "./paper.ts";
import { paperRefused, type PaperRule } from "./register-paper.ts";

const BYTES_OF_ID = 16;
const MOST_PAPERS = 500;
const BOX = /^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,39}$/u;
const HEAVIEST_GRAMS = 1_000_000;

export interface PaperDestroyed {
  /** Numbers in the register. */
  readonly numbers: readonly number[];
  readonly method: PaperMethod;
  readonly on: string;
  /** Staff handles of two different people. */
  readonly by: readonly [string, string];
  /** Number of the box, or the weight of it all. */
  readonly box?: string;
  readonly weightGrams?: number;
}

/**
 * Records that paper was destroyed; returns the number of the slip. Only what is due may be on it,
 * by a method the policy promises; two different people stand for it.
 *
 * Throws ERR_PAPER_REFUSED (`facts.rules`): then nothing is recorded.
 * @example await destroyPaper(context, { numbers: [12], method: "shred", on, by: ["7", "9"], box: "3" });
 */
export async function destroyPaper(
  context: EngineContext,
  destroyed: PaperDestroyed,
): Promise<number> {
  const rules = faultsOf(context, destroyed);
  if (rules.length > 0) throw paperRefused(rules);
  const id = context.random.bytes(BYTES_OF_ID);
  return context.db.transaction(async (tx) => {
    const numbers = [...new Set(destroyed.numbers)];
    const items = await paperNumbered(context, tx, numbers);
    if (items.length < numbers.length) throw paperRefused(["paper-unknown"]);
    if (items.some(({ state }) => state === "destroyed")) throw paperRefused(["paper-gone"]);
    const early = items.some(
      ({ lastDay }) => lastDay === null || addDays(lastDay, 1) > destroyed.on,
    );
    if (early) throw paperRefused(["not-due"]);
    const slip = await insertSlip(context, tx, { id, destroyed, items: items.length });
    await close(tx, id, numbers);
    return slip;
  });
}

async function insertSlip(
  { clock }: EngineContext,
  tx: Sql,
  it: {
    readonly id: Uint8Array;
    readonly destroyed: PaperDestroyed;
    readonly items: number;
  },
): Promise<number> {
  const { method, on, by, box, weightGrams } = it.destroyed;
  const at = clock.now();
  const [made] = await tx.query<{ number: number }>(
    `insert into paper_slip (id, method, destroyed_on, first_by, second_by, box, weight_grams,
                             items, recorded_at)
     values ($1, $2, $3::date, $4, $5, $6, $7, $8, $9)
     returning number`,
    [it.id, method, on, by[0], by[1], box ?? null, weightGrams ?? null, it.items, moment(at)],
  );
  await appendLeaf(tx, at, "paper_destroyed", {
    slip: hex(it.id),
    method,
    day: on,
    papers: it.items,
    first: by[0],
    second: by[1],
  });
  return present(made, "a row was written").number;
}

/** The notes go with the paper, and their locks with the next sweep. */
async function close(tx: Sql, slip: Uint8Array, numbers: readonly number[]): Promise<void> {
  const named = [numbers.map(String)];
  const notes = await tx.query<{ note: Uint8Array }>(
    `select note from paper_item
      where number in (select number::bigint from unnest($1::text[]) as number)
        and note is not null`,
    named,
  );
  const locks = notes.map(({ note }) => ownLockOf(note)).filter((slot) => slot !== null);
  await tx.query(
    `insert into given_up_lock (slot)
     select slot::bigint from unnest($1::text[]) as former (slot)
         on conflict (slot) do nothing`,
    [locks.map(String)],
  );
  await tx.query(
    `update paper_item set slip = $2, note = null
      where number in (select number::bigint from unnest($1::text[]) as number)`,
    [...named, slip],
  );
}

function faultsOf(context: EngineContext, it: PaperDestroyed): readonly PaperRule[] {
  const rules: PaperRule[] = [];
  const { paper } = context.plan.policy.destruction;
  if (paper === null) rules.push("no-paper-in-policy");
  else if (!paper.methods.includes(it.method)) rules.push("method-not-promised");
  const whole = it.numbers.every((number) => Number.isSafeInteger(number) && number > 0);
  if (it.numbers.length === 0 || it.numbers.length > MOST_PAPERS || !whole) {
    rules.push("nothing-named");
  }
  if (!isDay(it.on) || it.on > todayOf(context)) rules.push("day-impossible");
  if (!it.by.every((handle) => STAFF_HANDLE.test(handle))) rules.push("by-malformed");
  if (it.by[0] === it.by[1]) rules.push("same-person-twice");
  const { box, weightGrams } = it;
  const weighed =
    weightGrams === undefined ||
    (Number.isSafeInteger(weightGrams) && weightGrams > 0 && weightGrams <= HEAVIEST_GRAMS);
  const boxed = box === undefined || BOX.test(box);
  if ((box === undefined && weightGrams === undefined) || !weighed || !boxed) {
    rules.push("box-or-weight");
  }
  return rules;
}
