/**
 * Suppression of small cells (exception C, P3.6). A cell with fewer people than the limit is left
 * out, value and all. Where what was left out could be computed from the total, because it is one
 * cell or all of it is fewer people than the limit, the smallest cell still shown is left out too,
 * until it cannot.
 */
import { assert } from "../../base/assert.ts";

export interface Cell {
  readonly value: string;
  readonly people: number;
}

export interface Table {
  /** Most people first. */
  readonly cells: readonly Cell[];
  /** Cells that were left out. */
  readonly suppressed: number;
  /** Everyone counted, those left out too; `null` where that is fewer than the limit. */
  readonly total: number | null;
}

/**
 * @param smallest fewest people in a cell that is shown; at least 2
 * @example suppressSmall([{ value: "KR", people: 9 }, { value: "JP", people: 1 }], 5)
 */
export function suppressSmall(counts: readonly Cell[], smallest: number): Table {
  assert(smallest >= 2, "a cell of one is a person");
  const sorted = counts.toSorted((a, b) => b.people - a.people || (a.value < b.value ? -1 : 1));
  const total = sumOf(sorted);
  let shown = sorted.filter(({ people }) => people >= smallest).length;
  for (; shown > 0; shown -= 1) {
    const hidden = sorted.slice(shown);
    if (hidden.length === 0 || (hidden.length > 1 && sumOf(hidden) >= smallest)) break;
  }
  const alone = shown === 0 && sorted.length === 1;
  return Object.freeze({
    cells: Object.freeze(sorted.slice(0, shown)),
    suppressed: sorted.length - shown,
    total: total < smallest || alone ? null : total,
  });
}

function sumOf(cells: readonly Cell[]): number {
  return cells.reduce((sum, { people }) => sum + people, 0);
}
