/** No value of a person gets into a leaf: the gate of facts, tried with everything at every place. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkFacts } from "../../../src/engine/audit/check-facts.ts";
import {
  type Facts,
  type FactType,
  LEAF_KINDS,
  LEAF_RULES,
  type LeafKind,
} from "../../../src/engine/audit/leaf-kinds.ts";
import { SIGN_UP } from "../../support/test-engine.ts";

const GOOD: Readonly<Record<FactType, Facts[string]>> = {
  name: "sign_up",
  name_or_null: null,
  names: ["email", "phone"],
  counts: { "item-missing": 2 },
  subject: "0123456789abcdef",
  staff: "12",
  id: "0123456789abcdef0123456789abcdef",
  hash: "0123456789abcdef".repeat(4),
  day: "2026-11-23",
  day_or_null: null,
  count: 12,
  moment: Date.UTC(2026, 10, 23),
  flag: true,
};

function goodFacts(kind: LeafKind): Record<string, Facts[string]> {
  const rule: Readonly<Record<string, FactType>> = LEAF_RULES[kind].facts;
  return Object.fromEntries(Object.entries(rule).map(([name, type]) => [name, GOOD[type]]));
}

const PLACES = LEAF_KINDS.flatMap((kind) =>
  Object.entries(LEAF_RULES[kind].facts).map(([name, type]) => ({ kind, name, type })),
);

/** What people tell a service. Reserved domains, numbers that are not given out. */
const VALUES: readonly Facts[string][] = [
  ...Object.values(SIGN_UP),
  "kim.test@example.org",
  "김시험",
  "Kim Siheom",
  "010-0000-0000",
  "+82 10 0000 0000",
  "900101-1000000",
  "4111 1111 1111 1111",
  "4111111111111111",
  "서울특별시 종로구 1",
  "192.0.2.17",
  "2001:db8::1",
  4_111_111_111_111_111,
  8_210_000_000_000,
  9_001_011_000_000,
  37.5665,
  -1,
  ["김시험"],
  ["kim.test@example.org"],
  { "kim.test@example.org": 1 },
  { 김시험: 1 },
  { name: 4_111_111_111_111_111 },
];

/** Log-in names and the like: they look like names, so only the published ones tell them apart. */
const looksLikeName = (value: unknown): boolean =>
  typeof value === "string" && /^[a-z][a-z0-9_-]{0,79}$/.test(value);

test.each(LEAF_KINDS)(
  "facts of a %s leaf pass, and their names are handed on to be looked up",
  (kind) => {
    const facts = goodFacts(kind);
    const named = Object.values(facts).flatMap((value) =>
      value === "sign_up" || Array.isArray(value) ? value : [],
    );
    expect(checkFacts(kind, facts)).toEqual(expect.arrayContaining(named.flat()));
  },
);

describe("a value of a person", () => {
  test.each(PLACES)("does not pass as $name of a $kind leaf", ({ kind, name, type }) => {
    for (const value of VALUES) {
      const given = { ...goodFacts(kind), [name]: value };
      if (looksLikeName(value) && (type === "name" || type === "name_or_null")) {
        expect(checkFacts(kind, given)).toContain(value);
        continue;
      }
      // Sixteen digits have the shape of a handle: the duties look handles up before they tell.
      if (type === "subject" && value === "4111111111111111") continue;
      expect(() => checkFacts(kind, given), JSON.stringify(value)).toThrow(/assertion failed/);
    }
  });

  test("of any text passes nowhere but as a name, and then it is looked up", () => {
    fc.assert(
      fc.property(fc.constantFrom(...PLACES), fc.string({ unit: "grapheme" }), (place, text) => {
        const given = { ...goodFacts(place.kind), [place.name]: text };
        if (!passes(place.kind, given)) return;
        const shape = { subject: 8, id: 16, hash: 32 }[place.type as "id"];
        if (shape !== undefined) expect(text).toMatch(/^[0-9a-f]+$/);
        else if (place.type === "staff") expect(text).toMatch(/^[a-z]{0,2}\d{1,6}$/);
        else if (place.type === "day") expect(text).toMatch(/^\d{4}-\d{2}-\d{2}$/);
        else expect(checkFacts(place.kind, given)).toContain(text);
      }),
    );
  });

  test("is in no message of a refusal", () => {
    for (const { kind, name } of PLACES) {
      const secret = "김시험 kim.test@example.org";
      try {
        checkFacts(kind, { ...goodFacts(kind), [name]: secret });
      } catch (error) {
        expect(String(error)).not.toContain("kim.test");
        expect(String(error)).not.toContain("김시험");
      }
    }
  });

  test.each(LEAF_KINDS)("does not pass as a further fact of a %s leaf, nor as its name", (kind) => {
    for (const further of [{ note: "김시험" }, { "kim.test@example.org": 1 }]) {
      const given = { ...goodFacts(kind), ...further };
      expect(() => checkFacts(kind, given)).toThrow(`a ${kind} leaf has its own facts`);
    }
    const [, ...rest] = Object.entries(goodFacts(kind));
    expect(() => checkFacts(kind, Object.fromEntries(rest))).toThrow("has its own facts");
  });
});

function passes(kind: LeafKind, facts: Facts): boolean {
  try {
    checkFacts(kind, facts);
    return true;
  } catch {
    return false;
  }
}
