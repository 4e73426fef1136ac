/**
 * The daily look for orders that are owed and not placed: whoever forgot to ask, or crashed before
 * it, is made good here. Each statement is a bounded fan-out over the ledger of exports.
 */
import { dayOf, lastDay } from "../../base/calendar.ts";
import { JikimError } from "../../base/errors.ts";
import { hex, moment } from "../../store/column-value.ts";
import type { Sql } from "../../store/database.ts";
import { appendLeaf } from "../audit/append-leaf.ts";
import type { EngineContext } from "../jikim.ts";
import { classesUntilWithdrawal } from "./left-service.ts";
import { lockSubject } from "./lock-subject.ts";
import type { OrderReason } from "./order-row.ts";
import { holdingsOf, insertOrders, type Holding } from "./place-orders.ts";
import { listed, lockedEntry } from "./register.ts";

const BATCH = 200;
const ID_BYTES = 16;

type Owed = { readonly subject: Uint8Array; readonly processor: string };

/**
 * Ends the contract with a processor: nothing more leaves for it, and everyone it was given data
 * of gets an order to erase. Returns how many orders were placed; a crash in between is made good
 * by the daily run. Throws ERR_PROCESSOR_REFUSED for one the policy does not name.
 */
export async function endProcessor(context: EngineContext, id: string): Promise<number> {
  listed(context, id);
  const at = context.clock.now();
  await context.db.transaction(async (tx) => {
    const ended = await tx.query(
      `update processor_state set state = 'ended', ended_at = $2
        where processor = $1 and state = 'active'
        returning processor`,
      [id, moment(at)],
    );
    if (ended.length > 0) {
      await appendLeaf(tx, at, "processor_ended", { processor: id });
      return;
    }
    const entry = await lockedEntry(context, tx, id);
    if (entry?.state !== "ended") {
      throw new JikimError("ERR_PROCESSOR_REFUSED", `${id} is not active: nothing to end`, {
        missing: ["active"],
      });
    }
  });
  return placeInBatches(context, "contract_end", owedByEnd);
}

/** How many people an end would place orders for: what it holds that no order has ended. */
export async function peopleAtProcessor(sql: Sql, id: string): Promise<number> {
  const [row] = await sql.query<{ people: number }>(
    `select count(distinct subject) as people
       from processor_export as given
      where processor = $1
        and not exists (select from processor_order as ending
                         where ending.subject = given.subject
                           and ending.processor = given.processor
                           and ending.kind in ('erase', 'return') and ending.covers >= given.seq)`,
    [id],
  );
  return row?.people ?? 0;
}

/** Places every order that is owed; returns how many. */
export async function placeOwedOrders(context: EngineContext): Promise<number> {
  let placed = await placeInBatches(context, "contract_end", owedByEnd);
  const classes = classesUntilWithdrawal(context.plan);
  placed += await placeInBatches(context, "withdrawal", (sql) => owedByWithdrawal(sql, classes));
  placed += await placeInBatches(context, "records_ended", owedByRecords);
  for (const consented of consentedWorks(context)) {
    placed += await placeInBatches(context, "consent_withdrawn", (sql) =>
      owedByConsent(sql, consented),
    );
  }
  return placed + (await followUpRetained(context));
}

/** One transaction a batch, each subject under its lock, until a look finds nothing new. */
async function placeInBatches(
  context: EngineContext,
  reason: OrderReason,
  owed: (sql: Sql) => Promise<readonly Owed[]>,
): Promise<number> {
  for (let placed = 0; ;) {
    const orders = await context.db.transaction(async (tx) => {
      const batch = await owed(tx);
      let count = 0;
      for (const [subject, processors] of bySubject(batch)) {
        const handle = new Uint8Array(Buffer.from(subject, "hex"));
        await lockSubject(tx, handle);
        const holdings = (await holdingsOf(tx, handle)).filter(({ processor }) =>
          processors.includes(processor),
        );
        count += (await insertOrders(context, tx, holdings, { kind: "erase", reason })).length;
      }
      if (count > 0) {
        const facts = { kind: "erase", reason, orders: count };
        await appendLeaf(tx, context.clock.now(), "processors_ordered", facts);
      }
      return count;
    });
    if (orders === 0) return placed;
    placed += orders;
  }
}

/** Ordered by handle, so that two runs take the locks in the same order. */
function bySubject(owed: readonly Owed[]): readonly (readonly [string, readonly string[]])[] {
  const groups = Map.groupBy(owed, ({ subject }) => hex(subject));
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([subject, rows]) => [subject, rows.map(({ processor }) => processor)]);
}

