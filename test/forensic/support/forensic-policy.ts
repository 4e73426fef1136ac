/** A policy with what the test needs: two compartments, two locks, one look-up, a statute. */
import { addDays } from "../../../src/base/calendar.ts";
import { compile, type Compiled } from "../../../src/compiler/compile.ts";
import type { Occasion, Policy, RecordClass } from "../../../src/policy/model.ts";
import { smallLaw, SMALL_POLICY } from "../../support/small-policy.ts";

/** Begins every personal value; no byte string of it may be in any file. */
export const MARKER = "zqmark";

export const FIRST_DAY = "2026-03-02";
/** The last day of what was collected on the first day. */
export const FIRST_ENDS = addDays(FIRST_DAY, 365);

const { sign_up: signUp, order } = SMALL_POLICY.occasions;
const { profile, order: orders } = SMALL_POLICY.records;

function occasion(base: Occasion | undefined, change: Partial<Occasion>): Occasion {
  if (base === undefined) throw new Error("the small policy has this occasion");
  return { ...base, ...change };
}

function recordClass(base: RecordClass | undefined, change: Partial<RecordClass>): RecordClass {
  if (base === undefined) throw new Error("the small policy has this record class");
  return { ...base, ...change };
}

const POLICY: Policy = {
  ...SMALL_POLICY,
  id: "forensic",
  provision: { exceptions: ["consent", "authority"], recipients: {} },
  occasions: {
    sign_up: occasion(signUp, { requires: ["email", "name"], offers: [], opens: false }),
    visit: occasion(order, {
      id: "visit",
      requires: ["trace"],
      purposes: { contract: ["trace"] },
      makes: ["usage"],
    }),
    order: occasion(order, {}),
  },
  records: {
    profile: recordClass(profile, {}),
    usage: recordClass(profile, {
      id: "usage",
      holds: ["trace"],
      keep: "P1Y",
      from: { laterOf: ["collected"] },
    }),
    order: recordClass(orders, { keep: "P1Y", from: { laterOf: ["collected"] } }),
  },
};

export function forensicPolicy(): Compiled {
  const keep = { kind: "retention", category: "order", keep: "P1Y", personal: true } as const;
  return compile(POLICY, smallLaw({ orders: keep }));
}
