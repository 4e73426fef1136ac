import type { Label, Processor, Recipient } from "../../policy/model.ts";
import { isOverseas } from "../compile-record.ts";
import { formatCountry, formatList, formatPeriod, labelIn } from "../format-value.ts";
import type { Block, Text } from "../page.ts";
import { eventLabels, isOpen, named, stated } from "../value.ts";
import {
  cell,
  emailCell,
  factCell,
  itemLabels,
  labelCell,
  listCell,
  listOf,
  type PageSource,
  table,
  unstatedTable,
} from "./block.ts";

export function provisionBlocks(source: PageSource): readonly Block[] {
  const { policy, words } = source;
  const recipients = Object.values(policy.provision.recipients);
  return [
    ...table(
      source,
      words.recipients,
      [words.recipient, words.purpose, words.items, words.keep],
      stated(recipients).map((recipient) => recipientRow(source, recipient)),
    ),
    ...unstatedTable(source, recipients, (recipient) =>
      listOf(source, itemLabels(source, recipient.items)),
    ),
  ];
}

function recipientRow(source: PageSource, recipient: Recipient): readonly Text[] {
  const purposes = named(source.policy.purposes, [recipient.purpose]);
  return [
    labelCell(source, recipient.label),
    listCell(
      source,
      purposes.map((purpose) => purpose.label),
    ),
    listCell(source, itemLabels(source, recipient.items)),
    cell(formatPeriod(recipient.keep, source.lang)),
  ];
}

export function processorBlocks(source: PageSource): readonly Block[] {
  const { policy, words } = source;
  const processors = Object.values(policy.processors);
  return [
    ...table(
      source,
      words.processors,
      [words.processor, words.work, words.items, words.country, words.contact, words.until],
      stated(processors).map((processor) => processorRow(source, processor)),
    ),
    ...table(
      source,
      words.overseas,
      [words.processor, words.country, words.when, words.transferMethod, words.refusal],
      stated(processors)
        .filter((processor) => isOverseas(policy, processor))
        .map((processor) => overseasRow(source, processor)),
    ),
    ...unstatedTable(source, [...processors, ...Object.values(policy.works)], (thing) =>
      "work" in thing
        ? listOf(source, itemLabels(source, sent(source, thing)))
        : listOf(source, doersOf(processors, thing.id)),
    ),
  ];
}

/** Who does a work. */
function doersOf(processors: readonly Processor[], work: string): readonly Label[] {
  return processors.filter((each) => each.work.includes(work)).map((each) => each.label);
}

function processorRow(source: PageSource, processor: Processor): readonly Text[] {
  const works = named(source.policy.works, processor.work);
  const name = labelCell(source, processor.label);
  return [
    processor.verify ? { text: `${name.text} (${source.words.open})`, open: true } : name,
    listCell(
      source,
      works.map((work) => work.label),
    ),
    listCell(source, itemLabels(source, sent(source, processor))),
    factCell(source, processor.country, (country) => cell(formatCountry(country, source.lang))),
    factCell(source, processor.contact, contactCell),
    untilCell(source, processor),
  ];
}

function sent(source: PageSource, processor: Processor): readonly string[] {
  return [...(source.plan.processors.get(processor.id)?.items ?? [])];
}

/** An address is a link, and is not spelled like a sentence. */
function contactCell(contact: string): Text {
  return /^[^\s@]+@[^\s@]+$/.test(contact) ? emailCell(contact) : cell(contact);
}

function untilCell(source: PageSource, processor: Processor): Text {
  const { policy, words, lang } = source;
  const labels = eventLabels(policy, processor.until).map((event) => labelIn(event, lang));
  const events = formatList(labels, lang, lang === "ko" ? "and" : "or");
  return cell(
    processor.until.length > 1 ? words.whicheverEarlier(events) : words.untilEvent(events),
  );
}

function overseasRow(source: PageSource, processor: Processor): readonly Text[] {
  const { overseas } = processor;
  const part = (name: "when" | "method" | "refusal"): Text =>
    isOpen(overseas)
      ? { text: source.words.open, open: true }
      : cell(labelIn(overseas[name], source.lang));
  return [
    labelCell(source, processor.label),
    factCell(source, processor.country, (country) => cell(formatCountry(country, source.lang))),
    part("when"),
    part("method"),
    part("refusal"),
  ];
}