/** A processor gone from the policy has no contract any more either. */
async function owedByEnd(sql: Sql): Promise<readonly Owed[]> {
  return sql.query<Owed>(
    `select given.subject, given.processor
       from processor_export as given
      where not exists (select from processor_state as state
                         where state.processor = given.processor and state.state = 'active')
        and not exists (select from processor_order as ending
                         where ending.subject = given.subject
                           and ending.processor = given.processor
                           and ending.kind in ('erase', 'return') and ending.covers >= given.seq)
      group by given.subject, given.processor
      order by given.subject, given.processor
      limit ${BATCH}`,
  );
}

/** The event itself goes with the records it ended, so what is left is looked at instead. */
async function owedByWithdrawal(sql: Sql, classes: readonly string[]): Promise<readonly Owed[]> {
  return sql.query<Owed>(
    `select given.subject, given.processor
       from processor_export as given
      where given.until_withdrawal
        and not exists (select from record
                         where record.subject = given.subject
                           and record.class = any($1::text[]) and record.expires_on is null)
        and not exists (select from processor_order as ending
                         where ending.subject = given.subject
                           and ending.processor = given.processor
                           and ending.kind in ('erase', 'return') and ending.covers >= given.seq)
      group by given.subject, given.processor
      order by given.subject, given.processor
      limit ${BATCH}`,
    [classes],
  );
}

/** We hold nothing of the person any more; neither may those who work for us. */
async function owedByRecords(sql: Sql): Promise<readonly Owed[]> {
  return sql.query<Owed>(
    `select given.subject, given.processor
       from processor_export as given
      where not exists (select from record where record.subject = given.subject)
        and not exists (select from processor_order as ending
                         where ending.subject = given.subject
                           and ending.processor = given.processor
                           and ending.kind in ('erase', 'return') and ending.covers >= given.seq)
      group by given.subject, given.processor
      order by given.subject, given.processor
      limit ${BATCH}`,
  );
}

interface ConsentedWork {
  readonly work: string;
  readonly consents: readonly string[];
}

/** Works for a purpose that rests on consent. */
function consentedWorks({ plan }: EngineContext): readonly ConsentedWork[] {
  return Object.values(plan.policy.works).flatMap((work) => {
    const use = plan.uses.get(work.purpose);
    return use?.basis === "consent" ? [{ work: work.id, consents: use.consents }] : [];
  });
}

/** The last act on every consent behind the work is a withdrawal. */
async function owedByConsent(sql: Sql, of: ConsentedWork): Promise<readonly Owed[]> {
  return sql.query<Owed>(
    `select given.subject, given.processor
       from processor_export as given
      where given.work = $1
        and not exists (select from consent as act
                         where act.subject = given.subject and act.consent = any($2::text[])
                           and act.given
                           and not exists (select from consent as later
                                            where later.subject = act.subject
                                              and later.consent = act.consent
                                              and later.seq > act.seq))
        and not exists (select from processor_order as ending
                         where ending.subject = given.subject
                           and ending.processor = given.processor
                           and ending.kind in ('erase', 'return') and ending.covers >= given.seq)
      group by given.subject, given.processor
      order by given.subject, given.processor
      limit ${BATCH}`,
    [of.work, of.consents],
  );
}

/** A processor kept something under its own statute until a day: after it, it is asked again. */
async function followUpRetained(context: EngineContext): Promise<number> {
  const { plan, clock, db, random } = context;
  const at = clock.now();
  const today = dayOf(at, plan.timeZone);
  const dueOn = lastDay(today, String(plan.parameters.get("destroy_grace")?.value ?? "P1D"));
  for (let placed = 0; ;) {
    const orders = await db.transaction(async (tx) => {
      const ended = await tx.query<Holding & { round: number } & Record<string, unknown>>(
        `select subject, processor, items, covers, round
           from processor_order as kept
          where retained_until < $1::date
            and not exists (select from processor_order as next
                             where next.subject = kept.subject
                               and next.processor = kept.processor
                               and next.kind in ('erase', 'return')
                               and next.covers = kept.covers and next.round > kept.round)
          order by subject, id
          limit ${BATCH}
            for update skip locked`,
        [today],
      );
      for (const { subject, processor, items, covers, round } of ended) {
        await tx.query(
          `insert into processor_order
                  (subject, id, processor, kind, reason, items, covers, round, state, placed_at,
                   due_on, next_at)
           values ($1, $2, $3, 'erase', 'retention_ended', $4, $5, $6, 'queued', $7, $8::date, $7)
           on conflict do nothing`,
          [subject, random.bytes(ID_BYTES), processor, items, covers, round + 1, moment(at), dueOn],
        );
      }
      if (ended.length > 0) {
        const facts = { kind: "erase", reason: "retention_ended", orders: ended.length };
        await appendLeaf(tx, at, "processors_ordered", facts);
      }
      return ended.length;
    });
    if (orders === 0) return placed;
    placed += orders;
  }
}
