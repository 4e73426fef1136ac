/** People who are about to leave, with something of every kind that a statute keeps. */
import { collect } from "../../src/engine/collection/collect.ts";
import type { EngineContext, Items } from "../../src/engine/jikim.ts";
import { openItems, type PlaceRow } from "../../src/engine/record.ts";
import { recordEvent } from "../../src/engine/retention/record-event.ts";
import type { Sql } from "../../src/store/database.ts";
import { SIGN_UP, SIGN_UP_OPTIONS } from "./test-engine.ts";

export const RUN = "ab".repeat(16);
export const TODAY = "2026-11-23";

/** A member with a contract, two payments, an open dispute and traces of use. */
export async function leaver(context: EngineContext, user = "kim"): Promise<string> {
  const mine = { ...SIGN_UP, user_id: user, email: `${user}@example.org` };
  const subject = await collect(context, "sign_up", mine, SIGN_UP_OPTIONS);
  const own = { subject };
  await collect(context, "subscription", { contract_record: "c-1" }, own);
  for (const paid of ["33,000", "44,000"]) {
    await collect(context, "payment", { payment_record: paid, card: "tok_test-4242" }, own);
  }
  const said = { name: "김다툼", email: "other@example.org", inquiry_text: "왜?" };
  await collect(context, "dispute", said, { ...own, method: "phone_fax" });
  await collect(context, "service_use", { usage_record: "joined", ip_public: "192.0.2.17" }, own);
  return subject;
}

/** The least that shows every path of a move: a running clock, an open one, and a profile. */
export async function shortLeaver(context: EngineContext, user: string): Promise<string> {
  const mine = { ...SIGN_UP, user_id: user, email: `${user}@example.org` };
  const subject = await collect(context, "sign_up", mine, SIGN_UP_OPTIONS);
  await collect(context, "subscription", { contract_record: "c-1" }, { subject });
  const said = { name: "김다툼", email: "other@example.org", inquiry_text: "왜?" };
  await collect(context, "dispute", said, { subject, method: "phone_fax" });
  await recordEvent(context, { subject, event: "contract_ended", day: TODAY });
  return subject;
}

/** What leaving makes happen: contract and supply are over; a dispute goes on. */
export async function endContract(context: EngineContext, subject: string): Promise<void> {
  for (const event of ["contract_ended", "payment_completed", "supply_completed"]) {
    await recordEvent(context, { subject, event, day: TODAY });
  }
}

export type Stored = PlaceRow & {
  readonly items: readonly string[];
  readonly sealed: Uint8Array;
};

export async function liveRows(sql: Sql, subject: string): Promise<readonly Stored[]> {
  return sql.query<Stored>(
    `select subject, id, class, compartment, expires_on, items, sealed
       from record where subject = decode($1, 'hex') order by class, id`,
    [subject],
  );
}

export type Archived = Stored & { readonly beside: readonly string[]; readonly law: string };

export async function archivedRowsOf(sql: Sql, subject: string): Promise<readonly Archived[]> {
  return sql.query<Archived>(
    `select subject, id, class, law, compartment, expires_on, items, beside, sealed
       from archived_record where subject = decode($1, 'hex') order by class, id`,
    [subject],
  );
}

/** How many rows of each class. */
export function countsOf(rows: readonly Stored[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const row of rows) counts[row.class] = (counts[row.class] ?? 0) + 1;
  return counts;
}

/** Items of rows, as a set of texts, so that their order does not matter. */
export async function contentsOf(
  context: EngineContext,
  rows: readonly Stored[],
): Promise<readonly Items[]> {
  return openItems(context.keeper, rows);
}
