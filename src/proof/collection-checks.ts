/**
 * Collection looked at from both ends: the gate is asked with made-up input, and what is stored is
 * compared with what the policy declares. Item names are looked at, never values.
 */
import { checkGate } from "../engine/collection/gate.ts";
import type { CollectOptions } from "../engine/jikim.ts";
import { present } from "../base/assert.ts";
import { dayOf } from "../base/calendar.ts";
import type { Gate, Plan } from "../compiler/plan.ts";
import type { PolicyPromise } from "../compiler/promise.ts";
import { parameterOf } from "./parameters.ts";
import { sampleValue } from "./sample-value.ts";
import type { Check, Count, Look } from "./check.ts";
import { counted, found } from "./check.ts";

type Probe = { readonly items: Record<string, string>; readonly options: CollectOptions };

/** What the gate must accept: the required items, declarations and consents, nothing else. */
function acceptable(plan: Plan, gate: Gate): Probe {
  const items: Record<string, string> = {};
  for (const id of gate.required) {
    items[id] = sampleValue(present(plan.items.get(id), "a gate's items are declared"));
  }
  const method = [...gate.methods.values()][0];
  const source =
    method?.source === "third_party"
      ? { source: { name: "probe", receivedOn: "2000-01-01", basis: "probe" } }
      : {};
  const options: CollectOptions = {
    consents: gate.requiredConsents,
    declares: gate.declares,
    ...(method === undefined ? {} : { method: method.id }),
    ...source,
  };
  return { items, options };
}

/** Asks the gate and counts an answer that is not the expected one. */
function probe(plan: Plan, gate: Gate, ask: Probe, refusedFor: string | null): number {
  const reasons = checkGate(plan, gate.occasion.id, ask.items, ask.options);
  const rules = reasons.map((reason) => reason.rule as string);
  const right = refusedFor === null ? rules.length === 0 : rules.includes(refusedFor);
  return right ? 0 : 1;
}

function gateOf(look: Look, promise: PolicyPromise): Gate {
  return present(
    look.compiled.plan.gates.get(promise.ref ?? ""),
    "a promise about an occasion names one",
  );
}

/** The gate takes exactly what is declared: each required item is needed, nothing else passes. */
function gateProbes(plan: Plan, gate: Gate): readonly Count[] {
  const good = acceptable(plan, gate);
  let missing = 0;
  for (const id of gate.required) {
    const items = Object.fromEntries(Object.entries(good.items).filter(([item]) => item !== id));
    missing += probe(plan, gate, { ...good, items }, "item-missing");
  }
  const extra = { ...good.items, undeclared_probe: "x" };
  const others = [...plan.items.values()].filter((item) => !gate.allowed.has(item.id));
  let foreign = 0;
  for (const item of others) {
    const items = { ...good.items, [item.id]: sampleValue(item) };
    foreign += probe(plan, gate, { ...good, items }, "item-of-other-occasion");
  }
  return [
    { code: "gate-accepts-the-set", examined: 1, violations: probe(plan, gate, good, null) },
    { code: "gate-needs-each", examined: gate.required.size, violations: missing },
    {
      code: "gate-refuses-undeclared",
      examined: 1,
      violations: probe(plan, gate, { ...good, items: extra }, "item-undeclared"),
    },
    { code: "gate-refuses-foreign", examined: others.length, violations: foreign },
    cardProbes(plan, gate, good),
  ];
}

// A number the card schemes publish for testing; it is nobody's.
const CARD = "4111 1111 1111 1111";

/** No item of any occasion takes a card number, and no field the code of one. */
function cardProbes(plan: Plan, gate: Gate, good: Probe): Count {
  const items = [...gate.allowed];
  let taken = probe(plan, gate, { ...good, items: { ...good.items, cvc: "123" } }, "card-code");
  for (const item of items) {
    const ask = { ...good, items: { ...good.items, [item]: CARD } };
    taken += probe(plan, gate, ask, "card-number");
  }
  return { code: "gate-refuses-cards", examined: items.length + 1, violations: taken };
}

/** Stored acts of an occasion hold all of its required items and none it does not name. */
async function storedActs(look: Look, gate: Gate): Promise<Count> {
  const counts = await counted(
    look.sql,
    `select count(*) as examined,
            count(*) filter (where not (items @> $2::text[] and items <@ $3::text[])) as violations
       from (select subject, collected_at, array_agg(distinct item) as items
               from record, unnest(items) as item
              where occasion = $1
              group by subject, collected_at) as act`,
    [gate.occasion.id, [...gate.required], [...gate.allowed]],
  );
  return { code: "stored-acts-hold-the-set", ...counts };
}

