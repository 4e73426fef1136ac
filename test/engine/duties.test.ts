/** What is said to be carried out names something that is there. */
import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { PROMISE_FORMS } from "../../src/compiler/promise.ts";
import { DUTIES } from "../../src/engine/duties.ts";

const root = new URL("../../", import.meta.url);
const carriedOut = PROMISE_FORMS.flatMap((form) => {
  const duty = DUTIES[form];
  return duty.state === "carried_out" ? [{ form, by: duty.by }] : [];
});

test.each(carriedOut)("$form is carried out by $by", ({ by }) => {
  expect(by).toMatch(/^(?:src|reference)\//);
  expect(existsSync(new URL(by, root))).toBe(true);
});

test("every form has a duty, and the table does not flatter", () => {
  expect(Object.keys(DUTIES).toSorted()).toEqual([...PROMISE_FORMS].toSorted());
  expect(carriedOut.length).toBeGreaterThan(10);
  expect(DUTIES["safeguard/antivirus"].state).toBe("not_yet");
});
