/** One spelling for what means the same, and what a value must look like at all. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { hasFormat } from "../../src/engine/collection/format.ts";
import { normalise } from "../../src/engine/collection/normalise.ts";
import type { ItemFormat } from "../../src/policy/model.ts";

interface Vector {
  readonly format: ItemFormat;
  readonly value: string;
  readonly country?: string;
  readonly normal: string;
}
const VECTORS = JSON.parse(
  readFileSync(new URL("../vectors/normalise.json", import.meta.url), "utf8"),
) as readonly Vector[];

test.each(VECTORS)("$format $value is $normal", ({ format, value, country = "KR", normal }) => {
  expect(normalise(format, value, country)).toBe(normal);
});

test.each(VECTORS)("the normal form of $value is its own", ({ format, country = "KR", normal }) => {
  // A trunk prefix is only read once: without a known country bare digits stay bare.
  expect(normalise(format, normal, country)).toBe(normal);
});

const ACCEPTED: readonly (readonly [ItemFormat, string])[] = [
  ["email", "a@example.org"],
  ["email", "first.last+tag@sub.example.org"],
  ["email", "김@예시.example"],
  ["phone", "010-0000-0000"],
  ["phone", "+82 2-0000-0000"],
  ["country", "KR"],
  ["country", "kr"],
  ["ip", "192.0.2.1"],
  ["ip", "2001:db8::1"],
  ["postcode", "06164"],
  ["postcode", "D02 X285"],
  ["password", "12345678"],
  ["text", "line\nline\ttab"],
];
const REFUSED: readonly (readonly [ItemFormat, string])[] = [
  ["email", "a"],
  ["email", "a@b"],
  ["email", "a@@example.org"],
  ["email", "a b@example.org"],
  ["email", "a@example..org"],
  ["email", "a@-example.org"],
  ["email", "<a@example.org>"],
  ["email", "a@example.org\nBcc: b@example.org"],
  ["email", `${"a".repeat(65)}@example.org`],
  ["phone", "call me"],
  ["phone", "123"],
  ["phone", "1".repeat(20)],
  ["phone", "+"],
  ["country", "KOR"],
  ["country", "ZZ"],
  ["country", "한국"],
  ["ip", "192.0.2.256"],
  ["ip", "localhost"],
  ["postcode", "!"],
  ["postcode", "12345678901234"],
  ["password", "1234567"],
  ["text", "nul\u0000"],
  ["text", "\u202egnp.exe"],
  ["text", "\ud800"],
];
describe("formats", () => {
  test.each(ACCEPTED)("%s takes %j", (format, value) => {
    expect(hasFormat(format, value, "KR")).toBe(true);
  });
  test.each(REFUSED)("%s refuses %j", (format, value) => {
    expect(hasFormat(format, value, "KR")).toBe(false);
  });
});
