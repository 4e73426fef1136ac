/**
 * Purposes asked of the very rules that every read goes through, and compared with the document:
 * what the policy binds is allowed, everything else is refused, marketing waits for its consent.
 * The looks of staff, which leave lines, are held against the same document.
 */
import { present } from "../base/assert.ts";
import type { Compiled } from "../compiler/compile.ts";
import { allowedBy } from "../engine/use/use-rules.ts";
import type { RecordClass } from "../policy/model.ts";
import type { Check, Count, Look } from "./check.ts";
import { counted, found } from "./check.ts";
import { looksForDisputes, looksInTheLog, looksWithin, restrictedNotUsed } from "./use-looks.ts";

/**
 * Classes kept for disputes, from the documents themselves: a statute keeps records of complaints,
 * and a task of the policy says that its records serve it alone.
 */
export function disputeClasses({ policy, law }: Compiled): readonly RecordClass[] {
  const promised = Object.values(policy.purposes).some(({ tasks }) =>
    tasks.some(({ duty }) => duty === "keep_for_dispute"),
  );
  return Object.values(policy.records).filter(({ basis, law: rule }) => {
    const demand = basis === "law" && rule !== null ? law.rules[rule]?.demand : undefined;
    return promised && demand?.kind === "retention" && demand.category === "complaint";
  });
}

/** Items a purpose is bound to, from the document itself; those kept for disputes on their own. */
function boundItems(compiled: Compiled, purpose: string, dispute: boolean): ReadonlySet<string> {
  const { policy } = compiled;
  const kept = new Set(disputeClasses(compiled).map(({ id }) => id));
  const bound = Object.values(policy.occasions).flatMap((occasion) => {
    const items = Object.hasOwn(occasion.purposes, purpose) ? occasion.purposes[purpose] : [];
    // An item lies in the first class of its occasion that holds it.
    return (items ?? []).filter((item) => {
      const holder = occasion.makes.find((id) => policy.records[id]?.holds.includes(item));
      return kept.has(holder ?? "") === dispute;
    });
  });
  return new Set(bound.filter((item) => policy.items[item]?.stored !== "one_way"));
}

/** Asks for every item of the policy; the answer must be the document's. */
function matrix(compiled: Compiled, purpose: string): Count {
  const { plan } = compiled;
  const bound = boundItems(compiled, purpose, false);
  const items = [...plan.items.keys()];
  const wrong = items.filter((item) => {
    const answer = allowedBy(plan, [item], { purpose }, "read");
    return "use" in answer !== bound.has(item);
  });
  return {
    code: "purpose-item-pairs",
    examined: items.length,
    violations: wrong.length,
    facts: { purpose },
  };
}

/**
 * P2.1, P3.1: every item of every occasion serves a purpose; a purpose of nobody is refused; no
 * look and nothing that left went beyond its purpose, a stop or a restriction.
 */
export const bound: Check = async (look) => {
  const { plan, policy } = look.compiled;
  const pairs = Object.values(policy.occasions).flatMap((occasion) =>
    [...occasion.requires, ...occasion.offers].map((item) => ({ occasion, item })),
  );
  const unbound = pairs.filter(
    ({ occasion, item }) => !Object.values(occasion.purposes).some((items) => items.includes(item)),
  );
  const items = [...plan.items.keys()];
  const leaks = items.filter(
    (item) => "use" in allowedBy(plan, [item], { purpose: "undeclared" }, "read"),
  );
  return found([
    { code: "items-bound-to-a-purpose", examined: pairs.length, violations: unbound.length },
    { code: "undeclared-purpose-refused", examined: items.length, violations: leaks.length },
    ...[...plan.uses.keys()].map((purpose) => matrix(look.compiled, purpose)),
    ...(await looksWithinPurposes(look)),
    await restrictedNotUsed(look),
    await looksInTheLog(look),
  ]);
};

/** P2.7: records kept for disputes open for their task, for nothing else, and it opens no other. */
export const keepForDispute: Check = async (look) => {
  const { plan, policy } = look.compiled;
  const classes = disputeClasses(look.compiled);
  const tasks = Object.values(policy.purposes).flatMap((purpose) =>
    purpose.tasks
      .filter(({ duty }) => duty === "keep_for_dispute")
      .map((task) => ({ purpose: purpose.id, task: task.id })),
  );
  const kept = new Set(classes.flatMap(({ holds }) => holds));
  if (classes.length === 0) return found([]);
  const asked = [...plan.uses.keys()].flatMap((purpose) =>
    [...plan.items.keys()].map((item) => ({ purpose, item })),
  );
  const leaks = asked.filter(({ purpose, item }) => {
    const answer = allowedBy(plan, [item], { purpose }, "read");
    return "use" in answer && !boundItems(look.compiled, purpose, false).has(item);
  });
  const inClass = (occasion: string, item: string): boolean =>
    classes.some(({ id }) => plan.gates.get(occasion)?.classOf.get(item) === id);
  const mixed = asked.flatMap(({ purpose, item }) =>
    [undefined, ...tasks.filter((each) => each.purpose === purpose)].filter((task) => {
      const of = task === undefined ? { purpose } : task;
      const answer = allowedBy(plan, [item], of, "read");
      const occasions = "use" in answer ? (answer.allowed.get(item) ?? []) : [];
      return occasions.some((occasion) => inClass(occasion, item) !== (task !== undefined));
    }),
  );
  const unopened = tasks.flatMap(({ purpose, task }) =>
    [...boundItems(look.compiled, purpose, true)].filter(
      (item) => !("use" in allowedBy(plan, [item], { purpose, task }, "read")),
    ),
  );
  return found([
    { code: "dispute-records-closed", examined: asked.length, violations: leaks.length },
    { code: "dispute-task-apart", examined: asked.length, violations: mixed.length },
    { code: "dispute-task-opens", examined: kept.size, violations: unopened.length },
    await looksForDisputes(look, tasks, [...kept]),
  ]);
};

/** P2.2–P2.4: a purpose sees what the policy binds to it and nothing else. */
export const use: Check = async (look, promise) => {
  const purpose = present(promise.ref, "a promise about a purpose names it");
  return found([matrix(look.compiled, purpose), await looksOf(look, purpose)]);
};

/** P2.5: nothing serves the purpose but what rests on a consent that was asked for apart. */
export const consent: Check = async (look, promise) => {
  const { sql } = look;
  const { plan, policy } = look.compiled;
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
    matrix(look.compiled, purpose),
    await looksOf(look, purpose),
    {
      code: "purpose-rests-on-consent",
      examined: 1 + rule.consents.length,
      violations: (rule.basis === "consent" && known.length > 0 ? 0 : 1) + foreign.length,
    },
    { code: "consents-with-evidence", ...evidence },
  ]);
};

/** Looks of staff under this version, for a purpose, at what it may not see. */
async function looksOf(look: Look, purpose: string): Promise<Count> {
  const items = [
    ...boundItems(look.compiled, purpose, false),
    ...boundItems(look.compiled, purpose, true),
  ];
  return looksWithin(look, purpose, items);
}

async function looksWithinPurposes(look: Look): Promise<readonly Count[]> {
  const counts: Count[] = [];
  for (const purpose of look.compiled.plan.uses.keys()) counts.push(await looksOf(look, purpose));
  return counts;
}
