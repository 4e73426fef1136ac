import { describe, expect, test } from "vitest";
import { compile } from "../../src/compiler/compile.ts";
import { compilePlan } from "../../src/compiler/compile-plan.ts";
import { policyHash } from "../../src/compiler/policy-hash.ts";
import type { Law, LawDemand } from "../../src/policy/law.ts";
import type { Period, Policy, RecordClass } from "../../src/policy/model.ts";
import { shipped } from "../support/compiled.ts";
import { SMALL_POLICY, smallLaw } from "../support/small-policy.ts";

const plan = (policy: Policy = SMALL_POLICY, law = smallLaw()) => compilePlan(policy, law, "hash");

describe("gates", () => {
  test("let pass what the occasion requires and offers, and store each item in its class", () => {
    const gate = plan().gates.get("sign_up");
    expect(gate?.required).toEqual(new Set(["email"]));
    expect(gate?.allowed).toEqual(new Set(["email", "name"]));
    expect(gate?.classOf).toEqual(
      new Map([
        ["email", "profile"],
        ["name", "profile"],
      ]),
    );
    expect(gate?.offeredConsents).toEqual(["news"]);
  });

  test("ask for the age declaration where the service opens, even if the occasion forgot", () => {
    expect(plan().gates.get("sign_up")?.declares).toEqual(["of_age"]);
    expect(plan().gates.get("order")?.declares).toEqual([]);
    expect(plan({ ...SMALL_POLICY, minimumAge: null }).gates.get("sign_up")?.declares).toEqual([]);
  });

  test("occasions that are the same as each other end in themselves", () => {
    const { again } = SMALL_POLICY.occasions;
    if (again === undefined) throw new Error("the small policy has the occasion again");
    const other = { ...again, id: "other", sameAs: "again" };
    const occasions = { again: { ...again, sameAs: "other" }, other };
    expect(plan({ ...SMALL_POLICY, occasions }).gates.get("again")?.allowed.size).toBe(0);
  });
});

describe("uses", () => {
  test("hold only what was collected there, and consents only where consent is the basis", () => {
    expect(plan().uses.get("news")?.items.get("sign_up")).toEqual(new Set(["email"]));
    expect(plan().uses.get("news")?.consents).toEqual(["news"]);
    expect(plan().uses.get("contract")?.consents).toEqual([]);
  });
});

describe("clocks: the stricter for the operator governs", () => {
  const clock = (change: Partial<RecordClass>, statute: Period) => {
    const { order } = SMALL_POLICY.records;
    if (order === undefined) throw new Error("the small policy has the class order");
    const records = { ...SMALL_POLICY.records, order: { ...order, ...change } };
    const demand = { kind: "retention", category: "order", keep: statute, personal: true } as const;
    return plan({ ...SMALL_POLICY, records }, smallLaw({ orders: demand })).clocks.get("order");
  };
  test.each([
    ["a statute that asks for longer is a floor", { keep: "P3Y" }, "P5Y", "P5Y"],
    ["a longer promise under a statute stays", { keep: "P6Y" }, "P5Y", "P6Y"],
    ["months and years compare by the calendar", { keep: "P13M" }, "P1Y", "P13M"],
    [
      "without a basis in law no statute lengthens",
      { keep: "P3Y", basis: "consent" },
      "P5Y",
      "P3Y",
    ],
    ["an unknown statute changes nothing", { keep: "P3Y", law: "small/none" }, "P5Y", "P3Y"],
    ["no period means: at the event", { keep: null, basis: "purpose" }, "P5Y", null],
  ] as const)("%s", (_, change, statute, expected) => {
    expect(clock(change, statute)?.keep).toBe(expected);
  });

  test("say whether a statute keeps them", () => {
    expect(plan().clocks.get("order")?.statutory).toBe(true);
    expect(plan().clocks.get("profile")?.statutory).toBe(false);
  });
});

describe("rights", () => {
  test("are those the policy names, then those only the law gives, with the rule", () => {
    const right = (name: "access" | "erasure"): LawDemand => ({
      kind: "right",
      right: name,
      answerWithin: "P10D",
    });
    const law = smallLaw({ a: right("access"), e: right("erasure"), again: right("erasure") });
    expect(plan(SMALL_POLICY, law).rights).toEqual([
      { right: "access", law: null },
      { right: "erasure", law: "small/e" },
    ]);
  });
});