/** P1.2, P1.5, P1.8: an occasion takes exactly its items. */
export const occasion: Check = async (look, promise) => {
  const gate = gateOf(look, promise);
  return found([...gateProbes(look.compiled.plan, gate), await storedActs(look, gate)]);
};

/** P1.1: no sign-up without the declaration of age, asked of the gate and of what is stored. */
export const minimumAge: Check = async (look) => {
  const { plan, policy } = look.compiled;
  const declaration = policy.minimumAge?.declaration ?? "";
  const counts: Count[] = [];
  for (const gate of plan.gates.values()) {
    if (!gate.declares.includes(declaration)) continue;
    const good = acceptable(plan, gate);
    const silent = { ...good, options: { ...good.options, declares: [] } };
    counts.push({
      code: "gate-needs-declaration",
      examined: 1,
      violations: probe(plan, gate, silent, "declaration-missing"),
      facts: { occasion: gate.occasion.id },
    });
    const stored = await counted(
      look.sql,
      `select count(*) as examined,
              count(*) filter (where not exists (
                select from declaration
                 where declaration.subject = record.subject
                   and declaration.declaration = $2)) as violations
         from record
        where occasion = $1`,
      [gate.occasion.id, declaration],
    );
    counts.push({ code: "records-with-declaration", ...stored });
  }
  counts.push(await childrenCount(look));
  return found(counts, "unknown");
};

/** People found to be too young: what is left of them after the days the law gives. */
async function childrenCount(look: Look): Promise<Count> {
  const { plan } = look.compiled;
  const kept = [...plan.clocks.values()].filter((clock) => clock.statutory);
  const counts = await counted(
    look.sql,
    `select count(*) as examined,
            count(*) filter (
              where (placed_at at time zone $2)::date + $3::interval < $4::date
                and exists (select from record
                             where record.subject = restriction.subject
                               and record.class <> all($1::text[]))) as violations
       from restriction
      where reason = 'child' and lifted_at is null`,
    [
      kept.map(({ recordClass }) => recordClass.id),
      plan.timeZone,
      String(parameterOf(plan, "destroy_grace")),
      dayOf(look.now, plan.timeZone),
    ],
  );
  return { code: "children-destroyed", ...counts };
}

/**
 * P0.1: who has no account has the same rights. The gates ask for no account, and what people
 * without one left rests on the same consents and declarations as anybody's.
 */
export const people: Check = async (look) => {
  const { plan } = look.compiled;
  const gates = [...plan.gates.values()];
  const shut = gates.reduce(
    (sum, gate) => sum + probe(plan, gate, acceptable(plan, gate), null),
    0,
  );
  const opening = gates.filter(({ occasion: each }) => each.opens).map((gate) => gate.occasion.id);
  const asked = gates.flatMap(({ occasion: each, requiredConsents, declares }) => [
    ...requiredConsents.map((id) => ({ at: each.id, kind: "consent", id })),
    ...declares.map((id) => ({ at: each.id, kind: "declaration", id })),
  ]);
  const [row] = await look.sql.query<Record<"people" | "guests" | "acts" | "bare", number>>(
    `with person as (
       select subject, bool_or(occasion = any($1::text[])) as member
         from record group by subject
     ), resting as (
       select record.subject,
              case asked.kind
                when 'consent' then exists (
                  select from consent where consent.subject = record.subject
                                        and consent.consent = asked.name and consent.given)
                else exists (
                  select from declaration where declaration.subject = record.subject
                                            and declaration.declaration = asked.name)
              end as proven
         from record
         join unnest($2::text[], $3::text[], $4::text[]) as asked (occasion, kind, name)
           on asked.occasion = record.occasion
        where record.policy_hash = $5
     )
     select (select count(*) from person) as people,
            (select count(*) from person where not member) as guests,
            (select count(*) from resting) as acts,
            (select count(*) from resting where not proven) as bare`,
    [
      opening,
      asked.map(({ at }) => at),
      asked.map(({ kind }) => kind),
      asked.map(({ id }) => id),
      plan.hash,
    ],
  );
  const { people: all, guests, acts, bare } = present(row, "a count is a row");
  return found([
    { code: "gates-without-account", examined: gates.length, violations: shut },
    { code: "people-with-account", examined: all - guests, violations: 0 },
    { code: "people-without-account", examined: guests, violations: 0 },
    { code: "records-rest-on-the-same", examined: acts, violations: bare },
  ]);
};

