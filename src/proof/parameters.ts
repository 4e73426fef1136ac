import { present } from "../base/assert.ts";
import type { Period } from "../policy/model.ts";
import type { Plan } from "../compiler/plan.ts";

/** A parameter of the plan; compilation guarantees the ones the engine needs. */
export function parameterOf(plan: Plan, name: string): Period | number {
  return present(plan.parameters.get(name), `the plan has the parameter ${name}`).value;
}
