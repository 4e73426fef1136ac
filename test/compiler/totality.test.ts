import fc from "fast-check";
import { expect, test } from "vitest";
import { compile } from "../../src/compiler/compile.ts";
import { pageToHtml } from "../../src/compiler/page-html.ts";
import { pageToMarkdown } from "../../src/compiler/page-markdown.ts";
import type { Law } from "../../src/policy/law.ts";
import type { Policy } from "../../src/policy/model.ts";
import { SHIPPED, shipped } from "../support/compiled.ts";
import { SMALL_POLICY, smallLaw } from "../support/small-policy.ts";

const SOURCES: readonly { readonly policy: Policy; readonly law: Law }[] = [
  { policy: SMALL_POLICY, law: smallLaw() },
  ...SHIPPED.map(shipped),
];

const TABLES = [
  "items",
  "methods",
  "consents",
  "purposes",
  "occasions",
  "events",
  "records",
  "works",
  "processors",
  "declarations",
  "resolutions",
] as const satisfies readonly (keyof Policy)[];
const LISTS = [
  "people",
  "articles",
  "duties",
  "safeguards",
] as const satisfies readonly (keyof Policy)[];

/** A policy with parts taken out: what is left may name what is gone. */
const mutated = fc.record({
  source: fc.constantFrom(...SOURCES),
  drops: fc.array(
    fc.record({ table: fc.constantFrom(...TABLES), at: fc.nat(40), all: fc.boolean() }),
    { maxLength: 6 },
  ),
  lists: fc.array(fc.record({ list: fc.constantFrom(...LISTS), keep: fc.nat(12) }), {
    maxLength: 3,
  }),
  noCookies: fc.boolean(),
  noPaper: fc.boolean(),
  noDepartment: fc.boolean(),
  noLaw: fc.boolean(),
});

function mutate(plan: typeof mutated extends fc.Arbitrary<infer T> ? T : never) {
  let policy: Policy = plan.source.policy;
  for (const { table, at, all } of plan.drops) {
    const entries = Object.entries(policy[table]).filter((_, index) => !all && index !== at);
    policy = { ...policy, [table]: Object.fromEntries(entries) };
  }
  for (const { list, keep } of plan.lists)
    policy = { ...policy, [list]: policy[list].slice(0, keep) };
  const { destruction, contacts } = policy;
  return {
    policy: {
      ...policy,
      cookies: plan.noCookies ? null : policy.cookies,
      destruction: { ...destruction, paper: plan.noPaper ? null : destruction.paper },
      contacts: { ...contacts, department: plan.noDepartment ? null : contacts.department },
    },
    law: plan.noLaw ? { ...plan.source.law, rules: {} } : plan.source.law,
  };
}

test("every policy value compiles, whatever is missing, and its languages promise the same", () => {
  fc.assert(
    fc.property(mutated, (plan) => {
      const { policy, law } = mutate(plan);
      const compiled = compile(policy, law);
      expect(new Set(compiled.promises.map(({ key }) => key)).size).toBe(compiled.promises.length);
      const shown = policy.languages.map((lang) => {
        const page = compiled.page(lang);
        const text = pageToHtml(page) + pageToMarkdown(page);
        expect(text).not.toMatch(/undefined|\[object|\{[a-z]/);
        return [...page.preamble, ...page.articles.flatMap((article) => article.blocks)].flatMap(
          (block) => (block.kind === "sentence" ? [block.promise] : []),
        );
      });
      for (const ids of shown) expect(ids).toEqual(compiled.promises.map(({ id }) => id));
    }),
    { numRuns: 150 },
  );
});

test("the same documents always compile to the same thing", () => {
  for (const { policy, law } of SOURCES) {
    const [one, two] = [
      compile(policy, law),
      compile(structuredClone(policy), structuredClone(law)),
    ];
    expect(two.hash).toBe(one.hash);
    expect(two.plan).toEqual(one.plan);
    expect(two.promises).toEqual(one.promises);
    expect(two.activities).toEqual(one.activities);
    for (const lang of policy.languages) {
      expect(pageToHtml(two.page(lang))).toBe(pageToHtml(one.page(lang)));
    }
  }
});

test("compiling changes nothing in what it is given", () => {
  const before = JSON.stringify(SOURCES);
  for (const { policy, law } of SOURCES) compile(policy, law).page("en");
  expect(JSON.stringify(SOURCES)).toBe(before);
});
