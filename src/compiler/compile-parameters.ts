/**
 * The numbers behind words such as "regularly". The law gives each with the direction in which
 * it binds; the policy's own number counts only where it is as strict or stricter.
 */
import { comparePeriods, isPeriod } from "../base/calendar.ts";
import type { Law } from "../policy/law.ts";
import type { Period, Policy } from "../policy/model.ts";
import type { Parameter } from "./plan.ts";

type Amount = Period | number;
type Bound = "at_most" | "at_least";

export function compileParameters(policy: Policy, law: Law): ReadonlyMap<string, Parameter> {
  const statutory = lawParameters(law);
  const parameters = new Map<string, Parameter>(
    [...statutory].map(([name, { value, from }]) => [name, Object.freeze({ name, value, from })]),
  );
  for (const [name, value] of Object.entries(policy.parameters)) {
    const given = statutory.get(name);
    if (given !== undefined && !isAsStrict(value, given.value, given.bound)) continue;
    parameters.set(name, Object.freeze({ name, value, from: "policy" }));
  }
  return parameters;
}

interface Given {
  readonly value: Amount;
  readonly bound: Bound;
  readonly from: string;
}

/** Of several rules for one parameter the strictest; the first of equals. */
function lawParameters(law: Law): ReadonlyMap<string, Given> {
  const parameters = new Map<string, Given>();
  for (const rule of Object.values(law.rules)) {
    if (rule.demand.kind !== "parameter") continue;
    const { parameter, value, bound } = rule.demand;
    const known = parameters.get(parameter);
    if (known !== undefined && isAsStrict(known.value, value, bound)) continue;
    parameters.set(parameter, { value, bound, from: rule.id });
  }
  return parameters;
}

/** Is `value` at least as strict as `limit`? A number and a period are never comparable: no. */
function isAsStrict(value: Amount, limit: Amount, bound: Bound): boolean {
  const order = compare(value, limit);
  if (order === null) return false;
  return bound === "at_most" ? order <= 0 : order >= 0;
}

function compare(a: Amount, b: Amount): number | null {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a !== "string" || typeof b !== "string") return null;
  return isPeriod(a) && isPeriod(b) ? comparePeriods(a, b) : null;
}
