/**
 * What each step does. A step that works in the data store alone is one transaction, which holds the
 * row and writes the step; what reaches further (the archive, the keys) does the same work again
 * without harm, and then writes the step in a transaction of its own.
 */
import { assert } from "../../base/assert.ts";
import { dayOf, lastDay } from "../../base/calendar.ts";
import { bytes, moment } from "../../store/column-value.ts";
import type { Sql } from "../../store/database.ts";
import { moveToArchive } from "../archive/move-to-archive.ts";
import { appendLeaf } from "../audit/append-leaf.ts";
import { finishEnding, removeClasses } from "../destruction/remove-classes.ts";
import type { EngineContext } from "../jikim.ts";
import { queueMessage } from "../message/queue-message.ts";
import { ordersWithin } from "../processor/place-orders.ts";
import { ownLockOf } from "../record.ts";
import { recordEvent } from "../retention/record-event.ts";
import { freeze } from "./freeze.ts";
import { countsOf } from "./preview.ts";
import { eventsOfWithdrawal, type Fate, sortRecords, type WithdrawalPart } from "./sort-records.ts";
import { openAddress } from "./take-address.ts";
import {
  isNext,
  reach,
  type StepFacts,
  type Withdrawal,
  type WithdrawalStep,
} from "./withdrawal-row.ts";

type Step = (context: EngineContext, subject: Uint8Array, it: Withdrawal) => Promise<void>;

// Where neither policy nor law says how long an end may take, a day is given.
const GRACE_UNTOLD = "P1D";

/** Every step after the first, which `withdraw` itself takes. */
export const STEPS: Readonly<Record<Exclude<WithdrawalStep, "confirmed">, Step>> = {
  frozen: taking("frozen", async (context, tx, it) => {
    await freeze(context, tx, it);
    return { frozenAt: moment(notBefore(context, it)) };
  }),
  sorted: taking("sorted", async (context, tx, it) => ({
    parts: await sortRecords(context, tx, bytes(it.subject), leavingDay(context, it)),
  })),
  moved: async (context, subject, it) => {
    await startClocks(context, it);
    if (namesOf(it.parts, "moved").length > 0) await moveToArchive(context, it.subject, it.id);
    await context.db.transaction(async (tx) => {
      if (!(await isNext(tx, subject, "moved"))) return;
      const left = await countLeft(context, tx, it);
      assert(left === 0, "nothing that had to move is left before anything is removed");
      await reach(tx, subject, "moved");
    });
  },
  removed: taking("removed", async (context, tx, it) => {
    await removeClasses(context, tx, endingOf(it), namesOf(it.parts, "destroyed"));
    return {};
  }),
  ordered: taking("ordered", async (context, tx, it) => {
    await ordersWithin(context, tx, it.subject, { kind: "erase", reason: "withdrawal" });
    return { orders: await countOrders(tx, it) };
  }),
  shredded: async (context, subject, it) => {
    await finishEnding(context, endingOf(it));
    await context.db.transaction(async (tx) => {
      if (await isNext(tx, subject, "shredded")) await reach(tx, subject, "shredded");
    });
  },
  certified: taking("certified", async (context, tx, it) => {
    const leaf = await appendLeaf(tx, context.clock.now(), "withdrawn", {
      subject: it.subject,
      run: it.id,
      destroyed: countsOf(it.parts, "destroyed"),
      moved: countsOf(it.parts, "moved"),
      kept: countsOf(it.parts, "kept"),
      orders: it.orders ?? 0,
    });
    return { leaf };
  }),
  told: taking("told", async (context, tx, it) => {
    await tellPerson(context, tx, it);
    return { doneAt: moment(notBefore(context, it)) };
  }),
};

/** A step of the data store alone: one transaction, once. */
function taking(
  step: WithdrawalStep,
  work: (context: EngineContext, tx: Sql, it: Withdrawal) => Promise<StepFacts>,
): Step {
  return (context, subject, it) =>
    context.db.transaction(async (tx) => {
      if (!(await isNext(tx, subject, step))) return;
      await reach(tx, subject, step, await work(context, tx, it));
    });
}

