import type { Contact, CookieCategory } from "../../policy/model.ts";
import { formatPeriod, labelIn } from "../format-value.ts";
import type { Block, Text } from "../page.ts";
import { ruleOf } from "../statute.ts";
import { named, stated, unstated } from "../value.ts";
import { BASIS_WORDS, RIGHT_WORDS } from "../words.ts";
import {
  cell,
  emailCell,
  factCell,
  labelCell,
  linkCell,
  listCell,
  type PageSource,
  phoneCell,
  table,
  unstatedTable,
} from "./block.ts";

/** Who runs the service: the name behind every "we". */
export function scopeBlocks({ policy, words, lang }: PageSource): readonly Block[] {
  const { label, site } = policy.controller;
  const text = words.runBy(labelIn(label, lang), site);
  return [{ kind: "note", text }];
}

export function purposeBlocks(source: PageSource): readonly Block[] {
  const { words, lang } = source;
  const purposes = Object.values(source.policy.purposes);
  return [
    ...table(
      source,
      words.purposes,
      [words.purpose, words.tasks, words.basis],
      stated(purposes).map((purpose) => [
        labelCell(source, purpose.label),
        listCell(
          source,
          purpose.tasks.map((task) => task.label),
        ),
        cell(BASIS_WORDS[purpose.basis][lang]),
      ]),
    ),
    ...unstatedTable(source, purposes, (purpose) => BASIS_WORDS[purpose.basis][lang]),
  ];
}

/** Rights the policy names, and those only the law gives, with the article that gives them. */
export function rightBlocks(source: PageSource): readonly Block[] {
  const { words, lang, law } = source;
  const rows = source.plan.rights.map(({ right, law: ruleId }): readonly Text[] => {
    const rule = ruleOf(law, ruleId);
    const demand = Object.values(law.rules)
      .map((each) => each.demand)
      .find((each) => each.kind === "right" && each.right === right);
    const within = demand?.kind === "right" ? demand.answerWithin : null;
    return [
      cell(RIGHT_WORDS[right][lang]),
      cell(rule === undefined ? words.thisPolicy : labelIn(rule.article, lang)),
      cell(within === null ? words.withoutDelay : formatPeriod(within, lang)),
    ];
  });
  return table(source, words.rights, [words.right, words.ground, words.answerWithin], rows);
}

export function cookieBlocks(source: PageSource): readonly Block[] {
  const { words, policy } = source;
  const categories = Object.values(policy.cookies?.categories ?? {});
  const others =
    policy.cookies === null ? [] : [...policy.cookies.uses, ...policy.cookies.analysis];
  return [
    ...table(
      source,
      words.cookies,
      [words.cookie, words.purpose, words.choice],
      stated(categories).map((category) => [
        labelCell(source, category.label),
        purposeCell(source, category),
        cell(category.essential ? words.always : words.untilChosen),
      ]),
    ),
    ...unstatedTable(source, [...unstated(categories), ...others], () => words.cookies),
  ];
}

function purposeCell(source: PageSource, { essential, purpose }: CookieCategory): Text {
  if (essential && purpose === null) return cell(source.words.needed);
  const purposes = named(source.policy.purposes, purpose === null ? [] : [purpose]);
  return listCell(
    source,
    purposes.map((each) => each.label),
  );
}

export function contactBlocks(source: PageSource): readonly Block[] {
  const { words } = source;
  const { officer, department, agencies } = source.policy.contacts;
  const contacts = department === null ? [officer] : [officer, department];
  return [
    ...table(
      source,
      words.contacts,
      [words.role, words.person, words.place, words.phone, words.email],
      contacts.map((contact) => contactRow(source, contact)),
    ),
    ...table(
      source,
      words.agencies,
      [words.agency, words.phone, words.site],
      stated(agencies).map((agency) => [
        labelCell(source, agency.label),
        phoneCell(agency.phone),
        linkCell(agency.url, agency.url),
      ]),
    ),
    ...unstatedTable(source, agencies, (agency) => `${agency.phone}, ${agency.url}`),
  ];
}

function contactRow(source: PageSource, contact: Contact): readonly Text[] {
  return [
    labelCell(source, contact.label),
    factCell(source, contact.name, cell),
    factCell(source, contact.title, (title) => labelCell(source, title)),
    factCell(source, contact.phone, phoneCell),
    factCell(source, contact.email, emailCell),
  ];
}

export function noticeBlocks(source: PageSource): readonly Block[] {
  const { policy, words, lang } = source;
  return table(
    source,
    words.notices,
    [words.change, words.before],
    [
      [cell(words.ordinary), cell(formatPeriod(policy.notices.ordinary, lang))],
      [cell(words.important), cell(formatPeriod(policy.notices.important, lang))],
    ],
  );
}
