/** Names a leaf may hold: those that stand in a published policy, and those of our own rules. */
import { PROVISION_EXCEPTIONS } from "../../policy/model.ts";
import type { Sql } from "../../store/database.ts";
import { GATE_RULES } from "../collection/gate.ts";
import { ANSWER_RULES } from "../processor/accept-answer.ts";
import { EXPORT_RULES } from "../processor/export-rules.ts";
import { ORDER_REASONS } from "../processor/order-row.ts";
import { SUPERVISION_KINDS } from "../processor/supervision.ts";
import { ORDER_KINDS, ORDER_STATES } from "../processor/protocol.ts";
import { DOCUMENT_KINDS } from "../provision/document.ts";
import { OWN_PROVISION_RULES } from "../provision/provision-rules.ts";
import { RESTRICTION_REASONS } from "../use/restriction.ts";
import { STAFF_ROLES } from "../staff/staff.ts";
import { USE_RULES } from "../use/use-rules.ts";
import { CONFIRMERS, WITHDRAWAL_CHANNELS } from "../withdrawal/withdrawal-row.ts";

const OWN: readonly string[] = [
  ...GATE_RULES,
  ...USE_RULES,
  ...RESTRICTION_REASONS,
  ...OWN_PROVISION_RULES,
  ...DOCUMENT_KINDS,
  ...PROVISION_EXCEPTIONS,
  ...ANSWER_RULES,
  ...EXPORT_RULES,
  ...ORDER_KINDS,
  ...ORDER_REASONS,
  ...ORDER_STATES,
  ...STAFF_ROLES,
  ...SUPERVISION_KINDS,
  ...CONFIRMERS,
  ...WITHDRAWAL_CHANNELS,
  "withdrawal",
  "consent_withdrawn",
  "processor",
  "staff",
];
const NAME = /^[a-z][a-z0-9_-]{0,79}$/;

/**
 * Lets leaves hold the names of a policy, which is a public text, and of every policy the store has
 * run under: rows of an older one may still end. Names are never taken from anywhere else.
 */
export async function declareNames(sql: Sql, policy: unknown): Promise<void> {
  const versions = await sql.query<{ document: string }>(
    "select document from policy_version order by first_run_at, hash",
  );
  const names = new Set(OWN);
  collectNames(policy, names);
  for (const { document } of versions) collectNames(JSON.parse(document), names);
  await sql.query(
    "insert into audit_name (name) select unnest($1::text[]) on conflict (name) do nothing",
    [[...names]],
  );
}

function collectNames(value: unknown, names: Set<string>): void {
  if (typeof value === "string" && NAME.test(value)) names.add(value);
  if (typeof value !== "object" || value === null) return;
  for (const [key, each] of Object.entries(value)) {
    if (NAME.test(key)) names.add(key);
    collectNames(each, names);
  }
}
