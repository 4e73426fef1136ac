/**
 * The policy beside the law: two truths shown apart. What the policy forgets or disclaims is a
 * finding and runs; what it promises against the law is an error and does not.
 */
import { comparePeriods } from "../base/calendar.ts";
import { collector } from "./check.ts";
import type { Report } from "./check.ts";
import { findInPolicy } from "./find-in-policy.ts";
import type { Issue } from "./issue.ts";
import { inFileOrder } from "./issue.ts";
import type { Law, LawDemand, LawRule } from "./law.ts";
import type { Label, Period, Policy, Processor, RecordClass } from "./model.ts";
import type { PlaceIndex } from "./places.ts";

/**
 * Compares a parsed policy with the law it stands under.
 * @param places of the policy's document, from `parsePolicy`.
 * @returns findings, and errors where the policy falls short of a bound of the law.
 */
export function compareWithLaw(policy: Policy, law: Law, places: PlaceIndex): readonly Issue[] {
  const { issues, report } = collector(places);
  if (law.id !== policy.law) {
    report("law-mismatch", "law", `\`${policy.law}\`, compared with \`${law.id}\``);
    return issues;
  }
  findInPolicy(policy, report);
  for (const rule of Object.values(law.rules)) demandOf(rule)(policy, report, rule);
  for (const record of Object.values(policy.records)) compareKeeping(record, law, report);
  compareParameters(policy, law, report);
  return inFileOrder(issues);
}

/** Messages are English; a law file without English is cited in its own language. */
function cited({ en, ko }: Label): string {
  return en ?? ko ?? "";
}

type Compare = (policy: Policy, report: Report, rule: LawRule) => void;

/** What each kind of demand looks at; closed by the compiler. */
function demandOf({ demand }: LawRule): Compare {
  switch (demand.kind) {
    case "retention":
      return missingRow;
    case "retention_basis":
      return internalPolicies;
    case "right":
      return omittedRight(demand);
    case "overseas_disclosure":
      return overseas;
    case "processor_disclosure":
      return undisclosedWork;
    case "basis_disclosure":
      return unstatedBases;
    case "no_disclaimer":
      return disclaimer;
    case "agency":
      return missingAgency(demand);
    case "parameter":
    case "statement":
      return () => {};
    default:
      throw new Error("unknown demand", { cause: demand satisfies never });
  }
}

const missingRow: Compare = (policy, report, { id, article, demand }) => {
  if (demand.kind !== "retention") return;
  if (Object.values(policy.records).some((record) => record.law === id)) return;
  report(
    "law-row-missing",
    "records",
    `${cited(article)} keeps \`${demand.category}\` ${demand.keep}`,
  );
};

// PIPA 21①: data is destroyed when the purpose ends, unless another statute keeps it. A period of
// the controller's own is none (A2).
const internalPolicies: Compare = (policy, report, { article }) => {
  for (const { id, basis } of Object.values(policy.records)) {
    if (basis !== "internal_policy") continue;
    const message = `\`${id}\` rests on an internal policy; ${cited(article)} excepts statutes only`;
    report("no-statutory-basis", `records.${id}.basis`, message);
  }
};

function omittedRight(demand: Extract<LawDemand, { kind: "right" }>): Compare {
  return (policy, report, { article }) => {
    if (policy.rights.offers.includes(demand.right)) return;
    report("right-omitted", "rights.offers", `\`${demand.right}\` is given by ${cited(article)}`);
  };
}

const overseas: Compare = (policy, report, { article }) => {
  for (const processor of Object.values(policy.processors)) {
    const at = `processors.${processor.id}`;
    const name = `\`${processor.id}\``;
    if (typeof processor.country !== "string") {
      const message = `the country of ${name} is open; abroad, ${cited(article)} wants it disclosed`;
      report("overseas-undisclosed", `${at}.country`, message);
    } else if (isAbroadUndisclosed(policy, processor)) {
      const message = `${name} is in ${processor.country}; ${cited(article)} wants that disclosed`;
      report("overseas-undisclosed", `${at}.overseas`, message);
    }
  }
};

