import { describe, expect, test } from "vitest";
import { endBar, passedShare } from "../../src/html/end-bar.ts";
import { count, dayInWords, daysLeft, periodInWords } from "../../src/html/figures.ts";
import { choice, errorSummary, field } from "../../src/html/form-parts.ts";
import { html } from "../../src/html/markup.ts";
import type { Markup } from "../../src/html/markup.ts";
import { shareStrip } from "../../src/html/share-strip.ts";

/** Markup of one piece is text already; only a page may wait for something. */
function text(markup: Markup): string {
  if (markup instanceof Promise) throw new Error("this part waits for nothing");
  return markup.toString();
}

describe("figures", () => {
  test.each([
    [dayInWords("2026-11-03", "ko"), "2026년 11월 3일"],
    [dayInWords("2026-11-03", "en"), "3 November 2026"],
    [daysLeft(365, "ko"), "365일 남음"],
    [daysLeft(1, "en"), "1 day left"],
    [daysLeft(0, "ko"), "오늘까지"],
    [daysLeft(-2, "en"), "2 days past"],
    [periodInWords("P1Y6M", "ko"), "1년 6개월"],
    [periodInWords("P3M", "en"), "3 months"],
    [periodInWords("PT72H", "ko"), "72시간"],
    [count(14_000), "14,000"],
  ])("are written %j", (written, expected) => {
    expect(written).toBe(expected);
  });
});

describe("the bar to an end", () => {
  test.each([
    ["2026-01-01", "2026-01-11", "2026-01-01", 0],
    ["2026-01-01", "2026-01-11", "2026-01-06", 0.5],
    ["2026-01-01", "2026-01-11", "2026-02-01", 1],
    ["2026-01-01", "2026-01-11", "2025-12-01", 0],
    ["2026-01-01", "2026-01-01", "2026-01-01", 1],
  ])("from %s to %s on %s has passed %d", (from, to, today, share) => {
    expect(passedShare({ from, to, today })).toBe(share);
  });

  test("claims no length while the end is open", () => {
    const bar = text(endBar({ from: "2026-01-01", to: null, today: "2026-01-06" }));
    expect(bar).toContain("dash");
    expect(bar).not.toContain("tick");
  });
});

test("the strip of shares leaves out what is none and never divides by nothing", () => {
  expect(text(shareStrip([["kept", 0]]))).not.toContain("<rect");
  expect(
    text(
      shareStrip([
        ["kept", 1],
        ["broken", 0],
      ]),
    ).match(/<rect/g),
  ).toHaveLength(1);
});

describe("form parts", () => {
  test("escape whatever was typed", () => {
    const it = { name: "a", label: "<i>", required: true, value: '"><script>' };
    const shown = text(field(it, "ko"));
    expect(shown).not.toContain("<script>");
    expect(shown).not.toContain("<i>");
  });

  test("never write a password back", () => {
    const it = {
      name: "p",
      label: "p",
      required: true,
      type: "password",
      value: "secret",
    } as const;
    expect(text(field(it, "ko"))).not.toContain("secret");
  });

  test("tie hint and error to their field", () => {
    const it = { name: "a", label: "A", required: false, hint: "h", error: "e" };
    expect(text(field(it, "en"))).toContain('aria-describedby="a-error a-hint"');
  });

  test("tick nothing by themselves", () => {
    const box = choice({ name: "c", label: "C", required: false, text: html`t` }, "en");
    expect(text(box)).not.toContain("checked");
  });

  test("show no summary where nothing is wrong", () => {
    expect(text(errorSummary([], "ko"))).toBe("");
  });
});