describe("parameters", () => {
  const parameter = (
    own: Policy["parameters"],
    bound: "at_most" | "at_least",
    values: readonly (Period | number)[],
  ) => {
    const demands = values.map((value, index): [string, LawDemand] => [
      `p${index}`,
      { kind: "parameter", parameter: "grace", value, bound },
    ]);
    const law = smallLaw(Object.fromEntries(demands));
    return plan({ ...SMALL_POLICY, parameters: own }, law).parameters.get("grace");
  };
  const P5D = ["P5D"];
  const LAW = { value: "P5D", from: "small/p0" };
  test.each([
    ["the law's where the policy names none", {}, P5D, LAW],
    ["the policy's where it is stricter", { grace: "P3D" }, P5D, { value: "P3D", from: "policy" }],
    ["the policy's where equal", { grace: "PT120H" }, P5D, { value: "PT120H", from: "policy" }],
    ["the law's where the policy is laxer", { grace: "P9D" }, P5D, LAW],
    ["numbers as numbers", { grace: 500 }, [1000], { value: 500, from: "policy" }],
    ["never a number for a period", { grace: 1 }, P5D, LAW],
    ["the strictest of several", {}, ["P9D", "P5D", "P7D"], { value: "P5D", from: "small/p1" }],
    ["the policy's alone", { grace: "P9D" }, [], { value: "P9D", from: "policy" }],
  ])("at most: %s", (_, own: Policy["parameters"], values, expected) => {
    expect(parameter(own, "at_most", values)).toEqual({ name: "grace", ...expected });
  });

  test.each([
    ["P2Y", { value: "P2Y", from: "policy" }],
    ["P1M", { value: "P1Y", from: "small/p0" }],
  ])("at least: %s against a year", (grace, expected) => {
    expect(parameter({ grace }, "at_least", ["P1Y"])).toEqual({ name: "grace", ...expected });
  });
});

describe("the hash a consent refers to", () => {
  test("is sha256 in hex, and the same whatever the order of the document's own keys", () => {
    const hash = policyHash(SMALL_POLICY, smallLaw());
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    const turned = Object.fromEntries(Object.entries(SMALL_POLICY).toReversed());
    expect(policyHash({ ...SMALL_POLICY, ...turned }, smallLaw())).toBe(hash);
  });

  test("changes when what numbers the sentences is put in another order", () => {
    const { policy, law, hash } = shipped("remotemeeting");
    const turned = <T>(map: Readonly<Record<string, T>>) =>
      Object.fromEntries(Object.entries(map).toReversed());
    const reordered: readonly Policy[] = [
      { ...policy, occasions: turned(policy.occasions) },
      { ...policy, purposes: turned(policy.purposes) },
      { ...policy, records: turned(policy.records) },
      { ...policy, processors: turned(policy.processors) },
      { ...policy, people: policy.people.toReversed() },
    ];
    const hashes = reordered.map((each) => policyHash(each, law));
    expect(new Set([hash, ...hashes]).size).toBe(reordered.length + 1);
    expect(policyHash(policy, { ...law, rules: turned(law.rules) })).not.toBe(hash);
  });

  test("survives being written down as JSON and read again", () => {
    const { policy, law, hash } = shipped("remotemeeting");
    const read = JSON.parse(JSON.stringify({ policy, law })) as { policy: Policy; law: Law };
    expect(policyHash(read.policy, read.law)).toBe(hash);
  });

  test("changes with any word of the policy or the law", () => {
    const hash = policyHash(SMALL_POLICY, smallLaw());
    expect(policyHash({ ...SMALL_POLICY, effective: "2026-02-02" }, smallLaw())).not.toBe(hash);
    expect(policyHash(SMALL_POLICY, smallLaw({ more: { kind: "statement" } }))).not.toBe(hash);
  });
});

describe("the policy that ships", () => {
  const { plan: real, activities, cookies } = shipped("remotemeeting");

  test("its sign-up gate is the allow-list of P1.2 and P1.3", () => {
    const gate = real.gates.get("sign_up");
    const required = ["company_id", "user_id", "password", "name", "email", "country"];
    expect(gate?.required).toEqual(new Set(required));
    expect(gate?.allowed).toEqual(new Set([...required, "phone", "company_name"]));
    expect(gate?.declares).toEqual(["age_14_or_over"]);
    expect(gate?.requiredConsents).toEqual(["terms"]);
  });

  test("every item that passes a gate is stored in a class with a clock", () => {
    for (const gate of real.gates.values()) {
      for (const item of gate.allowed) {
        expect(real.clocks.has(gate.classOf.get(item) ?? `none for ${item}`)).toBe(true);
      }
    }
  });

  test("its record of processing has a row an occasion, with open countries counted abroad", () => {
    expect(activities.map((row) => row.occasion)).toEqual([...real.gates.keys()]);
    const payment = activities.find((row) => row.occasion === "payment");
    expect(payment?.processors).toContain("kcp");
    expect(payment?.processors).not.toContain("benchmark");
    expect(payment?.overseas).toContain("epsilon");
    expect(payment?.overseas).not.toContain("kcp");
    expect(payment?.classes).toContainEqual({
      id: "payment",
      keep: "P5Y",
      law: "kr/ecommerce-decree-6-1-3",
    });
  });

  test("only essential cookies are on before a choice", () => {
    const on = cookies.categories.filter((category) => category.readOnly).map(({ id }) => id);
    expect(on).toEqual(["essential"]);
    expect(cookies.categories.length).toBeGreaterThan(1);
  });
});

test("a policy without cookies has no cookie categories", () => {
  expect(compile(SMALL_POLICY, smallLaw()).cookies.categories).toEqual([]);
});
