import { describe, expect, test } from "vitest";
import { PROMISE_FORMS } from "../../src/compiler/promise.ts";
import { renderSentence } from "../../src/compiler/render-sentence.ts";
import { SENTENCE_PLACEHOLDERS } from "../../src/compiler/sentences.ts";
import { SENTENCES } from "../../src/compiler/sentences-table.ts";
import { fillTemplate, placeholdersOf } from "../../src/compiler/template.ts";
import { count, labels, NOTHING, OPEN, period } from "../../src/compiler/value.ts";
import { literalFigure } from "../../src/policy/check-wording.ts";
import type { Policy } from "../../src/policy/model.ts";
import { SHIPPED, shipped } from "../support/compiled.ts";

describe("templates", () => {
  test.each(PROMISE_FORMS)("%s binds the same placeholders in both languages", (form) => {
    const { ko, en } = SENTENCES[form];
    expect(placeholdersOf(en)).toEqual(placeholdersOf(ko));
    expect(SENTENCE_PLACEHOLDERS[form]).toEqual(placeholdersOf(ko));
  });

  test.each(PROMISE_FORMS)("%s has no figure of its own and ends as a sentence", (form) => {
    for (const text of Object.values(SENTENCES[form])) {
      expect(literalFigure(text.replaceAll(/\{[^}]*\}/g, ""))).toBeNull();
      expect(text).toMatch(/[.}\]]$/);
      expect(text.replaceAll(/\{[a-z_]+(:[^{}]+)?\}/g, "")).not.toMatch(/[{}]/);
    }
    expect(SENTENCES[form].ko).toMatch(/[가-힣]/);
    expect(SENTENCES[form].en).not.toMatch(/[가-힣]/);
  });

  test.each(SHIPPED)("%s: each rule supplies exactly what its template speaks of", (name) => {
    for (const { form, values } of shipped(name).promises) {
      expect([form, Object.keys(values).toSorted()]).toEqual([form, SENTENCE_PLACEHOLDERS[form]]);
    }
  });
});

describe("filling", () => {
  const items = labels([
    { ko: "이름", en: "name" },
    { ko: "국가", en: "country" },
    { ko: "이메일", en: "e-mail" },
  ]);
  test.each([
    ["ko", "{items:을} 받습니다.", "이름, 국가, 이메일을 받습니다."],
    ["ko", "{items:으로} 찾습니다.", "이름, 국가, 이메일로 찾습니다."],
    ["ko", "{items:또는} 가운데", "이름, 국가 또는 이메일 가운데"],
    ["en", "we take {items}.", "We take name, country, and e-mail."],
    ["en", "{items:or}.", "Name, country, or e-mail."],
    ["ko", "끝[ 그리고 {none:을}].", "끝."],
    ["ko", "끝[ {days} 안에][ {none:을} {days}].", "끝 7일 안에."],
    ["ko", "[바로가기] {number}개", "[바로가기] 13개"],
    ["en", "{number:article/articles}", "13 articles"],
    ["en", "{single:article/articles}", "1 article"],
  ] as const)("%s: %s", (lang, template, expected) => {
    const values = {
      items,
      none: NOTHING,
      days: period("P7D"),
      number: count(13),
      single: count(1),
    };
    expect(fillTemplate(template, values, lang)).toEqual({ text: expected, open: false });
  });

  test("an open fact is said to be open", () => {
    expect(fillTemplate("책임자: {name}.", { name: OPEN }, "ko")).toEqual({
      text: "책임자: 확인 필요.",
      open: true,
    });
    expect(fillTemplate("Officer: {name}.", { name: OPEN }, "en").text).toBe(
      "Officer: to be confirmed.",
    );
  });

  test("a placeholder bound to nothing is a broken assumption, not an empty text", () => {
    expect(() => fillTemplate("{nobody}", {}, "ko")).toThrow(/nobody/);
  });
});

describe("figures come from the data", () => {
  const sentence = (policy: Policy, key: string, lang: "ko" | "en"): string => {
    const { promises } = shipped("remotemeeting");
    const found = promises.find((promise) => promise.key === key);
    if (found === undefined) throw new Error(`no promise ${key}`);
    return renderSentence(found, policy, lang).text;
  };
  const { policy } = shipped("remotemeeting");

  test.each([
    ["retention/row/usage", "1년", "1 year"],
    ["retention/row/recording", "최대 3개월", "up to 3 months"],
    ["notice/ordinary", "7일", "7 days"],
    ["notice/dates", "2021년 1월 28일", "28 January 2021"],
    ["collection/minimum_age", "만 14세", "under 14"],
    ["collection/optional/sign_up", "전화번호, 회사명은", "phone number and company name"],
    ["scope/headings", "13개 조", "13"],
    ["processor/closed_list", "8곳", "8"],
    ["contact/shown", "확인 필요", "to be confirmed"],
  ])("%s says %s and %s", (key, ko, en) => {
    expect(sentence(policy, key, "ko")).toContain(ko);
    expect(sentence(policy, key, "en")).toContain(en);
  });

  test("the policy's own wording goes first, that of the key before that of the form", () => {
    const form = { ko: "{record}: {period}" };
    const worded = { ...policy, wording: { "retention/row": form } };
    expect(sentence(worded, "retention/row/usage", "ko")).toBe("서비스 이용 기록: 1년");
    expect(sentence(worded, "retention/row/usage", "en")).toContain("We keep usage records");
    const key = { ko: "{period}만" };
    const both = { ...policy, wording: { "retention/row": form, "retention/row/usage": key } };
    expect(sentence(both, "retention/row/usage", "ko")).toBe("1년만");
    expect(sentence(both, "retention/row/recording", "ko")).toBe("녹화 파일: 3개월");
  });
});

test("no sentence is taken over from the text of 2021", () => {
  // Phrases by which that text is known; the project says the same in its own words.
  const phrases = [
    "최선을 다하고 있습니다",
    "원칙적으로 이용자의 개인정보를",
    "지체 없이 개인정보를 파기합니다",
    "일체의 책임을 지지 않습니다",
    "귀하",
    "하고자 합니다",
  ];
  for (const { ko } of Object.values(SENTENCES)) {
    for (const phrase of phrases) expect(ko).not.toContain(phrase);
  }
});
