import type { RecordClass } from "../../policy/model.ts";
import { formatList, formatPeriod, labelIn } from "../format-value.ts";
import type { Block, Text } from "../page.ts";
import { ruleOf } from "../statute.ts";
import { eventLabels, stated } from "../value.ts";
import { BUILT_IN_EVENT_WORDS, PAPER_METHOD_WORDS, RETENTION_BASIS_WORDS } from "../words.ts";
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

export function retentionBlocks(source: PageSource): readonly Block[] {
  const { words } = source;
  const records = Object.values(source.policy.records);
  return [
    ...table(
      source,
      words.retention,
      [words.record, words.holds, words.period, words.from, words.why],
      stated(records).map((record) => [
        labelCell(source, record.label),
        listCell(source, itemLabels(source, record.holds)),
        cell(periodOf(source, record)),
        cell(startOf(source, record)),
        reasonOf(source, record),
      ]),
    ),
    ...unstatedTable(source, records, (record) =>
      [listOf(source, itemLabels(source, record.holds)), keepingOf(source, record)].join("; "),
    ),
  ];
}

/** The period the policy states. What governs if a statute asks for more is the plan's matter. */
function periodOf(source: PageSource, record: RecordClass): string {
  const { lang, words } = source;
  if (record.keep === null) {
    const ends = eventsOf(source, record);
    return record.from.laterOf.length > 1 ? words.keptUntilLater(ends) : words.keptUntil(ends);
  }
  const period = formatPeriod(record.keep, lang);
  return record.atMost ? words.atMost(period) : period;
}

/** A record that ends with an event is there from its collection on. */
function startOf(source: PageSource, record: RecordClass): string {
  if (record.keep === null) return labelIn(BUILT_IN_EVENT_WORDS.collected, source.lang);
  const events = eventsOf(source, record);
  return record.from.laterOf.length > 1 ? source.words.later(events) : events;
}

function eventsOf(source: PageSource, record: RecordClass): string {
  return listOf(source, eventLabels(source.policy, record.from.laterOf));
}

/** Period and start in one phrase. */
function keepingOf(source: PageSource, record: RecordClass): string {
  const period = periodOf(source, record);
  return record.keep === null ? period : source.words.keptFrom(startOf(source, record), period);
}

function reasonOf(source: PageSource, record: RecordClass): Text {
  const { lang, words, law } = source;
  if (record.basis !== "law") return cell(RETENTION_BASIS_WORDS[record.basis][lang]);
  const rule = ruleOf(law, record.law);
  return rule === undefined ? { text: words.open, open: true } : cell(labelIn(rule.article, lang));
}

export function destructionBlocks(source: PageSource): readonly Block[] {
  const { words } = source;
  const { electronic, paper } = source.policy.destruction;
  const rows = [
    [
      cell(words.electronic),
      cell(electronic.separate ? words.separateDatabase : words.none),
      cell(words.unrecoverable),
    ],
  ];
  if (paper !== null) {
    const methods = paper.methods.map((method) => PAPER_METHOD_WORDS[method]);
    rows.push([
      cell(words.paper),
      cell(paper.separate ? words.separateCabinet : words.none),
      cell(
        formatList(
          methods.map((each) => each[source.lang]),
          source.lang,
          "or",
        ),
      ),
    ]);
  }
  return table(source, words.destruction, [words.medium, words.separate, words.way], rows);
}
