import type { Occasion } from "../../policy/model.ts";
import type { Block } from "../page.ts";
import { stated, unstated } from "../value.ts";
import {
  cell,
  itemLabels,
  labelCell,
  listCell,
  listOf,
  type PageSource,
  table,
  unstatedTable,
} from "./block.ts";

export function collectionBlocks(source: PageSource): readonly Block[] {
  const { policy, words } = source;
  const occasions = Object.values(policy.occasions);
  const missing = unstated(occasions);
  // An item of an occasion in that table is named there already.
  const named = new Set(missing.flatMap((each) => [...each.requires, ...each.offers]));
  const items = unstated(Object.values(policy.items)).filter((item) => !named.has(item.id));
  return [
    ...table(
      source,
      words.occasions,
      [words.occasion, words.required, words.optional, words.automatic],
      stated(occasions).map((occasion) => occasionRow(source, occasion)),
    ),
    ...table(
      source,
      words.methods,
      [words.method, words.source],
      stated(Object.values(policy.methods)).map((method) => [
        labelCell(source, method.label),
        cell(words.sources[method.source]),
      ]),
    ),
    ...unstatedTable(source, [...missing, ...items], (thing) =>
      "requires" in thing ? itemsOf(source, thing) : occasionsOf(source, thing.id),
    ),
  ];
}

/** Items nobody types stand in a column of their own: "optional" would be untrue of them. */
function occasionRow(source: PageSource, occasion: Occasion) {
  const all = [...occasion.requires, ...occasion.offers];
  const [required, optional, automatic] = occasion.automatic
    ? [[], [], all]
    : [occasion.requires, occasion.offers, []];
  return [
    labelCell(source, occasion.label),
    listCell(source, itemLabels(source, required)),
    listCell(source, itemLabels(source, optional)),
    listCell(source, itemLabels(source, automatic)),
  ];
}

function itemsOf(source: PageSource, occasion: Occasion): string {
  return listOf(source, itemLabels(source, [...occasion.requires, ...occasion.offers]));
}

function occasionsOf(source: PageSource, item: string): string {
  const occasions = [...source.plan.gates.values()].filter((gate) => gate.allowed.has(item));
  return listCell(
    source,
    occasions.map((gate) => gate.occasion.label),
  ).text;
}
