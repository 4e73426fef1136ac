/**
 * From policy and law to the plan the engine looks up. Where they differ, the one stricter for
 * the operator governs. Pure: the same two documents give the same plan.
 */
import { comparePeriods } from "../base/calendar.ts";
import type { Law, LawRule } from "../policy/law.ts";
import type { Item, Occasion, Policy, Processor, Purpose, RecordClass } from "../policy/model.ts";
import { compileReserved } from "./compile-reserved.ts";
import { compileParameters } from "./compile-parameters.ts";
import type { Clock, Gate, Plan, ProcessorOrder, Use } from "./plan.ts";
import { ruleOf } from "./statute.ts";
import { named } from "./value.ts";

/**
 * @param hash What {@link policyHash} says of the same policy and law.
 * @example compilePlan(policy, law, policyHash(policy, law)).gates.get("sign_up")?.required
 */
export function compilePlan(policy: Policy, law: Law, hash: string): Plan {
  const occasions = Object.values(policy.occasions);
  return Object.freeze({
    policy,
    hash,
    timeZone: policy.timeZone,
    items: mapOf(Object.values(policy.items), (item: Item) => item),
    gates: mapOf(occasions, (occasion) => compileGate(policy, occasion)),
    uses: mapOf(Object.values(policy.purposes), (each) => compileUse(policy, occasions, each)),
    reserved: compileReserved(policy, law),
    clocks: mapOf(Object.values(policy.records), (record) => compileClock(law, record)),
    processors: mapOf(Object.values(policy.processors), (each) => compileOrder(policy, each)),
    rights: compileRights(policy, law),
    parameters: compileParameters(policy, law),
  });
}

function mapOf<T extends { readonly id: string }, R>(
  things: readonly T[],
  make: (thing: T) => R,
): ReadonlyMap<string, R> {
  return new Map(things.map((thing) => [thing.id, make(thing)]));
}

function compileGate(policy: Policy, occasion: Occasion): Gate {
  const allowed = new Set([...occasion.requires, ...occasion.offers]);
  const classes = named(policy.records, occasion.makes);
  return Object.freeze({
    occasion,
    required: new Set(occasion.requires),
    allowed,
    declares: declaresOf(policy, occasion),
    requiredConsents: occasion.consents.requires,
    offeredConsents: occasion.consents.offers,
    methods: mapOf(named(policy.methods, occasion.methods), (method) => method),
    classOf: new Map(
      [...allowed].flatMap((item) => {
        const holder = classes.find((record) => record.holds.includes(item));
        return holder === undefined ? [] : [[item, holder.id] as const];
      }),
    ),
  });
}

/** Whoever opens an account declares the minimum age, even if the occasion forgot to ask. */
function declaresOf(policy: Policy, occasion: Occasion): readonly string[] {
  const asked = occasion.opens && policy.minimumAge !== null ? [policy.minimumAge.declaration] : [];
  return Object.freeze([...new Set([...occasion.declares, ...asked])]);
}

function compileUse(policy: Policy, occasions: readonly Occasion[], purpose: Purpose): Use {
  const items = occasions.flatMap((occasion) => {
    const collected = new Set([...occasion.requires, ...occasion.offers]);
    const used = Object.hasOwn(occasion.purposes, purpose.id) ? occasion.purposes[purpose.id] : [];
    // What was not collected there cannot be used from there, whatever the list says.
    const usable = new Set((used ?? []).filter((item) => collected.has(item)));
    return usable.size === 0 ? [] : [[occasion.id, usable] as const];
  });
  const consents = Object.values(policy.consents).filter((each) =>
    each.purposes.includes(purpose.id),
  );
  return Object.freeze({
    purpose: purpose.id,
    basis: purpose.basis,
    items: new Map(items),
    consents: Object.freeze(
      purpose.basis === "consent" ? consents.map((consent) => consent.id) : [],
    ),
  });
}

function compileClock(law: Law, record: RecordClass): Clock {
  const statutory = record.basis === "law";
  return Object.freeze({
    recordClass: record,
    keep: statutory ? longer(record.keep, statutoryPeriod(ruleOf(law, record.law))) : record.keep,
    compartment: record.compartment,
    statutory,
  });
}

function statutoryPeriod(rule: LawRule | undefined): string | null {
  return rule?.demand.kind === "retention" ? rule.demand.keep : null;
}

/** A statute's period is a floor: a shorter promise does not undercut it. */
function longer(own: string | null, statute: string | null): string | null {
  if (own === null || statute === null) return own ?? statute;
  return comparePeriods(own, statute) < 0 ? statute : own;
}

function compileOrder(policy: Policy, processor: Processor): ProcessorOrder {
  const items = named(policy.works, processor.work).flatMap((work) => work.items);
  return Object.freeze({ processor, items: new Set(items), eraseOn: processor.until });
}

/** Rights the policy names, then those only the law gives, each with the rule that gives it. */
function compileRights(policy: Policy, law: Law): Plan["rights"] {
  const offered = new Set(policy.rights.offers);
  const rights = new Map(
    [...offered].map((right): [string, Plan["rights"][number]] => [right, { right, law: null }]),
  );
  for (const rule of Object.values(law.rules)) {
    if (rule.demand.kind !== "right" || rights.has(rule.demand.right)) continue;
    rights.set(rule.demand.right, { right: rule.demand.right, law: rule.id });
  }
  return Object.freeze([...rights.values()].map((each) => Object.freeze(each)));
}
