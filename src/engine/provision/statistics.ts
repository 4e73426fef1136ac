/**
 * Statistics (exception C): how many people have each value of one item. Nobody can be told apart
 * in it: items that lead to a person have no statistics, small cells are left out (suppress.ts).
 * One table is safe by itself; who compares two of different days may learn what one person
 * changed, so every table has its line in the ledger, and the log counts them.
 */
import { present } from "../../base/assert.ts";
import { dayOf } from "../../base/calendar.ts";
import { JikimError } from "../../base/errors.ts";
import { bytes, hex, moment } from "../../store/column-value.ts";
import type { SealContext } from "../../keys/keeper.ts";
import { appendLeaf } from "../audit/append-leaf.ts";
import type { EngineContext } from "../jikim.ts";
import { openItems, type PlaceRow } from "../record.ts";
import { isRestricted, overlaysOf } from "../use/overlay.ts";
import { OPERATOR } from "../use/staff-access.ts";
import { allowedBy, consentedOccasions } from "../use/use-rules.ts";
import { PROVISION_COMPARTMENT, textBytes } from "./provision-place.ts";
import { offers, type ProvisionReason, refuseProvision } from "./provision-rules.ts";
import { suppressSmall, type Table } from "./suppress.ts";

const BATCH = 500;
const ID_BYTES = 16;
const MOST_LOOKS = 3;
const MOST_CELLS = 10_000;
const MOST_RECIPIENT = 200;
/** Fewest people in a cell where the policy has no `statistics_cell`. */
const SMALLEST_UNTOLD = 5;

export interface StatisticsAsked {
  readonly purpose: string;
  readonly item: string;
  /** More people than the policy's limit asks for; never fewer. */
  readonly smallest?: number;
  /** Who receives it; without one it stays inside. */
  readonly recipient?: string;
}

export interface Statistics extends Table {
  readonly item: string;
  /** Fewest people in a cell that is shown. */
  readonly smallest: number;
}

/**
 * Counts the people who have each value of an item, as far as the purpose may use it of them.
 * Throws ERR_PROVISION_REFUSED (`facts.reasons`).
 * @example await statistics(context, { purpose: "improvement", item: "os" });
 */
