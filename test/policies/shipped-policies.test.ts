/** The documents that ship: they run, they say what was published, and they admit what is open. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { derivePromises } from "../../src/compiler/promises.ts";
import { SENTENCE_PLACEHOLDERS } from "../../src/compiler/sentences.ts";
import { literalFigure } from "../../src/policy/check-wording.ts";
import type { Issue } from "../../src/policy/issue.ts";
import type { Law } from "../../src/policy/law.ts";
import type { Policy } from "../../src/policy/model.ts";
import { parseLaw } from "../../src/policy/parse-law.ts";
import { parsePolicy } from "../../src/policy/parse-policy.ts";

const SHIPPED = {
  remotemeeting: readShipped("remotemeeting", "kr"),
  "paper-lane": readShipped("paper-lane", "eu"),
};
const { policy: remotemeeting, issues: remotemeetingIssues } = SHIPPED.remotemeeting;

describe.each(Object.entries(SHIPPED))("%s", (_, { policy, law, issues }) => {
  test("has no error", () => {
    expect(issues.filter(({ severity }) => severity === "error")).toEqual([]);
  });

  test("stands under the law it names", () => {
    expect(policy.law).toBe(law.id);
  });

  test("gives away no item that its purpose was not collected for, save to whoever stores all", () => {
    const hosts = new Set(["hosting"]);
    const strays = Object.values(policy.works)
      .filter(({ id }) => !hosts.has(id))
      .flatMap(({ id, purpose, items }) =>
        items.filter((item) => !usable(policy, purpose).has(item)).map((item) => `${id}: ${item}`),
      );
    expect(strays).toEqual([]);
  });

  test("names each resolution where it bears on something, or decides about the text alone", () => {
    const cited = JSON.stringify({ ...policy, resolutions: {} });
    const silent = Object.keys(policy.resolutions).filter((id) => !cited.includes(`"${id}"`));
    const aboutTheTextAlone = ["A6", "A7", "A15", "A17", "A19", "A23", "A24", "A25"];
    expect(silent.filter((id) => !aboutTheTextAlone.includes(id))).toEqual([]);
  });
});

describe("the policy of 2021-01-28", () => {
  test("makes as many promises in each article as were counted in the text", () => {
    const counted = [2, 10, 7, 8, 7, 10, 6, 14, 5, 7, 13, 4, 1, 4];
    const promises = derivePromises(remotemeeting);
    expect(counted.map((_, at) => promises.filter(({ article }) => article === at).length)).toEqual(
      counted,
    );
  });

  test("confirms a withdrawal in P2.6 and keeps records for disputes in P2.7", () => {
    const forms = Object.fromEntries(
      derivePromises(remotemeeting).map(({ id, form }) => [id, form]),
    );
    expect(forms["P2.6"]).toBe("purpose/confirm_withdrawal");
    expect(forms["P2.7"]).toBe("purpose/keep_for_dispute");
  });

  test("keeps each row as long as article 5 says, on the basis it names", () => {
    const rows = Object.values(remotemeeting.records)
      .filter(({ keep, gap }) => keep !== null && !gap)
      .map(({ id, keep, basis }) => `${id} ${keep} ${basis}`);
    expect(rows).toEqual([
      "usage P1Y internal_policy",
      "recording P3M internal_policy",
      "contract P5Y law",
      "payment P5Y law",
      "complaint P3Y law",
      "visit P3M law",
    ]);
  });

  test("moves nothing but name and e-mail beside a statutory record", () => {
    const travelling = Object.values(remotemeeting.records).flatMap(
      ({ archiveBeside }) => archiveBeside ?? [],
    );
    expect([...new Set(travelling)].toSorted()).toEqual(["email", "name"]);
  });

  test("resolves all twenty-six issues of the text", () => {
    const expected = Array.from({ length: 26 }, (_, index) => `A${index + 1}`);
    expect(Object.keys(remotemeeting.resolutions)).toEqual(expected);
  });

  test("leaves the officer's name and every doubtful country open", () => {
    const open = Object.values(remotemeeting.processors)
      .filter(({ country }) => typeof country !== "string")
      .map(({ id }) => id);
    expect(open).toEqual(["paypal", "epsilon", "alipay", "aws", "benchmark"]);
    expect(remotemeeting.contacts.officer.name).toEqual({ unconfirmed: true });
  });

  test.each([
    ["no-statutory-basis", "records.usage.basis"], // A2
    ["no-statutory-basis", "records.recording.basis"], // A2
    ["law-row-missing", "records"], // A7
    ["overseas-undisclosed", "processors.epsilon.country"], // A10
    ["processor-to-verify", "processors.kci.verify"], // A12
    ["fact-unconfirmed", "contacts.officer.name"], // A17
    ["disclaimer-void", "duties[4]"], // A19
    ["right-omitted", "rights.offers"], // A20
    ["agency-missing", "contacts.agencies"], // A22
    ["notice-short-if-important", "version.effective"], // A23
    ["gap", "items.recording"], // A26
    ["basis-undisclosed", "purposes.contract.basis"],
  ] as const)("is found wanting: %s at %s", (code, path) => {
    expect(remotemeetingIssues).toContainEqual(expect.objectContaining({ code, path }));
  });
});

describe.each([
  ["kr", SHIPPED.remotemeeting.law, 80],
  ["eu", SHIPPED["paper-lane"].law, 60],
] as const)("law %s", (_, law, least) => {
  const rules = Object.values(law.rules);

  test(`holds at least ${least} rules`, () => {
    expect(rules.length).toBeGreaterThanOrEqual(least);
  });

  test("puts no figure into words, where it could differ from the demand", () => {
    const words = rules.map(({ id, label }) => [id, Object.values(label).join(" ")] as const);
    expect(words.filter(([, text]) => literalFigure(text) !== null)).toEqual([]);
  });

  test("cites each rule in both languages, by the same numbers", () => {
    // A date in brackets says when a text was repealed; languages write it in another order.
    const numbers = (text = "") =>
      text.replace(/ \([^)]*\d{4}[^)]*\)$|\d{4}\.\d$/, "").match(/\d+/g);
    for (const { id, article } of rules) {
      expect([id, numbers(article.en)]).toEqual([id, numbers(article.ko)]);
      expect(article.en).not.toMatch(/[가-힣]/);
    }
  });

  test("gives each parameter by one rule", () => {
    const names = rules.flatMap(({ demand }) =>
      demand.kind === "parameter" ? [demand.parameter] : [],
    );
    expect(names).toEqual([...new Set(names)]);
    expect(names).toContain("destroy_grace");
  });

  test("claims no reading of the text for a number that is a judgement", () => {
    const judged = rules.filter(({ source }) => /판단|judgement/.test(source));
    expect(judged.length).toBeGreaterThan(0);
    expect(judged.filter(({ mark }) => mark !== "U")).toEqual([]);
  });
});

function usable(policy: Policy, purpose: string): ReadonlySet<string> {
  return new Set(
    Object.values(policy.occasions).flatMap(({ purposes }) => purposes[purpose] ?? []),
  );
}

interface Shipped {
  readonly policy: Policy;
  readonly law: Law;
  readonly issues: readonly Issue[];
}

function readShipped(name: string, lawName: string): Shipped {
  const root = new URL("../../", import.meta.url);
  const lawFile = `laws/${lawName}.yaml`;
  const { law } = parseLaw(readFileSync(new URL(lawFile, root), "utf8"), { file: lawFile });
  if (law === null) throw new Error(`${lawFile} has errors`);
  const file = `policies/${name}/policy.yaml`;
  const text = readFileSync(new URL(file, root), "utf8");
  const sentences = SENTENCE_PLACEHOLDERS;
  const { policy, issues } = parsePolicy(text, { file, sentences, law });
  if (policy === null) throw new Error(`${file}: ${JSON.stringify(issues)}`);
  return { policy, law, issues };
}
