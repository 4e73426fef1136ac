import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { derivePromises } from "../../src/compiler/promises.ts";
import { renderSentence } from "../../src/compiler/render-sentence.ts";
import { SHIPPED, shipped } from "../support/compiled.ts";

const VECTOR = new URL("../vectors/remotemeeting-promises.json", import.meta.url);

test("the policy of 2021-01-28 makes exactly its 98 promises, each with its number and key", () => {
  const expected: unknown = JSON.parse(readFileSync(VECTOR, "utf8"));
  const { promises } = shipped("remotemeeting");
  const actual = Object.fromEntries(promises.map(({ id, key }) => [id, key]));
  expect(actual).toEqual(expected);
  expect(promises.map(({ id }) => id)).toEqual(Object.keys(actual));
  expect(promises).toHaveLength(98);
});

test("the sentences of each article are as many as in the list of promises", () => {
  const counts = Map.groupBy(shipped("remotemeeting").promises, (promise) => promise.article);
  expect([...counts].map(([article, group]) => [article, group.length])).toEqual(
    [2, 10, 7, 8, 7, 10, 6, 14, 5, 7, 13, 4, 1, 4].map((size, article) => [article, size]),
  );
});

test("a second company's policy makes its own promises", () => {
  const { promises, policy } = shipped("paper-lane");
  expect(promises.length).toBeGreaterThan(40);
  expect(promises.map(({ form }) => form)).not.toContain("collection/minimum_age");
  expect(promises.map(({ form }) => form)).not.toContain("destruction/paper");
  expect(promises.map(({ key }) => key)).toContain("provision/recipient/parcel_carrier");
  const text = promises.map((promise) => renderSentence(promise, policy, "en").text).join("\n");
  expect(text).toContain("Paper Lane");
  expect(text).not.toMatch(/RemoteMeeting|[가-힣]/);
});

test.each(SHIPPED)(
  "%s: ids and keys are unique, and articles number their sentences through",
  (name) => {
    const { promises } = shipped(name);
    expect(new Set(promises.map(({ id }) => id)).size).toBe(promises.length);
    expect(new Set(promises.map(({ key }) => key)).size).toBe(promises.length);
    for (const group of Map.groupBy(promises, (promise) => promise.article).values()) {
      expect(group.map(({ id }) => id)).toEqual(
        group.map(({ article }, index) => `P${article}.${index + 1}`),
      );
    }
  },
);

test("numbers, forms and keys need neither law nor plan", () => {
  const { policy, promises } = shipped("remotemeeting");
  const bare = derivePromises(policy).map(({ id, key }) => [id, key]);
  expect(bare).toEqual(promises.map(({ id, key }) => [id, key]));
});

test("resolutions that bear on a sentence come with it", () => {
  const perOf = (key: string) =>
    shipped("remotemeeting").promises.find((promise) => promise.key === key)?.per;
  expect(perOf("retention/row/recording")).toEqual(expect.arrayContaining(["A2", "A3"]));
  expect(perOf("collection/minimum_age")).toEqual(["A13"]);
  expect(perOf("processor/work/debt_collection")).toContain("A12");
});

test("what a resolution added makes no promise", () => {
  const { policy, promises } = shipped("remotemeeting");
  const added = Object.values(policy.records).filter((record) => record.gap);
  expect(added.length).toBeGreaterThan(0);
  const refs = promises.filter(({ kind }) => kind === "retention").map(({ ref }) => ref);
  for (const { id } of added) expect(refs).not.toContain(id);
});

test.each([
  ["no minimum age", { minimumAge: null }, "collection/minimum_age"],
  ["no cookies", { cookies: null }, "cookie/uses"],
  ["no safeguards", { safeguards: [] }, "safeguard/backup"],
  ["no duties", { duties: [] }, "duty/disclaimer"],
])("a policy with %s does not promise it", (_, change, form) => {
  const { policy } = shipped("remotemeeting");
  const forms = (of: typeof policy) => derivePromises(of).map((promise): string => promise.form);
  expect(forms(policy)).toContain(form);
  expect(forms({ ...policy, ...change })).not.toContain(form);
});