function isAbroadUndisclosed(policy: Policy, processor: Processor): boolean {
  return processor.country !== policy.controller.country && "unconfirmed" in processor.overseas;
}

// Work content and processor are published; a work that is a gap is one the text left blank.
const undisclosedWork: Compare = (policy, report, { article }) => {
  for (const processor of Object.values(policy.processors)) {
    processor.work.forEach((work, index) => {
      if (policy.works[work]?.gap !== true) return;
      const message = `the text leaves out \`${work}\` for \`${processor.id}\`; ${cited(article)}`;
      report("work-undisclosed", `processors.${processor.id}.work[${index}]`, message);
    });
  }
};

const unstatedBases: Compare = (policy, report, { article }) => {
  for (const { id, basisStated } of Object.values(policy.purposes)) {
    if (basisStated !== false) continue;
    const message = `the text states no basis for \`${id}\`; ${cited(article)}`;
    report("basis-undisclosed", `purposes.${id}.basis`, message);
  }
};

const disclaimer: Compare = (policy, report, { article }) => {
  const index = policy.duties.indexOf("disclaimer");
  if (index === -1) return;
  report("disclaimer-void", `duties[${index}]`, `it has no effect: ${cited(article)}`);
};

function missingAgency(demand: Extract<LawDemand, { kind: "agency" }>): Compare {
  return (policy, report, { label }) => {
    if (policy.contacts.agencies.some(({ id }) => id === demand.agency)) return;
    const name = label.en ?? label.ko ?? "";
    report("agency-missing", "contacts.agencies", `\`${demand.agency}\` is not named: ${name}`);
  };
}

function compareKeeping(record: RecordClass, law: Law, report: Report): void {
  if (record.law === null) return;
  const rule = law.rules[record.law];
  const at = `records.${record.id}`;
  if (!rule) {
    report("law-cited-unknown", `${at}.law`, `\`${record.law}\` is not in the law file`);
    return;
  }
  const least = leastPeriod(rule.demand);
  if (least === null) {
    report("law-cited-without-period", `${at}.law`, `${cited(rule.article)} fixes no period`);
    return;
  }
  const kept = record.keep === null ? -1 : comparePeriods(record.keep, least);
  const says = `${cited(rule.article)} says ${least}, the policy ${record.keep ?? "no period"}`;
  if (kept < 0) report("retention-shorter-than-law", `${at}.keep`, says);
  if (kept > 0) report("retention-longer-than-law", `${at}.keep`, says);
}

function leastPeriod(demand: LawDemand): Period | null {
  if (demand.kind === "retention") return demand.keep;
  if (demand.kind !== "parameter" || demand.bound !== "at_least") return null;
  return typeof demand.value === "string" ? demand.value : null;
}

function compareParameters(policy: Policy, law: Law, report: Report): void {
  for (const [name, value] of Object.entries(policy.parameters)) {
    const rules = Object.values(law.rules).filter(
      ({ demand }) => demand.kind === "parameter" && demand.parameter === name,
    );
    if (rules.length === 0) {
      report("parameter-unknown", `parameters.${name}`, `no rule speaks of \`${name}\``);
    }
    for (const { demand, article } of rules) {
      if (demand.kind !== "parameter" || isWithin(value, demand)) continue;
      const message = `${value}; ${cited(article)} says ${demand.bound.replace("_", " ")} ${demand.value}`;
      report("parameter-beyond-law", `parameters.${name}`, message);
    }
  }
}

function isWithin(
  value: Period | number,
  { value: limit, bound }: Extract<LawDemand, { kind: "parameter" }>,
): boolean {
  if (typeof value !== typeof limit) return false; // a number is no period
  const order =
    typeof value === "string" && typeof limit === "string"
      ? comparePeriods(value, limit)
      : Number(value) - Number(limit);
  return bound === "at_most" ? order <= 0 : order >= 0;
}
