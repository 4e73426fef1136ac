import { deepFreeze } from "./deep-freeze.ts";
import { readDocument } from "./document.ts";
import { hasErrors, inFileOrder } from "./issue.ts";
import type { Issue } from "./issue.ts";
import { nameDuplicates } from "./name-duplicates.ts";
import type { Law, LawDemand, LawRule } from "./law.ts";
import type { Lang } from "./model.ts";
import { RIGHTS } from "./model.ts";
import {
  ID,
  amount,
  day,
  flag,
  idMatching,
  label,
  labelIn,
  mapOf,
  object,
  oneOf,
  period,
  report,
  scalarOf,
  textUpTo,
} from "./read.ts";
import type { At, Fields, Read } from "./read.ts";

export interface ParsedLaw {
  /** `null` when any issue is an error. */
  readonly law: Law | null;
  readonly issues: readonly Issue[];
}

/**
 * Parses a law file with the rigour of a policy: all issues at once, hostile text refused.
 * @example
 * const { law } = parseLaw(text, { file: "laws/kr.yaml" });
 * law?.rules["kr/pipa-21-1"]?.article.ko; // "개인정보 보호법 제21조 제1항"
 */
export function parseLaw(text: string, { file }: { readonly file: string }): ParsedLaw {
  const { root, issues: refused } = readDocument(text, file);
  if (root === null) return { law: null, issues: inFileOrder(refused) };
  const issues = [...refused];
  const { place } = root;
  const shared = { issues, languages: writtenLanguages(root), idMaps: new Set<string>() };
  const law = deepFreeze(readLaw({ node: root, path: "", place, keyPlace: place, shared }));
  const named = nameDuplicates(issues, shared.idMaps);
  return { law: hasErrors(named) ? null : law, issues: inFileOrder(named) };
}

/** A law file is written in the languages of its own title. */
function writtenLanguages(root: At["node"]): readonly Lang[] {
  const langs = ["ko", "en"] as const satisfies readonly Lang[];
  if (root.kind !== "map") return [];
  const written = langs.filter((lang) => root.entries.some(({ key }) => key === lang));
  return written.length > 0 ? written : ["en"];
}

const RULE_NAME = /^[a-z][a-z0-9_.-]{0,79}$/;
const id = idMatching(ID);

const readLaw: Read<Law> = object((fields) => {
  fields.need("jikim_law", formatVersion, null);
  const name = fields.need("law", id, "");
  const asOf = fields.need("as_of", day, "1970-01-01");
  const named = fields.need(
    "rules",
    mapOf((rule, at) => readRule(`${name}/${rule}`)(at), RULE_NAME),
    {},
  );
  const rules: Record<string, LawRule> = Object.create(null) as Record<string, LawRule>;
  for (const rule of Object.values(named)) rules[rule.id] = rule;
  return { id: name, label: labelIn(fields), asOf, rules };
});

const formatVersion: Read<null> = (at) => {
  if (scalarOf(at) !== 1) report(at, "version-unknown", "only `jikim_law: 1` is known");
  return null;
};

const text = textUpTo(500);
const since: Read<string | null> = (at) => (scalarOf(at) === "unknown" ? null : day(at));

function readRule(name: string): Read<LawRule> {
  return object((fields) => ({
    id: name,
    label: labelIn(fields),
    topic: fields.need("topic", id, ""),
    article: fields.need("article", label, {}),
    since: fields.need("since", since, null),
    source: fields.need("source", text, ""),
    mark: fields.need("mark", oneOf(["F1", "F2", "U"]), "U"),
    demand: fields.need("demand", demand, STATEMENT),
  }));
}

const STATEMENT: LawDemand = { kind: "statement" };
const DEMAND_KINDS = [
  "parameter",
  "retention",
  "retention_basis",
  "right",
  "overseas_disclosure",
  "processor_disclosure",
  "basis_disclosure",
  "no_disclaimer",
  "agency",
  "statement",
] as const satisfies readonly LawDemand["kind"][];

const demand: Read<LawDemand> = object((fields) => {
  const kind = fields.need("kind", oneOf(DEMAND_KINDS), "statement");
  return readDemand(kind, fields);
});

function readDemand(kind: LawDemand["kind"], fields: Fields): LawDemand {
  switch (kind) {
    case "parameter":
      return {
        kind,
        parameter: fields.need("parameter", id, ""),
        value: fields.need("value", amount, 0),
        bound: fields.need("bound", oneOf(["at_most", "at_least"]), "at_most"),
      };
    case "retention":
      return {
        kind,
        category: fields.need("category", id, ""),
        keep: fields.need("keep", period, "P1D"),
        personal: fields.need("personal", flag, false),
      };
    case "right":
      return {
        kind,
        right: fields.need("right", oneOf(RIGHTS), "access"),
        answerWithin: fields.may("answer_within", period, null),
      };
    case "agency":
      return { kind, agency: fields.need("agency", id, "") };
    case "retention_basis":
    case "overseas_disclosure":
    case "processor_disclosure":
    case "basis_disclosure":
    case "no_disclaimer":
    case "statement":
      return { kind };
    default:
      throw new Error("unknown demand", { cause: kind satisfies never });
  }
}
