/**
 * Purposes asked of the very rules that every read goes through, and compared with the document:
 * what the policy binds is allowed, everything else is refused, marketing waits for its consent.
 */
import { present } from "../base/assert.ts";
import type { Plan } from "../compiler/plan.ts";
import { allowedBy } from "../engine/use/use-rules.ts";
import type { Policy } from "../policy/model.ts";
import type { Check, Count } from "./check.ts";
import { counted, found } from "./check.ts";

/** Readable items of the policy that a purpose is bound to, from the document itself. */
function boundItems(policy: Policy, purpose: string): ReadonlySet<string> {
  const bound = Object.values(policy.occasions).flatMap((occasion) =>
    Object.hasOwn(occasion.purposes, purpose) ? (occasion.purposes[purpose] ?? []) : [],
  );
  return new Set(bound.filter((item) => policy.items[item]?.stored !== "one_way"));
}

/** Asks for every item of the policy; the answer must be the document's. */
function matrix(plan: Plan, purpose: string): Count {
  const bound = boundItems(plan.policy, purpose);
  const items = [...plan.items.keys()];
  const wrong = items.filter((item) => {
    const answer = allowedBy(plan, [item], purpose, "read");
    return "use" in answer !== bound.has(item);
  });
  return {
    code: "purpose-item-pairs",
    examined: items.length,
    violations: wrong.length,
    facts: { purpose },
  };
}

/** P2.1, P3.1: every item of every occasion serves a purpose; a purpose of nobody is refused. */
export const bound: Check = ({ compiled: { plan, policy } }) => {
  const pairs = Object.values(policy.occasions).flatMap((occasion) =>
    [...occasion.requires, ...occasion.offers].map((item) => ({ occasion, item })),
  );
  const unbound = pairs.filter(
    ({ occasion, item }) => !Object.values(occasion.purposes).some((items) => items.includes(item)),
  );
  const items = [...plan.items.keys()];
  const leaks = items.filter((item) => "use" in allowedBy(plan, [item], "undeclared", "read"));
  return found([
    { code: "items-bound-to-a-purpose", examined: pairs.length, violations: unbound.length },
    { code: "undeclared-purpose-refused", examined: items.length, violations: leaks.length },
    ...[...plan.uses.keys()].map((purpose) => matrix(plan, purpose)),
  ]);
};

/** P2.2–P2.4: a purpose sees what the policy binds to it and nothing else. */
export const use: Check = ({ compiled: { plan } }, promise) =>
  found([matrix(plan, present(promise.ref, "a promise about a purpose names it"))]);

/** P2.5: nothing serves the purpose but what rests on a consent that was asked for apart. */
export const consent: Check = async ({ compiled: { plan, policy }, sql }, promise) => {
  const purpose = present(promise.ref, "a promise about a purpose names it");
  const rule = present(plan.uses.get(purpose), "the plan has every purpose of the policy");
  const declared = Object.values(policy.consents).filter((act) => act.purposes.includes(purpose));
  const known = declared.map((act) => act.id);
  const foreign = rule.consents.filter((id) => !known.includes(id));
  // A consent on record must have been shown: its evidence names the text and the version.
  const evidence = await counted(
    sql,
    `select count(*) as examined,
            count(*) filter (where octet_length(shown_hash) <> 32 or policy_hash = '')
              as violations
       from consent
      where consent = any($1::text[])`,
    [known],
  );
  return found([
    matrix(plan, purpose),
    {
      code: "purpose-rests-on-consent",
      examined: 1 + rule.consents.length,
      violations: (rule.basis === "consent" && known.length > 0 ? 0 : 1) + foreign.length,
    },
    { code: "consents-with-evidence", ...evidence },
  ]);
};
