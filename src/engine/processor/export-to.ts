/**
 * The one way data leave for a processor: closed list, listed work, needed items, living consent,
 * active processor. What leaves is read through the same gate as any use, and the ledger has its
 * line before the caller has the values.
 */
import { dayOf } from "../../base/calendar.ts";
import { JikimError } from "../../base/errors.ts";
import { present } from "../../base/assert.ts";
import { moment } from "../../store/column-value.ts";
import type { Sql } from "../../store/database.ts";
import { appendLeaf } from "../audit/append-leaf.ts";
import type { EngineContext, Items } from "../jikim.ts";
import { handleBytes } from "../subject.ts";
import { mayRead, read } from "../use/read.ts";
import type { UseRule } from "../use/use-rules.ts";
import {
  type ExportAsked,
  type ExportReason,
  type ExportRule,
  refusalsByPlan,
} from "./export-rules.ts";
import { classesUntilWithdrawal } from "./left-service.ts";
import { lockSubject } from "./lock-subject.ts";
import { referenceFor } from "./reference.ts";
import { lockedEntry } from "./register.ts";

const ID_BYTES = 16;
/** What ended between reading and noting, as a rule of the export. */
const SINCE: Partial<Record<UseRule, ExportRule>> = {
  "consent-missing": "consent-missing",
  "subject-unknown": "item-gone",
};

export interface ExportedItems {
  /** The processor's own name for the person: what it must keep the values under. */
  readonly reference: string;
  readonly values: Items;
}

/**
 * Reads items for a processor's work and notes that they left.
 *
 * Throws ERR_PROCESSOR_REFUSED (`facts.reasons`), ERR_SUBJECT_UNKNOWN, ERR_RESTRICTED, and
 * ERR_USE_REFUSED where the purpose of the work may not see an item. Refused means: nothing read,
 * nothing noted but a leaf that counts the rules.
 * @example
 * await exportTo(context, subject, { processor: "kcp", work: "payment", items: ["card"] });
 */
export async function exportTo(
  context: EngineContext,
  subject: string,
  asked: ExportAsked,
): Promise<ExportedItems> {
  const handle = handleBytes(subject);
  const reasons = refusalsByPlan(context.plan, asked);
  if (reasons.length > 0) return refuse(context, asked, reasons);
  const entry = await lockedEntry(context, context.db, asked.processor);
  if (entry?.state !== "active" || entry.missing.length > 0) {
    return refuse(context, asked, [{ rule: "processor-not-active", item: null }]);
  }
  const { purpose } = present(context.plan.policy.works[asked.work], "the plan has this work");
  const items = [...new Set(asked.items)];
  const values = await readFor(context, asked, { subject, items, purpose });
  const done = await context.db.transaction(async (tx) =>
    noteExport(context, tx, { asked, subject, handle, values, purpose }),
  );
  return "refused" in done ? refuse(context, asked, done.refused) : done;
}

/** The use gate answers for the purpose; a missing consent is told as a reason of the export. */
async function readFor(
  context: EngineContext,
  asked: ExportAsked,
  of: { readonly subject: string; readonly items: readonly string[]; readonly purpose: string },
): Promise<Items> {
  try {
    return await read(context, of.subject, of.items, { purpose: of.purpose });
  } catch (error) {
    if (!(error instanceof JikimError) || error.code !== "ERR_USE_REFUSED") throw error;
    if (!JSON.stringify(error.facts["reasons"] ?? []).includes("consent-missing")) throw error;
    return refuse(context, asked, [{ rule: "consent-missing", item: null }]);
  }
}

interface Leaving {
  readonly asked: ExportAsked;
  readonly subject: string;
  readonly handle: Uint8Array;
  readonly values: Items;
  readonly purpose: string;
}

/**
 * What was true when the values were read may have ended since: the processor's contract, the
 * consent, the records. All of it is asked again under the subject's lock, which orders take too,
 * so that an order covers this export or the export does not happen.
 */
async function noteExport(
  context: EngineContext,
  tx: Sql,
  leaving: Leaving,
): Promise<ExportedItems | { readonly refused: readonly ExportReason[] }> {
  const { asked, subject, handle } = leaving;
  const items = Object.keys(leaving.values);
  await lockSubject(tx, handle);
  const entry = await lockedEntry(context, tx, asked.processor);
  if (entry?.state !== "active") return { refused: [{ rule: "processor-not-active", item: null }] };
  const refused = await endedSince(context, tx, leaving, items);
  if (items.length === 0) refused.push({ rule: "item-gone", item: null });
  if (refused.length > 0) return { refused };
  const reference = await referenceFor(context, tx, subject, asked.processor);
  const at = context.clock.now();
  await tx.query(
    `insert into processor_export
            (subject, id, processor, work, items, at, policy_hash, until_withdrawal)
     values ($1, $2, $3, $4, $5, $6, $7,
             exists (select from record
                      where subject = $1 and class = any($8::text[]) and expires_on is null))`,
    [
      handle,
      context.random.bytes(ID_BYTES),
      asked.processor,
      asked.work,
      items,
      moment(at),
      context.plan.hash,
      classesUntilWithdrawal(context.plan),
    ],
  );
  const { processor, work } = asked;
  await appendLeaf(tx, at, "processor_exported", { subject, processor, work, items });
  return { reference, values: leaving.values };
}

/** Items whose consent was withdrawn, that are restricted, or that no living record holds now. */
async function endedSince(
  context: EngineContext,
  tx: Sql,
  { subject, handle, purpose }: Leaving,
  items: readonly string[],
): Promise<ExportReason[]> {
  const now = await mayRead(context, tx, { subject, items, asked: { purpose } });
  if ("reasons" in now) {
    return now.reasons.map(({ rule, item }) => ({ rule: SINCE[rule] ?? "restricted", item }));
  }
  const reasons: ExportReason[] = [];
  for (const item of items) {
    const occasions = now.pairs.filter(([name]) => name === item).map(([, occasion]) => occasion);
    if (!(await isHeld(context, tx, { handle, item, occasions }))) {
      reasons.push({ rule: "item-gone", item });
    }
  }
  return reasons;
}

async function isHeld(
  context: EngineContext,
  tx: Sql,
  of: { handle: Uint8Array; item: string; occasions: readonly string[] },
): Promise<boolean> {
  const [row] = await tx.query<{ held: boolean }>(
    `select exists (select from record
              where subject = $1 and $2 = any(items) and occasion = any($3::text[])
                and (expires_on is null or expires_on >= $4::date)) as held`,
    [of.handle, of.item, of.occasions, dayOf(context.clock.now(), context.plan.timeZone)],
  );
  return row?.held === true;
}

async function refuse(
  context: EngineContext,
  asked: ExportAsked,
  reasons: readonly ExportReason[],
): Promise<never> {
  const { plan, db, clock } = context;
  const processor = plan.processors.has(asked.processor) ? asked.processor : null;
  const rules: Partial<Record<ExportRule, number>> = {};
  for (const { rule } of reasons) rules[rule] = (rules[rule] ?? 0) + 1;
  await appendLeaf(db, clock.now(), "processor_export_refused", { processor, rules });
  throw new JikimError("ERR_PROCESSOR_REFUSED", "the policy does not allow this export", {
    processor,
    reasons,
  });
}
