/**
 * Processors: the rules that every export goes through are asked, and the ledger of what left is
 * held against the document. What a processor must give up is held against the orders.
 */
import { present } from "../base/assert.ts";
import { dayOf } from "../base/calendar.ts";
import type { Plan } from "../compiler/plan.ts";
import { refusalsByPlan } from "../engine/processor/export-rules.ts";
import { classesUntilWithdrawal } from "../engine/processor/left-service.ts";
import type { Policy, Processor } from "../policy/model.ts";
import type { Check, Count } from "./check.ts";
import { counted, found } from "./check.ts";

/** A name no policy can declare: ids begin with a letter. */
const NOBODY = "-";

/** P4.1: nobody outside the list may receive, and nobody outside it has. */
export const closedList: Check = async ({ compiled: { plan, policy }, sql }) => {
  const works = Object.values(policy.works);
  const open = works.filter(
    ({ id, items }) => !refuses(plan, { processor: NOBODY, work: id, items }),
  );
  // A row of an earlier version was looked at under that version; one of no version is nobody's.
  const exports = await counted(
    sql,
    `select count(*) as examined,
            count(*) filter (
              where (policy_hash = $2 and processor <> all($1::text[]))
                 or not exists (select from policy_version as version
                                 where version.hash = processor_export.policy_hash)) as violations
       from processor_export`,
    [Object.keys(policy.processors), plan.hash],
  );
  return found([
    { code: "unlisted-recipient-refused", examined: works.length, violations: open.length },
    { code: "exports-to-listed", ...exports },
  ]);
};

/** P4.2–P4.4: each receives for its listed work and no other. */
export const work: Check = async (look, promise) => {
  const { plan, policy } = look.compiled;
  const group = groupOf(policy, present(promise.ref, "a promise about a work names it"));
  const foreign = group.flatMap((processor) =>
    Object.values(policy.works)
      .filter(({ id }) => !processor.work.includes(id))
      .map(({ id, items }) => ({ processor: processor.id, work: id, items })),
  );
  const allowed = foreign.filter((asked) => !refuses(plan, asked));
  const counts: Count[] = [
    { code: "foreign-work-refused", examined: foreign.length, violations: allowed.length },
  ];
  for (const processor of group) {
    const rows = await counted(
      look.sql,
      `select count(*) as examined, count(*) filter (where work <> all($2::text[])) as violations
         from processor_export
        where processor = $1 and policy_hash = $3`,
      [processor.id, processor.work, plan.hash],
    );
    counts.push({ code: "exports-for-listed-work", ...rows, facts: { processor: processor.id } });
  }
  return found(counts);
};

/** P4.5: as {@link work}, and whoever stands in the ledger had agreed at that moment. */
export const workWithConsent: Check = async (look, promise) => {
  const { plan, policy } = look.compiled;
  const id = present(promise.ref, "a promise about a work names it");
  const base = await work(look, promise);
  const purpose = policy.works[id]?.purpose ?? "";
  const declared = Object.values(policy.consents).filter((act) => act.purposes.includes(purpose));
  const basis = plan.uses.get(purpose)?.basis;
  const consented = await counted(
    look.sql,
    `select count(*) as examined,
            count(*) filter (
              where not exists (
                select from consent as act
                 where act.subject = given.subject and act.consent = any($2::text[])
                   and act.given and act.at <= given.at
                   and not exists (select from consent as later
                                    where later.subject = act.subject
                                      and later.consent = act.consent
                                      and later.seq > act.seq and later.at <= given.at)))
              as violations
       from processor_export as given
      where given.work = $1`,
    [id, declared.map((act) => act.id)],
  );
  const counts: readonly Count[] = [
    { code: "work-rests-on-consent", examined: 1, violations: basis === "consent" ? 0 : 1 },
    { code: "exports-with-consent", ...consented },
  ];
  const added = found(counts);
  const violations = base.violations + added.violations;
  return {
    status: violations > 0 ? "broken" : "kept",
    examined: base.examined + added.examined,
    violations,
    evidence: [...base.evidence, ...added.evidence],
  };
};

/** P4.6: whoever must give something up was told, and has answered by the last day. */
export const until: Check = async ({ compiled: { plan, policy }, sql, now }, promise) => {
  const all = Object.values(policy.processors);
  const ends = endsOf(promise.ref === null ? all[0] : policy.processors[promise.ref]);
  const others = all.filter((each) => endsOf(each) !== ends).map(({ id }) => id);
  const orders = await counted(
    sql,
    `select count(*) as examined,
            count(*) filter (where next_at is not null and due_on < $2::date) as violations
       from processor_order
      where kind in ('erase', 'return') and processor <> all($1::text[])`,
    [others, dayOf(now, plan.timeZone)],
  );
  const owed = await owedExports(sql, plan, others);
  const counts = [
    { code: "ended-holdings-ordered", ...owed },
    { code: "orders-answered-in-time", ...orders },
  ];
  return found(counts);
};

/** P4.7: no work gets an item it does not need. */
export const neededItems: Check = async ({ compiled: { plan, policy }, sql }) => {
  const works = Object.values(policy.works);
  const pairs = Object.values(policy.processors).flatMap((processor) =>
    works
      .filter(({ id }) => processor.work.includes(id))
      .flatMap(({ id, items }) =>
        [...plan.items.keys()].map((item) => ({
          wanted: items.includes(item),
          allowed: !refuses(plan, { processor: processor.id, work: id, items: [item] }),
        })),
      ),
  );
  const wrong = pairs.filter(({ wanted, allowed }) => wanted !== allowed);
  const counts: Count[] = [
    { code: "work-item-pairs", examined: pairs.length, violations: wrong.length },
  ];
  for (const { id, items } of works) {
    const rows = await counted(
      sql,
      `select count(*) as examined,
              count(*) filter (where not items <@ $2::text[]) as violations
         from processor_export
        where work = $1 and policy_hash = $3`,
      [id, items, plan.hash],
    );
    counts.push({ code: "exports-of-needed-items", ...rows, facts: { work: id } });
  }
  return found(counts);
};

/** Exports that some end has come to, and those of them no order covers. */
async function owedExports(
  sql: Parameters<typeof counted>[0],
  plan: Plan,
  others: readonly string[],
): Promise<{ examined: number; violations: number }> {
  return counted(
    sql,
    `select count(*) as examined,
            count(*) filter (
              where not exists (select from processor_order as ending
                                 where ending.subject = given.subject
                                   and ending.processor = given.processor
                                   and ending.kind in ('erase', 'return')
                                   and ending.covers >= given.seq)) as violations
       from processor_export as given
      where given.processor <> all($1::text[])
        and (not exists (select from processor_state as state
                          where state.processor = given.processor and state.state = 'active')
             or not exists (select from record where record.subject = given.subject)
             or (given.until_withdrawal
                 and not exists (select from record
                                  where record.subject = given.subject
                                    and record.class = any($2::text[])
                                    and record.expires_on is null)))`,
    [others, classesUntilWithdrawal(plan)],
  );
}

/** The processors a sentence about a work speaks of: those whose first work it is. */
function groupOf({ processors }: Policy, id: string): readonly Processor[] {
  return Object.values(processors).filter(({ work: [first] }) => first === id);
}

function endsOf(processor: Processor | undefined): string {
  return processor?.until.join("+") ?? "";
}

function refuses(plan: Plan, asked: Parameters<typeof refusalsByPlan>[1]): boolean {
  return refusalsByPlan(plan, asked).length > 0;
}
