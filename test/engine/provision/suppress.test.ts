/** Small cells: what is left out cannot be computed from what is shown. */
import { describe, expect, test } from "vitest";
import { suppressSmall } from "../../../src/engine/provision/suppress.ts";

const cells = (...people: readonly number[]) =>
  people.map((count, index) => ({ value: `v${index}`, people: count }));

describe("with a limit of five", () => {
  test.each([
    ["nothing small leaves all of it", [9, 7, 5], [9, 7, 5], 21],
    ["two small cells of enough people are left out", [9, 4, 3], [9], 16],
    ["one small cell takes the next with it", [9, 7, 4], [9], 20],
    ["small cells of too few people take the next with them", [20, 9, 1, 1], [20], 31],
    ["a single small cell is nothing at all", [4], [], null],
    ["a single large cell is shown", [5], [5], 5],
    ["one large and one small: neither", [9, 1], [], 10],
    ["only small ones: their total, when it is large enough", [3, 3], [], 6],
    ["only small ones of too few people: nothing", [2, 2], [], null],
    ["nobody at all", [], [], null],
  ])("%s", (_says, people, shown, total) => {
    const table = suppressSmall(cells(...people), 5);
    expect(table.cells.map((cell) => cell.people)).toEqual(shown);
    expect(table.suppressed).toBe(people.length - shown.length);
    expect(table.total).toBe(total);
  });
});

test("whoever knows the table and its total knows no small cell", () => {
  // Every table of up to four cells of up to eight people, for three limits.
  const sizes = [1, 2, 3, 4].flatMap((length) => tables(length, 8));
  for (const smallest of [2, 3, 5]) {
    for (const people of sizes) {
      const { cells: shown, suppressed, total } = suppressSmall(cells(...people), smallest);
      expect(shown.every((cell) => cell.people >= smallest)).toBe(true);
      const rest = total === null ? null : total - shown.reduce((sum, one) => sum + one.people, 0);
      if (suppressed === 0 || rest === null) continue;
      expect(suppressed, `${people.join()} with ${smallest}`).toBeGreaterThan(1);
      expect(rest).toBeGreaterThanOrEqual(smallest);
    }
  }
});

function tables(length: number, most: number): readonly (readonly number[])[] {
  if (length === 0) return [[]];
  return tables(length - 1, most).flatMap((rest) =>
    Array.from({ length: most }, (_, index) => [...rest, index + 1]),
  );
}
