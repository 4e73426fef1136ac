/** Wording overrides: what a key may name, and what counts as a figure. */
import { expect, test } from "vitest";
import { derivePromises } from "../../src/compiler/promises.ts";
import { SENTENCE_PLACEHOLDERS } from "../../src/compiler/sentences.ts";
import { checkWording, literalFigure } from "../../src/policy/check-wording.ts";
import type { Policy } from "../../src/policy/model.ts";
import { SHIPPED, shipped } from "../support/compiled.ts";
import { SMALL_POLICY } from "../support/small-policy.ts";

/** Two purposes with a task of the same id. */
function withNamesakes(policy: Policy): Policy {
  const task = { id: "same", label: { ko: "같은 일", en: "one task" }, duty: "keep_for_dispute" };
  const purposes = Object.entries(policy.purposes).map(([id, purpose]) => [
    id,
    { ...purpose, tasks: [task] },
  ]);
  return { ...policy, purposes: Object.fromEntries(purposes) as Policy["purposes"] };
}

const POLICIES: readonly (readonly [string, Policy])[] = [
  ...SHIPPED.map((name) => [name, shipped(name).policy] as const),
  ["the small policy", SMALL_POLICY],
  ["a policy with tasks of one id", withNamesakes(shipped("remotemeeting").policy)],
];

test.each(POLICIES)("%s: each sentence can be worded by its own key", (_, policy) => {
  const keys = derivePromises(policy).map(({ key }) => key);
  const wording = Object.fromEntries(keys.map((key) => [key, { en: "Said otherwise." }]));
  const refused: string[] = [];
  const report = (code: string, path: string) => refused.push(`${code} ${path}`);
  checkWording({ ...policy, wording }, report, SENTENCE_PLACEHOLDERS);
  expect(refused).toEqual([]);
});

test("a key names one sentence: the bare id of a task that two purposes have is unknown", () => {
  const policy = withNamesakes(shipped("remotemeeting").policy);
  const refused: string[] = [];
  const wording = {
    "purpose/keep_for_dispute/same": { en: "Which?" },
    "purpose/keep_for_dispute/contract.same": { en: "This one." },
  };
  const report = (code: string, path: string) => refused.push(`${code} ${path}`);
  checkWording({ ...policy, wording }, report, SENTENCE_PLACEHOLDERS);
  expect(refused).toEqual(["wording-key-unknown wording.purpose/keep_for_dispute/same"]);
});

test.each([
  ["제3자에게 주지 않습니다", null],
  ["제3국과 제3자", null],
  ["제3자에게 3일 안에", "3"],
  ["제3조에 따라", "3"],
  ["제13자", "13"],
  ["제３자", "３"],
  ["오년 동안", null],
])("the figure in “%s” is %s", (prose, figure) => {
  expect(literalFigure(prose)).toBe(figure);
});
