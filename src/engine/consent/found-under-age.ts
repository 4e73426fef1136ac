/**
 * A person turns out to be below the age limit (PIPA 22-2): they could not agree, so nothing may
 * rest on it. Use stops at once, whoever looks after them is told where to turn, and everything no
 * statute keeps is destroyed, at the latest within the days the law gives for destruction.
 */
import { assert, present } from "../../base/assert.ts";
import { dayOf, lastDay } from "../../base/calendar.ts";
import { JikimError } from "../../base/errors.ts";
import { bytes, hex } from "../../store/column-value.ts";
import type { Sql } from "../../store/database.ts";
import { appendLeaf } from "../audit/append-leaf.ts";
import { type Ending, finishEnding, removeClasses } from "../destruction/remove-classes.ts";
import type { EngineContext } from "../jikim.ts";
import { queueMessage } from "../message/queue-message.ts";
import { readAddress } from "../message/read-address.ts";
import { ordersWithin } from "../processor/place-orders.ts";
import { versionClocks } from "../retention/version-clocks.ts";
import { handleBytes, subjectExists, subjectUnknown } from "../subject.ts";
import { restrict } from "../use/restriction.ts";

const RUN_BYTES = 16;
// Where neither policy nor law says how long destruction may take.
const GRACE_UNTOLD = "P1D";

export interface UnderAgeReport {
  /** Records destroyed now. */
  readonly destroyed: number;
  /** Records a statute keeps, by class; they cannot be used. */
  readonly kept: Readonly<Record<string, number>>;
  /** Last day for what is destroyed. */
  readonly destroyedBy: string;
}

/**
 * Closes the account of a person below the age limit. Calling it again destroys what has come since.
 *
 * Throws ERR_SUBJECT_UNKNOWN, and ERR_USAGE where the policy has no age limit.
 * @param lang language of the message to whoever reads the account's address
 * @example const { destroyed } = await foundUnderAge(context, subject, { lang: "ko" });
 */
export async function foundUnderAge(
  context: EngineContext,
  subject: string,
  { lang }: { readonly lang: string },
): Promise<UnderAgeReport> {
  const { plan, clock, random, db } = context;
  if (plan.policy.minimumAge === null) {
    throw new JikimError("ERR_USAGE", "the policy has no age limit");
  }
  const handle = handleBytes(subject);
  const at = clock.now();
  const today = dayOf(at, plan.timeZone);
  const destroyedBy = lastDay(
    today,
    String(plan.parameters.get("destroy_grace")?.value ?? GRACE_UNTOLD),
  );
  if (!(await subjectExists(db, handle))) throw subjectUnknown();
  // Before the freeze: afterwards nobody may read it, and then it is gone.
  const address = await readAddress(context, subject);
  await db.transaction(async (tx) => {
    if (await isRestrictedAlready(tx, handle)) return;
    await restrict(context, tx, { subject, reason: "child" });
    await tx.query("delete from session where subject = $1", [handle]);
    await ordersWithin(context, tx, subject, { kind: "erase", reason: "withdrawal" });
    if (typeof address !== "string") return;
    await queueMessage(context, tx, {
      subject,
      kind: "child_found",
      lang,
      facts: { day: today, destroyed_by: destroyedBy },
      address,
    });
  });
  const ending: Ending = { subject, run: hex(random.bytes(RUN_BYTES)), at };
  const { destroyed, kept } = await db.transaction(async (tx) => destroy(context, tx, ending));
  await finishEnding(context, ending);
  return Object.freeze({ destroyed, kept, destroyedBy });
}

async function isRestrictedAlready(tx: Sql, subject: Uint8Array): Promise<boolean> {
  const [row] = await tx.query<{ found: boolean }>(
    `select exists (select from restriction
                     where subject = $1 and reason = 'child' and lifted_at is null) as found`,
    [subject],
  );
  return row?.found === true;
}

async function destroy(
  context: EngineContext,
  tx: Sql,
  ending: Ending,
): Promise<Pick<UnderAgeReport, "destroyed" | "kept">> {
  const statutory = new Set(
    [...context.plan.clocks.values()]
      .filter((clock) => clock.statutory)
      .map(({ recordClass }) => recordClass.id),
  );
  const { classes } = await versionClocks(context, tx);
  const ends = [...classes].filter((id) => !statutory.has(id));
  await removeClasses(context, tx, ending, ends);
  const [gone] = await tx.query<{ records: number }>(
    "select coalesce(sum(records), 0)::bigint as records from destruction where run = $1",
    [bytes(ending.run)],
  );
  const destroyed = present(gone, "a sum is a row").records;
  const rows = await tx.query<{ class: string; records: number }>(
    "select class, count(*) as records from record where subject = $1 group by class order by class",
    [bytes(ending.subject)],
  );
  assert(
    rows.every((row) => !ends.includes(row.class)),
    "nothing that had to go is left",
  );
  const kept = Object.fromEntries(rows.map((row) => [row.class, row.records]));
  await appendLeaf(tx, ending.at, "child_found", {
    subject: ending.subject,
    records: destroyed,
    kept: rows.reduce((sum, { records }) => sum + records, 0),
  });
  return { destroyed, kept };
}
