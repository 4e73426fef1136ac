/**
 * Provision to a third party the policy names, by the person's consent (PIPA 17, exception A). What
 * leaves goes through the same gate as any use, and the ledger has its line before the caller has
 * the values.
 */
import { present } from "../../base/assert.ts";
import { hex, moment } from "../../store/column-value.ts";
import type { Sql } from "../../store/database.ts";
import { appendLeaf } from "../audit/append-leaf.ts";
import type { EngineContext, Items } from "../jikim.ts";
import { lockSubject } from "../processor/lock-subject.ts";
import { handleBytes, subjectUnknown } from "../subject.ts";
import type { StaffUse } from "../use/asked-use.ts";
import { mayRead, openNewest } from "../use/read.ts";
import { logAccess } from "../use/staff-access.ts";
import { coveringConsent } from "./covering-consent.ts";
import {
  type ProvisionReason,
  recipientOf,
  refusalsByPlan,
  refuseProvision,
} from "./provision-rules.ts";

const ID_BYTES = 16;

export interface ProvisionAsked {
  /** A recipient of the policy. */
  readonly recipient: string;
  readonly items: readonly string[];
  /** The member of staff who hands it over; without one the service does. */
  readonly by?: StaffUse;
}

/**
 * Reads items for a recipient and notes that they left. An item nobody ever gave is absent.
 *
 * Throws ERR_PROVISION_REFUSED (`facts.reasons`), ERR_RESTRICTED and ERR_SUBJECT_UNKNOWN. Refused
 * means: nothing noted but a leaf that counts the rules.
 * @example
 * await provide(context, subject, { recipient: "partner", items: ["email"] });
 */
export async function provide(
  context: EngineContext,
  subject: string,
  asked: ProvisionAsked,
): Promise<Items> {
  const handle = handleBytes(subject);
  const items = [...new Set(asked.items)];
  const leaving = { subject, handle, asked, items };
  const reasons = refusalsByPlan(context.plan, { ...asked, items });
  if (reasons.length > 0) return refuse(context, leaving, reasons);
  const first = await coverOf(context, context.db, leaving);
  if ("reasons" in first) return refuse(context, leaving, first.reasons);
  const values = await openNewest(context, handle, first.pairs);
  // What was true when the values were read may have ended since: asked again under the subject's
  // lock, with the line of the ledger.
  const done = await context.db.transaction(async (tx) => note(context, tx, { leaving, values }));
  return done.length > 0 ? refuse(context, leaving, done) : values;
}

interface Leaving {
  readonly subject: string;
  readonly handle: Uint8Array;
  readonly asked: ProvisionAsked;
  readonly items: readonly string[];
}

type Cover =
  | { readonly pairs: readonly (readonly [string, string])[]; readonly consent: Uint8Array }
  | { readonly reasons: readonly ProvisionReason[] };

/** The gate of use for the recipient's purpose, and the act of consent that covers it. */
async function coverOf(context: EngineContext, sql: Sql, leaving: Leaving): Promise<Cover> {
  const { subject, handle, asked, items } = leaving;
  const recipient = present(recipientOf(context.plan, asked.recipient), "the plan has it");
  const use = { purpose: recipient.purpose, ...(asked.by === undefined ? {} : { by: asked.by }) };
  const answer = await mayRead(context, sql, { subject, items, asked: use });
  if ("reasons" in answer) return answer;
  const covering = await coveringConsent(context, sql, handle, { recipient, items });
  if ("missing" in covering) return { reasons: [{ rule: covering.missing, item: null }] };
  return { pairs: answer.pairs, consent: covering.consent };
}

/** Writes the line, or says what has ended since. */
async function note(
  context: EngineContext,
  tx: Sql,
  { leaving, values }: { readonly leaving: Leaving; readonly values: Items },
): Promise<readonly ProvisionReason[]> {
  const { subject, handle, asked } = leaving;
  await lockSubject(tx, handle);
  const cover = await coverOf(context, tx, leaving);
  if ("reasons" in cover) return cover.reasons;
  const items = Object.keys(values).toSorted();
  if (items.length === 0) return [{ rule: "item-gone", item: null }];
  const { purpose } = present(recipientOf(context.plan, asked.recipient), "the plan has it");
  const id = context.random.bytes(ID_BYTES);
  const at = context.clock.now();
  await tx.query(
    `insert into provision (subject, id, basis, recipient, purpose, items, at, consent, policy_hash)
     values ($1, $2, 'consent', $3, $4, $5, $6, $7, $8)`,
    [handle, id, asked.recipient, purpose, items, moment(at), cover.consent, context.plan.hash],
  );
  if (asked.by !== undefined) {
    const access = { by: asked.by, subjects: [subject], items, place: "live" as const, purpose };
    await logAccess(context, tx, { ...access, refused: [] });
  }
  await appendLeaf(tx, at, "provided", {
    subject,
    provision: hex(id),
    basis: "consent",
    recipient: asked.recipient,
    items,
  });
  return [];
}

async function refuse(
  context: EngineContext,
  { subject, asked, items }: Leaving,
  reasons: readonly ProvisionReason[],
): Promise<never> {
  if (asked.by !== undefined) {
    const access = { by: asked.by, subjects: [subject], items, place: "live" as const };
    await logAccess(context, context.db, { ...access, purpose: null, refused: reasons });
  }
  if (reasons.some(({ rule }) => rule === "subject-unknown")) throw subjectUnknown();
  return refuseProvision(context, "consent", reasons, asked.recipient);
}
