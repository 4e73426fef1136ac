/** Findings a policy carries in itself: facts left open, gaps, a notice only just long enough. */
import { comparePeriods, lastDay } from "../base/calendar.ts";
import { declaredThings } from "./check-references.ts";
import type { Report } from "./check.ts";
import type { Contact, Fact, Policy } from "./model.ts";

export function findInPolicy(policy: Policy, report: Report): void {
  openFacts(policy, report);
  for (const [path, thing] of declaredThings(policy)) {
    if (!thing.gap) continue;
    report("gap", path, `\`${thing.id}\` is added by ${thing.per.join(", ")}`);
  }
  const { announced, effective, notices } = policy;
  const important = lastDay(announced, notices.important);
  if (effective < important && comparePeriods(notices.ordinary, notices.important) < 0) {
    const message = `an important change announced ${announced} takes effect on ${important}`;
    report("notice-short-if-important", "version.effective", message);
  }
}

function openFacts(policy: Policy, report: Report): void {
  const look = (path: string, value: Fact<unknown>): void => {
    if (isOpen(value)) report("fact-unconfirmed", path, "the text leaves this open");
  };
  const contacts: readonly (readonly [string, Contact | null])[] = [
    ["contacts.officer", policy.contacts.officer],
    ["contacts.department", policy.contacts.department],
  ];
  for (const [path, contact] of contacts) {
    for (const key of ["name", "title", "phone", "email"] as const) {
      if (contact) look(`${path}.${key}`, contact[key]);
    }
  }
  for (const processor of Object.values(policy.processors)) {
    const at = `processors.${processor.id}`;
    look(`${at}.country`, processor.country);
    look(`${at}.contact`, processor.contact);
    if (!processor.verify) continue;
    report("processor-to-verify", `${at}.verify`, `who \`${processor.id}\` is must be verified`);
  }
}

/** Is it a fact the text leaves open? */
export function isOpen(value: unknown): boolean {
  return typeof value === "object" && value !== null && "unconfirmed" in value;
}
