import { expect, test } from "vitest";
import { present } from "../../src/base/assert.ts";
import { parseLaw } from "../../src/policy/parse-law.ts";
import { placeOf } from "../../src/policy/places.ts";
import { parseSmall, replaceOnce, SMALL_LAW, SMALL_POLICY } from "../support/small-documents.ts";

const { policy: parsed, places } = parseSmall();
const policy = present(parsed, "the small policy parses");

test("a day stays the text it was written as", () => {
  expect(policy.announced).toBe("2026-01-01");
  expect(policy.effective).toBe("2026-03-01");
});

test("what an item does not say has the documented default", () => {
  expect(policy.items["name"]).toEqual({
    id: "name",
    label: { ko: "이름", en: "name" },
    gap: false,
    per: [],
    stored: "sealed",
    format: "text",
    find: false,
    maxLength: 200,
  });
});

test("`all` stands for every item of the occasion, and a list of purposes for all of each", () => {
  expect(policy.occasions["sign_up"]?.purposes).toEqual({
    contract: ["email", "name", "phone"],
    marketing: ["email"],
  });
  expect(policy.occasions["payment"]?.purposes).toEqual({ contract: ["payment_record"] });
});

test("an occasion with the same set as another takes over what it leaves out", () => {
  const { sign_up: signUp, application } = policy.occasions;
  expect(application).toMatchObject({
    requires: signUp?.requires,
    offers: signUp?.offers,
    declares: signUp?.declares,
    consents: signUp?.consents,
    purposes: signUp?.purposes,
    makes: signUp?.makes,
    methods: ["web"],
    opens: false,
    sameAs: "sign_up",
  });
});

test("a class without a period dies with its event, one with it counts from its trigger", () => {
  expect(policy.records["profile"]).toMatchObject({
    keep: null,
    from: { laterOf: ["withdrawal"] },
  });
  expect(policy.records["payment"]).toMatchObject({
    keep: "P5Y",
    from: { laterOf: ["payment_completed", "collected"] },
    archiveBeside: ["name", "email"],
  });
});

test("a fact the text leaves open is a value of its own, also where nothing is said", () => {
  const text = replaceOnce(SMALL_POLICY, "name: 책임자", "name: unconfirmed");
  const open = { unconfirmed: true };
  expect(parseSmall(text).policy?.contacts.officer.name).toEqual(open);
  expect(policy.processors["mailer"]?.overseas).toEqual(open);
  expect(policy.processors["mailer"]?.country).toBe("KR");
});

test("articles are numbered in their order from one", () => {
  expect(policy.articles.map(({ number, clauses }) => [number, clauses[0]])).toEqual([
    [1, "collection"],
    [2, "provision"],
    [3, "retention"],
    [4, "right"],
    [5, "safeguard"],
  ]);
});

test("a default has the place of the thing around it", () => {
  const mailer = placeOf(places, "processors.mailer");
  expect(placeOf(places, "processors.mailer.overseas.when")).toEqual(mailer);
  expect(placeOf(places, "nothing.of[3].this]")).toEqual(placeOf(places, ""));
});

test("a law file gives rules by their full names, and days only where they are known", () => {
  const { law, issues } = parseLaw(SMALL_LAW, { file: "small-law.yaml" });
  expect(issues).toEqual([]);
  expect(law?.rules["xx/keep-payments"]).toMatchObject({
    id: "xx/keep-payments",
    since: "2020-01-01",
    mark: "F1",
    demand: { kind: "retention", category: "payment", keep: "P5Y", personal: true },
  });
  expect(law?.rules["xx/access"]).toMatchObject({ since: null });
  expect(law?.asOf).toBe("2026-11-23");
});

const BROKEN_LAWS: readonly (readonly [string, string, string])[] = [
  ["jikim_law: 1", "jikim_law: 3", "version-unknown"],
  ["as_of: 2026-11-23", "as_of: 2026-13-23", "day-invalid"],
  ["kind: retention_basis", "kind: retention_bases", "not-one-of"],
  ["category: payment, keep: P5Y", "category: payment, keep: five", "period-invalid"],
  ["category: payment, keep: P5Y", "keep: P5Y", "missing-key"],
  ["right: access,", "right: acces,", "not-one-of"],
  ["kind: no_disclaimer", "kind: no_disclaimer, note: x", "unknown-key"],
  ["en: People may see their data", "ko: 열람할 수 있습니다", "label-missing-language"],
  ["  access:\n", "  work:\n", "duplicate-id"],
  ["  access:\n", "  Access:\n", "id-invalid"],
  ["value: 1000", "value: 10.5", "out-of-range"],
];

test.each(BROKEN_LAWS)("a law file with %j turned into %j has the issue %s", (find, put, code) => {
  const { law, issues } = parseLaw(replaceOnce(SMALL_LAW, find, put), { file: "small-law.yaml" });
  expect(issues.map((issue) => issue.code)).toContain(code);
  expect(law).toBeNull();
});

test("lines may end as some editors end them, with CR LF", () => {
  const crlf = SMALL_POLICY.replaceAll("\n", "\r\n");
  expect(parseSmall(crlf)).toMatchObject({ policy, issues: [] });
});
