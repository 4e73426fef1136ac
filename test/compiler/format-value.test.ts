import { expect, test } from "vitest";
import { formatDay, formatList, formatPeriod, labelIn } from "../../src/compiler/format-value.ts";

test.each([
  ["P1Y", "1년", "1 year"],
  ["P3M", "3개월", "3 months"],
  ["P7D", "7일", "7 days"],
  ["P2W", "2주", "2 weeks"],
  ["PT72H", "72시간", "72 hours"],
  ["P1Y6M", "1년 6개월", "1 year and 6 months"],
  ["P1Y6M1D", "1년 6개월 1일", "1 year, 6 months, and 1 day"],
])("%s is %s, %s", (text, ko, en) => {
  expect(formatPeriod(text, "ko")).toBe(ko);
  expect(formatPeriod(text, "en")).toBe(en);
});

test("days are written out", () => {
  expect(formatDay("2021-01-28", "ko")).toBe("2021년 1월 28일");
  expect(formatDay("2021-12-03", "en")).toBe("3 December 2021");
});

test.each([
  [[], "", ""],
  [["a"], "a", "a"],
  [["a", "b"], "a, b", "a and b"],
  [["a", "b", "c"], "a, b, c", "a, b, and c"],
  [["a and b", "c"], "a and b, c", "a and b, and c"],
  [["A Co., Ltd.", "b"], "A Co., Ltd., b", "A Co., Ltd., and b"],
  [["a and b", "c", "d"], "a and b, c, d", "a and b, c, and d"],
])("the list %j", (words, ko, en) => {
  expect(formatList(words, "ko")).toBe(ko);
  expect(formatList(words, "en")).toBe(en);
});

test("a label a statute has in one language only is shown in that one", () => {
  expect(labelIn({ ko: "가" }, "en")).toBe("가");
  expect(labelIn({ ko: "가", en: "a" }, "en")).toBe("a");
});
