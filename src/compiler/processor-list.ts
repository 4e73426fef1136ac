/**
 * The list of processors in words (PIPA 26②): who, for what, which items, where, until when. One
 * shape for the page, the table and the programs that read it.
 */
import type { Lang, Policy, Processor } from "../policy/model.ts";
import { isOverseas } from "./compile-record.ts";
import { formatCountry, formatList, labelIn } from "./format-value.ts";
import { eventLabels, isOpen, named } from "./value.ts";

/** `null` where the policy leaves a fact open. */
export interface ListedProcessor {
  readonly id: string;
  readonly name: string;
  readonly works: readonly string[];
  readonly items: readonly string[];
  readonly country: string | null;
  readonly contact: string | null;
  readonly until: string;
  readonly overseas: boolean;
  /** What a transfer abroad must tell (PIPA 28의8②); null at home, or while it is open. */
  readonly transfer: {
    readonly when: string;
    readonly method: string;
    readonly refusal: string;
  } | null;
}

/** Every processor of the policy, in its order. */
export function listProcessors(policy: Policy, lang: Lang): readonly ListedProcessor[] {
  return Object.values(policy.processors).map((processor) => listed(policy, processor, lang));
}

function listed(policy: Policy, processor: Processor, lang: Lang): ListedProcessor {
  const works = named(policy.works, processor.work);
  const items = [...new Set(works.flatMap((work) => work.items))];
  const { country, contact, overseas } = processor;
  const abroad = isOverseas(policy, processor);
  const ends = eventLabels(policy, processor.until).map((event) => labelIn(event, lang));
  return Object.freeze({
    id: processor.id,
    name: labelIn(processor.label, lang),
    works: works.map((work) => labelIn(work.label, lang)),
    items: named(policy.items, items).map((item) => labelIn(item.label, lang)),
    country: isOpen(country) ? null : formatCountry(country, lang),
    contact: isOpen(contact) ? null : contact,
    until: formatList(ends, lang, "or"),
    overseas: abroad,
    transfer:
      isOpen(overseas) || !abroad
        ? null
        : {
            when: labelIn(overseas.when, lang),
            method: labelIn(overseas.method, lang),
            refusal: labelIn(overseas.refusal, lang),
          },
  });
}