/** A clock that was set back does not make the row say that the end was before the beginning. */
function notBefore({ clock }: EngineContext, it: Withdrawal): number {
  return Math.max(clock.now(), it.confirmedAt);
}

/** The day of leaving is that of the wish, however long the steps take. */
function leavingDay({ clock, plan }: EngineContext, it: Withdrawal): string {
  return dayOf(Math.min(it.confirmedAt, clock.now()), plan.timeZone);
}

const endingOf = (it: Withdrawal): { subject: string; run: string; at: number } => ({
  subject: it.subject,
  run: it.id,
  at: it.confirmedAt,
});

const namesOf = (parts: readonly WithdrawalPart[], fate: Fate): readonly string[] =>
  parts.filter((part) => part.fate === fate).map(({ recordClass }) => recordClass);

/**
 * Leaving makes happen what the policy says it does: the contract ends, nothing more is supplied.
 * Told to what is kept or moved alone: what is destroyed needs no last day.
 */
async function startClocks(context: EngineContext, it: Withdrawal): Promise<void> {
  const staying = [...namesOf(it.parts, "moved"), ...namesOf(it.parts, "kept")];
  const waiting = await context.db.query<{ class: string }>(
    `select distinct class
       from record
      where subject = $1 and class = any($2::text[]) and expires_on is null
      order by class`,
    [bytes(it.subject), staying],
  );
  const ends = eventsOfWithdrawal(context);
  const day = leavingDay(context, it);
  for (const { class: recordClass } of waiting) {
    const clock = context.plan.clocks.get(recordClass);
    for (const event of clock?.recordClass.from.laterOf ?? []) {
      if (!ends.has(event)) continue;
      await recordEvent(context, { subject: it.subject, event, day, recordClass });
    }
  }
}

/** Records that had to move and are still here. */
async function countLeft(context: EngineContext, tx: Sql, it: Withdrawal): Promise<number> {
  const [row] = await tx.query<{ left: number }>(
    `select count(*) as left
       from record
      where subject = $1 and class = any($2::text[])
        and (expires_on is null or expires_on >= $3::date)`,
    [
      bytes(it.subject),
      namesOf(it.parts, "moved"),
      dayOf(context.clock.now(), context.plan.timeZone),
    ],
  );
  return row?.left ?? 0;
}

/** The daily run may have placed one just before. */
async function countOrders(tx: Sql, it: Withdrawal): Promise<number> {
  const [row] = await tx.query<{ orders: number }>(
    `select count(*) as orders
       from processor_order
      where subject = $1 and kind = 'erase' and reason in ('withdrawal', 'records_ended')`,
    [bytes(it.subject)],
  );
  return row?.orders ?? 0;
}

/** ⑨ What was destroyed, what is kept, why and until when. */
async function tellPerson(context: EngineContext, tx: Sql, it: Withdrawal): Promise<void> {
  const { plan } = context;
  const [row] = await tx.query<{ address: Uint8Array | null }>(
    "select address from withdrawal where subject = $1",
    [bytes(it.subject)],
  );
  const sealed = row?.address ?? null;
  if (sealed === null) return; // nothing to write to was ever given
  const staying = it.parts.filter(({ fate }) => fate !== "destroyed");
  const day = leavingDay(context, it);
  await queueMessage(context, tx, {
    subject: it.subject,
    kind: "withdrawal_done",
    lang: it.lang,
    facts: {
      day,
      destroyed: countsOf(it.parts, "destroyed"),
      moved: countsOf(it.parts, "moved"),
      kept: countsOf(it.parts, "kept"),
      until: Object.fromEntries(
        staying.flatMap(({ recordClass, until }) => (until === null ? [] : [[recordClass, until]])),
      ),
      orders: it.orders ?? 0,
    },
    about: it.id,
    dueOn: lastDay(day, String(plan.parameters.get("destroy_grace")?.value ?? GRACE_UNTOLD)),
    address: await openAddress(context, it, sealed),
  });
  // Its lock dies with the next destruction.
  await tx.query("insert into given_up_lock (slot) values ($1) on conflict (slot) do nothing", [
    ownLockOf(sealed),
  ]);
}