export async function statistics(
  context: EngineContext,
  asked: StatisticsAsked,
): Promise<Statistics> {
  const { plan } = context;
  const smallest = asked.smallest ?? smallestCell(context);
  const reasons = statisticsReasons(context, { ...asked, smallest });
  if (reasons.length > 0) return refuseProvision(context, "statistics", reasons);
  const counted = await count(context, asked);
  if ("reason" in counted) return refuseProvision(context, "statistics", [counted.reason]);
  const cells = [...counted.people].map(([value, people]) => ({ value, people }));
  const table = suppressSmall(cells, smallest);
  const id = context.random.bytes(ID_BYTES);
  const at = context.clock.now();
  const recipient = await sealRecipient(context, hex(id), asked.recipient);
  await context.db.transaction(async (tx) => {
    await tx.query(
      `insert into provision_statistic (id, at, recipient, purpose, item, smallest, cells,
                                        suppressed, smallest_shown, total, policy_hash)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
      [
        id,
        moment(at),
        recipient,
        asked.purpose,
        asked.item,
        smallest,
        table.cells.length,
        table.suppressed,
        table.cells.at(-1)?.people ?? null,
        table.total,
        plan.hash,
      ],
    );
    await appendLeaf(tx, at, "statistics_provided", {
      statistic: hex(id),
      item: asked.item,
      cells: table.cells.length,
      suppressed: table.suppressed,
    });
  });
  return Object.freeze({ ...table, item: asked.item, smallest });
}

/** The policy's own limit, or ours. */
export function smallestCell({ plan }: Pick<EngineContext, "plan">): number {
  const value = plan.parameters.get("statistics_cell")?.value;
  return typeof value === "number" ? Math.max(2, value) : SMALLEST_UNTOLD;
}

/** What stands against a table of counts: the exception, the purpose, the item, the limit. */
export function statisticsReasons(
  context: Pick<EngineContext, "plan">,
  asked: StatisticsAsked & { readonly smallest: number },
): readonly ProvisionReason[] {
  const { plan } = context;
  const reasons: ProvisionReason[] = [];
  if (!offers(plan, "statistics")) reasons.push({ rule: "exception-not-offered", item: null });
  const allowed = allowedBy(plan, [asked.item], { purpose: asked.purpose }, "read");
  if ("reasons" in allowed) reasons.push(...allowed.reasons);
  // What can be looked up leads to the person: a count of it is a list of people.
  else if (plan.items.get(asked.item)?.find === true) {
    reasons.push({ rule: "item-identifying", item: asked.item });
  }
  const enough = Number.isSafeInteger(asked.smallest) && asked.smallest >= smallestCell(context);
  if (!enough) reasons.push({ rule: "cell-too-small", item: null });
  if ((asked.recipient ?? "-").trim() === "" || (asked.recipient ?? "").length > MOST_RECIPIENT) {
    reasons.push({ rule: "recipient-unlisted", item: null });
  }
  return reasons;
}

type Held = PlaceRow & { readonly occasion: string; readonly sealed: Uint8Array };

/** A declared fan-out: every subject in the order of the key, so many at a time. */
async function count(
  context: EngineContext,
  { purpose, item }: StatisticsAsked,
): Promise<
  { readonly people: ReadonlyMap<string, number> } | { readonly reason: ProvisionReason }
> {
  const people = new Map<string, number>();
  for (let after = ""; ;) {
    const batch = await openBatch(context, { purpose, item, after });
    if (batch === "stopped") return { reason: { rule: "purpose-stopped", item: null } };
    for (const value of batch.values) people.set(value, (people.get(value) ?? 0) + 1);
    if (people.size > MOST_CELLS) return { reason: { rule: "item-identifying", item } };
    if (batch.last === null) return { people };
    after = batch.last;
  }
}

interface Batch {
  readonly values: readonly string[];
  /** Handle of the last subject looked at; null: there was none. */
  readonly last: string | null;
}

/** A row whose lock died since the look at it is looked for again. */
async function openBatch(
  context: EngineContext,
  asked: { readonly purpose: string; readonly item: string; readonly after: string },
): Promise<Batch | "stopped"> {
  const { purpose, item } = asked;
  for (let attempt = 1; ; attempt += 1) {
    const rows = await newestAfter(context, asked);
    const usable = await usableOf(context, { purpose, item, rows });
    if (usable === "stopped") return usable;
    try {
      const opened = await openItems(context.keeper, usable);
      const values = opened.map((held) => present(held[item], "a record holds what it names"));
      const last = rows.at(-1);
      return { values, last: last === undefined ? null : hex(last.subject) };
    } catch (error) {
      const gone = error instanceof JikimError && error.code === "ERR_KEY_GONE";
      if (!gone || attempt === MOST_LOOKS) throw error;
    }
  }
}

async function newestAfter(
  context: EngineContext,
  asked: { readonly purpose: string; readonly item: string; readonly after: string },
): Promise<readonly Held[]> {
  const planned = allowedBy(context.plan, [asked.item], { purpose: asked.purpose }, "read");
  const occasions = "reasons" in planned ? [] : (planned.allowed.get(asked.item) ?? []);
  return context.db.query<Held>(
    `select distinct on (subject)
            subject, id, class, compartment, expires_on, occasion, sealed
       from record
      where subject > $1 and occasion = any($2::text[]) and $3 = any(items)
        and (expires_on is null or expires_on >= $4::date)
      order by subject, collected_at desc, id desc
      limit ${BATCH}`,
    [
      asked.after === "" ? new Uint8Array() : bytes(asked.after),
      occasions,
      asked.item,
      dayOf(context.clock.now(), context.plan.timeZone),
    ],
  );
}

async function usableOf(
  context: EngineContext,
  asked: { readonly purpose: string; readonly item: string; readonly rows: readonly Held[] },
): Promise<readonly Held[] | "stopped"> {
  const { purpose, item, rows } = asked;
  const use = present(context.plan.uses.get(purpose), "the rules asked for the purpose");
  const handles = rows.map(({ subject }) => hex(subject));
  const overlays = await overlaysOf(context.db, purpose, handles);
  const usable: Held[] = [];
  for (const row of rows) {
    const overlay = overlays(hex(row.subject));
    if (overlay.stopped) return "stopped";
    if (isRestricted(overlay, item, purpose)) continue;
    const consented = await consentedOccasions(context, context.db, use, row.subject);
    if (consented(row.occasion)) usable.push(row);
  }
  return usable;
}

async function sealRecipient(
  context: EngineContext,
  id: string,
  recipient: string | undefined,
): Promise<Uint8Array | null> {
  if (recipient === undefined) return null;
  const [sealed] = await context.keeper.seal([
    { context: statisticPlace(id), plain: textBytes({ recipient }) },
  ]);
  return present(sealed, "one value was sealed");
}

/** Nobody is in a table of counts: what is sealed beside it belongs to the operator. */
export function statisticPlace(id: string): SealContext {
  return {
    subject: OPERATOR,
    record: id,
    recordClass: "provision",
    compartment: PROVISION_COMPARTMENT,
    expiresOn: null,
  };
}