/** P1.3: without the optional items the gate lets the person through all the same. */
export const optional: Check = (look, promise) => {
  const gate = gateOf(look, promise);
  const good = acceptable(look.compiled.plan, gate);
  const violations = probe(look.compiled.plan, gate, good, null);
  return found([{ code: "gate-accepts-without-optional", examined: 1, violations }]);
};

/** P1.4: an isolated occasion's items stay in its own record classes. */
export const isolated: Check = async (look, promise) => {
  const gate = gateOf(look, promise);
  const merged = await counted(
    look.sql,
    `select count(*) as examined,
            count(*) filter (where (occasion = $1) <> (class = any($2::text[]))) as violations
       from record
      where occasion = $1 or class = any($2::text[])`,
    [gate.occasion.id, gate.occasion.makes],
  );
  return found([
    ...gateProbes(look.compiled.plan, gate),
    await storedActs(look, gate),
    { code: "records-not-merged", ...merged },
  ]);
};

/** P1.6: items of an exclusive occasion are refused and absent everywhere else. */
export const exclusive: Check = async (look, promise) => {
  const gate = gateOf(look, promise);
  const { plan } = look.compiled;
  const own = [...gate.allowed];
  const others = [...plan.gates.values()].filter((other) => other !== gate);
  const leaky = others.filter((other) => own.some((item) => other.allowed.has(item)));
  const stored = await counted(
    look.sql,
    `select count(*) as examined,
            count(*) filter (where items && $2::text[]) as violations
       from record
      where occasion <> $1`,
    [gate.occasion.id, own],
  );
  return found([
    ...gateProbes(plan, gate),
    { code: "other-gates-refuse", examined: others.length, violations: leaky.length },
    { code: "other-records-without", ...stored },
  ]);
};

/** P1.7: the same set as another occasion, and no second copy of it for a member. */
export const sameAs: Check = async (look, promise) => {
  const gate = gateOf(look, promise);
  const other = look.compiled.plan.gates.get(gate.occasion.sameAs ?? "");
  const sets = [gate, other].map((each) => [...(each?.allowed ?? [])].toSorted().join(" "));
  const copies = await counted(
    look.sql,
    `select count(*) as examined,
            count(*) filter (where exists (
              select from record as first
               where first.subject = record.subject and first.class = record.class
                 and first.occasion = $2)) as violations
       from record
      where occasion = $1`,
    [gate.occasion.id, gate.occasion.sameAs],
  );
  return found([
    { code: "gates-take-the-same-set", examined: 1, violations: sets[0] === sets[1] ? 0 : 1 },
    ...gateProbes(look.compiled.plan, gate),
    { code: "no-second-copy", ...copies },
  ]);
};

/** P1.9: every stored record names an occasion of the policy and one of its methods. */
export const origin: Check = async (look) => {
  const pairs = [...look.compiled.plan.gates.values()].flatMap((gate) =>
    [...gate.methods.keys()].map((method) => `${gate.occasion.id}/${method}`),
  );
  const stored = await counted(
    look.sql,
    `select count(*) as examined,
            count(*) filter (where occasion || '/' || method <> all($1::text[])) as violations
       from record`,
    [pairs],
  );
  const bare = [...look.compiled.plan.gates.values()].filter((gate) => gate.methods.size === 0);
  return found([
    {
      code: "gates-with-a-method",
      examined: look.compiled.plan.gates.size,
      violations: bare.length,
    },
    { code: "records-with-origin", ...stored },
  ]);
};

/** P1.10: nothing from a third party without its name, date and basis. */
export const thirdPartySource: Check = async (look, promise) => {
  const { plan } = look.compiled;
  const counts: Count[] = [];
  for (const gate of plan.gates.values()) {
    if (!gate.methods.has(promise.ref ?? "")) continue;
    const { source: _, ...sourceless } = acceptable(plan, gate).options;
    const ask = {
      items: acceptable(plan, gate).items,
      options: { ...sourceless, method: promise.ref ?? "" },
    };
    counts.push({
      code: "gate-needs-source",
      examined: 1,
      violations: probe(plan, gate, ask, "source-missing"),
      facts: { occasion: gate.occasion.id },
    });
  }
  const stored = await counted(
    look.sql,
    `select count(*) as examined, count(*) filter (where source is null) as violations
       from record
      where method = $1`,
    [promise.ref],
  );
  return found([...counts, { code: "records-with-source", ...stored }]);
};
