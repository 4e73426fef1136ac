import { expect, test } from "vitest";
import { parse } from "yaml";
import { ISSUES } from "../../src/policy/issue.ts";
import type { IssueCode } from "../../src/policy/issue.ts";
import { parseSmall, readVector, replaceOnce, SMALL_POLICY } from "../support/small-documents.ts";

interface Vector {
  readonly code: IssueCode;
  readonly find: string;
  readonly put: string;
  readonly more?: readonly { readonly find: string; readonly put: string }[];
  /** Where the mark is put when the place is not in what was put in. */
  readonly mark?: string;
  readonly line?: number;
  readonly column?: number;
  readonly also?: readonly IssueCode[];
}

const MARK = "‸";
const VECTORS = ["file", "shape", "references", "sense", "law"].flatMap((name) =>
  (parse(readVector(`policy-issues/${name}.yaml`)) as readonly Vector[]).map(
    (vector, index) => [`${name} ${index + 1}: ${vector.code}`, vector] as const,
  ),
);

/** The broken document and the place its issue must have. */
function breakPolicy(vector: Vector): { text: string; line: number; column: number } {
  let marked = replaceOnce(SMALL_POLICY, vector.find, vector.put);
  for (const { find, put } of vector.more ?? []) marked = replaceOnce(marked, find, put);
  if (vector.mark) {
    marked = replaceOnce(marked, vector.mark.replace(MARK, ""), vector.mark);
  }
  marked = marked.replace("{x300}", "x".repeat(300));
  const at = marked.indexOf(MARK);
  const text = marked.replace(MARK, "");
  if (at === -1) return { text, line: vector.line ?? 0, column: vector.column ?? 0 };
  const before = text.slice(0, at);
  const line = before.split("\n").length;
  return { text, line, column: at - before.lastIndexOf("\n") };
}

test("the small policy has no issue", () => {
  expect(parseSmall().issues).toEqual([]);
  expect(parseSmall().policy?.id).toBe("small");
});

test.each(VECTORS)("%s is reported at its place", (_, vector) => {
  const { text, line, column } = breakPolicy(vector);
  const { policy, issues } = parseSmall(text);
  const found = issues.find(
    ({ code, place }) => code === vector.code && place.line === line && place.column === column,
  );
  const seen = issues.map(({ code, place }) => `${code} ${place.line}:${place.column}`);
  expect(found, `wanted ${vector.code} ${line}:${column}, seen ${seen.join(", ")}`).toBeDefined();
  const others = issues.filter((issue) => issue !== found).map(({ code }) => code);
  expect(others.toSorted()).toEqual((vector.also ?? []).toSorted());
  expect(found?.mend).toBe(ISSUES[vector.code].mend);
  const stops = issues.some(({ severity }) => severity === "error");
  expect(policy === null).toBe(stops);
});

test("every code has a vector, and the rest need files too large to keep as data", () => {
  const covered = new Set(VECTORS.map(([, { code }]) => code));
  const rest = Object.keys(ISSUES).filter((code) => !covered.has(code as IssueCode));
  expect(rest.toSorted()).toEqual(["too-large", "too-many-nodes"]);
});

test("ten faults in one document give their ten issues at once, in the order of the file", () => {
  const faults = [
    ["Asia/Seoul", "Asia/Soul"],
    ["effective: 2026-03-01", "effective: 2026-02-30"],
    ["years: 14", "years: 0"],
    ["format: email, find: true", "format: email, fnid: true"],
    ["basis: consent }", "basis: consents }"],
    ["offers: [news]", "offers: [newz]"],
    ["keep: P5Y", "keep: 5 years"],
    ["work: [mailing]", "work: []"],
    ["duties: [keep_current]", "duties: [keep_current, nap]"],
    ["for {period}.", "for 5 years."],
  ] as const;
  const text = faults.reduce((all, [find, put]) => replaceOnce(all, find, put), SMALL_POLICY);
  expect(parseSmall(text).issues.map(({ code }) => code)).toEqual([
    "time-zone-unknown",
    "day-invalid",
    "out-of-range",
    "unknown-key",
    "not-one-of",
    "consent-undeclared",
    "period-invalid",
    "processor-without-work",
    "not-one-of",
    "wording-literal-figure",
  ]);
});
