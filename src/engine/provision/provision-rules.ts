/** May these items go to a third party? Unless an exception of the policy says yes: no (P3.3). */
import { JikimError } from "../../base/errors.ts";
import type { Plan } from "../../compiler/plan.ts";
import type { ProvisionException, Recipient } from "../../policy/model.ts";
import { appendLeaf } from "../audit/append-leaf.ts";
import type { EngineContext } from "../jikim.ts";
import { USE_RULES, type UseRule } from "../use/use-rules.ts";

/** Rules of provision, beside those of use. */
export const OWN_PROVISION_RULES = [
  "exception-not-offered",
  "recipient-unlisted",
  "recipient-without-consent",
  "nothing-asked",
  "item-not-for-recipient",
  "item-gone",
  "consent-version",
  "document-unknown",
  "document-not-binding",
  "document-incomplete",
  "document-over",
  "document-used",
  "item-not-demanded",
  "approvals-missing",
  "approved-by-the-same",
  "item-identifying",
  "cell-too-small",
] as const;
export const PROVISION_RULES = [...USE_RULES, ...OWN_PROVISION_RULES] as const;
export type ProvisionRule = UseRule | (typeof OWN_PROVISION_RULES)[number];

export interface ProvisionReason {
  readonly rule: ProvisionRule;
  /** An item of the policy, or `null` where the name is none of its. */
  readonly item: string | null;
}

const MOST_ITEMS = 64;

/** Every reason of the plan against a provision by consent; the consent is asked elsewhere. */
export function refusalsByPlan(
  plan: Plan,
  asked: { readonly recipient: string; readonly items: readonly string[] },
): readonly ProvisionReason[] {
  const reasons: ProvisionReason[] = [];
  const recipient = recipientOf(plan, asked.recipient);
  if (!offers(plan, "consent")) reasons.push({ rule: "exception-not-offered", item: null });
  if (recipient === null) reasons.push({ rule: "recipient-unlisted", item: null });
  // A consent to provision is an act of its own (PIPA 22①): a contract is none.
  else if (plan.uses.get(recipient.purpose)?.basis !== "consent") {
    reasons.push({ rule: "recipient-without-consent", item: null });
  }
  return [...reasons, ...itemReasons(plan, asked.items, recipient?.items ?? asked.items)];
}

/**
 * Reasons of the items alone.
 * @param listed items that may go
 */
export function itemReasons(
  plan: Plan,
  items: readonly string[],
  listed: readonly string[],
): readonly ProvisionReason[] {
  if (items.length === 0) return [{ rule: "nothing-asked", item: null }];
  if (items.length > MOST_ITEMS) return [{ rule: "too-much", item: null }];
  return items.flatMap((item): ProvisionReason[] => {
    const declared = plan.items.get(item);
    if (declared === undefined) return [{ rule: "item-undeclared", item: null }];
    if (declared.stored === "one_way") return [{ rule: "item-one-way", item }];
    if (listed.includes(item)) return [];
    return [{ rule: "item-not-for-recipient", item }];
  });
}

/** The recipient of the policy with this id. */
export function recipientOf({ policy }: Plan, id: string): Recipient | null {
  const { recipients } = policy.provision;
  return Object.hasOwn(recipients, id) ? (recipients[id] ?? null) : null;
}

/** Does the policy have this exception? */
export function offers({ policy }: Plan, exception: ProvisionException): boolean {
  return policy.provision.exceptions.includes(exception);
}

/**
 * Refuses a provision: a leaf that counts the rules, and an error with `facts.reasons`:
 * ERR_RESTRICTED when a restriction is all that stands in the way, else ERR_PROVISION_REFUSED.
 */
export async function refuseProvision(
  context: EngineContext,
  basis: ProvisionException,
  reasons: readonly ProvisionReason[],
  recipient: string | null = null,
): Promise<never> {
  const { plan, db, clock } = context;
  const known = recipient !== null && recipientOf(plan, recipient) !== null ? recipient : null;
  const rules: Partial<Record<ProvisionRule, number>> = {};
  for (const { rule } of reasons) rules[rule] = (rules[rule] ?? 0) + 1;
  await appendLeaf(db, clock.now(), "provision_refused", { basis, recipient: known, rules });
  const facts = { basis, recipient: known, reasons };
  if (reasons.every(({ rule }) => rule === "restricted")) {
    throw new JikimError("ERR_RESTRICTED", "it may be stored, but not provided for now", facts);
  }
  throw new JikimError("ERR_PROVISION_REFUSED", "the policy does not allow this provision", facts);
}
