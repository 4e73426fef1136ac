import type { Occasion, Policy, Processor } from "../policy/model.ts";
import type { Plan, ProcessingActivity } from "./plan.ts";
import { isOpen, named } from "./value.ts";

/**
 * The record of processing activities (GDPR 30, PIPA 30①, 31): one row an occasion. A processor
 * or recipient stands in a row if it gets any item collected there for a purpose used there.
 */
export function compileRecord(policy: Policy, plan: Plan): readonly ProcessingActivity[] {
  return Object.freeze(
    [...plan.gates.values()].map((gate) => compileActivity(policy, plan, gate.occasion)),
  );
}

function compileActivity(policy: Policy, plan: Plan, occasion: Occasion): ProcessingActivity {
  const items = [...new Set([...occasion.requires, ...occasion.offers])];
  const purposes = Object.keys(occasion.purposes);
  const reaches = (use: { readonly purpose: string; readonly items: readonly string[] }): boolean =>
    purposes.includes(use.purpose) && use.items.some((item) => items.includes(item));
  const processors = Object.values(policy.processors).filter((processor) =>
    named(policy.works, processor.work).some(reaches),
  );
  return Object.freeze({
    occasion: occasion.id,
    purposes,
    bases: [...new Set(named(policy.purposes, purposes).map((purpose) => purpose.basis))],
    items,
    people: policy.people.map((people) => people.label),
    classes: named(policy.records, occasion.makes).map((record) => ({
      id: record.id,
      keep: plan.clocks.get(record.id)?.keep ?? null,
      law: record.law,
    })),
    processors: processors.map((processor) => processor.id),
    recipients: Object.values(policy.provision.recipients)
      .filter(reaches)
      .map((recipient) => recipient.id),
    overseas: processors.filter((each) => isOverseas(policy, each)).map((each) => each.id),
    safeguards: policy.safeguards,
  });
}

/** Abroad, or not known to be at home: an open country counts as abroad (fail closed). */
export function isOverseas(policy: Policy, processor: Processor): boolean {
  return isOpen(processor.country) || processor.country !== policy.controller.country;
}
