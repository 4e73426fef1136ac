import fc from "fast-check";
import { expect, test } from "vitest";
import { parseLaw } from "../../src/policy/parse-law.ts";
import { parsePolicy } from "../../src/policy/parse-policy.ts";
import { MAX_BYTES, MAX_DEPTH, MAX_TOKENS, refuseText } from "../../src/policy/scan.ts";
import { parseSmall, SMALL_LAW, SMALL_POLICY } from "../support/small-documents.ts";

const FILE = { file: "hostile.yaml" };

/** Nine levels of nine aliases each: 9⁹ copies, were they expanded. */
const ALIAS_BOMB = Array.from(
  { length: 9 },
  (_, n) =>
    `l${n}: &l${n} [${
      n === 0
        ? "x"
        : Array(9)
            .fill(`*l${n - 1}`)
            .join(", ")
    }]`,
).join("\n");

const HOSTILE: readonly (readonly [string, string, string])[] = [
  ["ten megabytes", `policy: ${"x".repeat(10_000_000)}`, "too-large"],
  ["one byte too many in Korean", "가".repeat(Math.ceil(MAX_BYTES / 3) + 1), "too-large"],
  ["a million brackets", "[".repeat(1_000_000), "too-deep"],
  ["a hundred thousand braces", "{a: ".repeat(100_000), "too-deep"],
  ["a hundred thousand dashes in a line", "- ".repeat(100_000), "too-deep"],
  ["a hundred thousand question marks", "? ".repeat(100_000), "too-deep"],
  [
    "a thousand indented keys",
    Array.from({ length: 1_000 }, (_, n) => `${" ".repeat(n)}a:`).join("\n"),
    "too-deep",
  ],
  ["a hundred thousand entries", "- a\n".repeat(100_000), "too-many-nodes"],
  ["sixty thousand keys", keys(60_000), "too-many-nodes"],
  ["a bomb of aliases", ALIAS_BOMB, "alias-used"],
  ["an anchor on itself", "a: &a [*a]", "alias-used"],
  ["a tag", "a: !!js/function 'x'", "tag-used"],
  ["a null character", "policy: a\u0000b", "control-character"],
  ["an escape sequence of a terminal", "policy: \u001b[31mred", "control-character"],
  ["an override of the reading direction", "policy: \u202eevil", "control-character"],
  ["half a surrogate pair", "policy: \ud800", "control-character"],
];

/** Seconds of processor time: unlike the clock, it does not depend on what else runs. */
function busySeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function keys(count: number): string {
  return Array.from({ length: count }, (_, n) => `k${n}: 1`).join("\n");
}

test.each(HOSTILE)("%s is refused with one issue before a tree is built", (_, text, code) => {
  const started = busySeconds();
  expect(refuseText(text)?.code).toBe(code);
  for (const issues of [parsePolicy(text, FILE).issues, parseLaw(text, FILE).issues]) {
    expect(issues.map((issue) => issue.code)).toEqual([code]);
    expect(issues[0]?.place.line).toBeGreaterThanOrEqual(1);
  }
  expect(busySeconds() - started).toBeLessThan(2);
});

test("a document just within every limit is read in bounded time, however it is built", () => {
  const within = [
    keys(Math.floor(MAX_TOKENS / 3) - 1),
    `items: { ${"x".repeat(99)}: [${"a, ".repeat(MAX_TOKENS / 2 - 20)}] }`,
    `a: ${"[".repeat(MAX_DEPTH - 1)}${"]".repeat(MAX_DEPTH - 1)}`,
    `wording: { retention/row: { ko: "${"{".repeat(900_000)}" } }`,
    `policy: "${"\\u202e".repeat(100_000)}"`,
    `${"x".repeat(900_000)}: 1`,
  ];
  for (const text of within) {
    const started = busySeconds();
    expect(refuseText(text)).toBeNull();
    const { policy, issues } = parsePolicy(text, FILE);
    expect(policy).toBeNull();
    const longest = Math.max(...issues.map(({ path, message }) => path.length + message.length));
    expect(longest).toBeLessThan(3_000);
    expect(busySeconds() - started).toBeLessThan(2);
  }
});

test("text that no reader expects yields issues and never throws", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 400 }), (text) => {
      expect(parsePolicy(text, FILE).policy).toBeNull();
      expect(parseLaw(text, FILE).law).toBeNull();
    }),
    { numRuns: 300 },
  );
});

/** Fragments that mean something in YAML or in a policy. */
const FRAGMENT = fc.constantFrom(
  ...(
    "{ } [ ] : # | > ' \" % &a *a - ? null true 17 P1Y P0D unconfirmed ko en for: all items: " +
    "same_as: <<: __proto__: constructor: toString {} [] payment sign_up"
  ).split(" "),
  "\n",
  "  ",
  "- ",
);

test("a valid document with anything put in or cut out never makes the parser throw", () => {
  fc.assert(
    fc.property(
      fc.nat(SMALL_POLICY.length),
      fc.nat(60),
      fc.array(FRAGMENT, { maxLength: 4 }),
      (at, cut, fragments) => {
        const put = fragments.join("");
        const text = SMALL_POLICY.slice(0, at) + put + SMALL_POLICY.slice(at + cut);
        const { policy, issues } = parseSmall(text);
        expect(policy === null).toBe(issues.some(({ severity }) => severity === "error"));
        for (const { place } of issues) {
          expect(place.line).toBeLessThanOrEqual(text.split("\n").length);
          expect(place.column).toBeGreaterThanOrEqual(1);
        }
        const law = SMALL_LAW.slice(0, at) + put + SMALL_LAW.slice(at + cut);
        expect(parseLaw(law, FILE).issues.every(({ place }) => place.line >= 1)).toBe(true);
      },
    ),
    { numRuns: 400 },
  );
});

test("what is read is frozen through and through, and in Unicode's composed form", () => {
  const decomposed = SMALL_POLICY.replace("ko: 이메일", `ko: ${"이메일".normalize("NFD")}`);
  const { policy } = parseSmall(decomposed);
  expect(policy?.items["email"]?.label.ko).toBe("이메일");
  const thawed: string[] = [];
  const visit = (value: unknown, path: string): void => {
    if (typeof value !== "object" || value === null) return;
    if (!Object.isFrozen(value)) thawed.push(path);
    for (const [key, inner] of Object.entries(value)) visit(inner, `${path}.${key}`);
  };
  visit(policy, "policy");
  expect(thawed).toEqual([]);
});

test("nothing is found under names that every object has", () => {
  const { policy } = parseSmall();
  expect(policy?.items["constructor"]).toBeUndefined();
  expect(policy?.records["__proto__"]).toBeUndefined();
});
