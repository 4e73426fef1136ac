/**
 * Which kind of change a difference is, by where it stands in the policy. The first pattern that
 * fits decides; what no pattern knows is `other-changed`, which is important: fail closed.
 */
import { comparePeriods, isPeriod } from "../base/calendar.ts";
import type { ChangeKind } from "./change-rules.ts";
import type { Difference, Json } from "./differences.ts";
import type { Policy } from "./model.ts";

/** Both versions, for kinds that depend on more than the difference itself. */
export interface Versions {
  readonly before: Policy;
  readonly after: Policy;
}
/** `null`: another difference of the same pair already says it. */
type Decide = (difference: Difference, versions: Versions, parts: readonly string[]) => Kind;
type Kind = ChangeKind | null;
/** `*` is one part of a path, `**` one or more. */
type Pattern = readonly [path: string, decide: ChangeKind | Decide];

/** The kind of change, or `null` when another difference of the pair already tells it. */
export function kindOf(difference: Difference, versions: Versions): Kind {
  if (difference.on === "reordered") return "order-changed";
  for (const { expression, decide } of COMPILED) {
    const match = expression.exec(difference.path);
    if (!match) continue;
    if (typeof decide === "string") return decide;
    return decide(difference, versions, match.slice(1));
  }
  return "other-changed";
}

/** Paths whose parts say nothing alone: a label in two languages, a trigger, a contact. */
export function differsAsOne(path: string): boolean {
  return WHOLE.some((expression) => expression.test(path));
}

/** Added, removed, and anything else, which is then important where either is. */
function addedOr(added: ChangeKind, removed: ChangeKind, changed: ChangeKind = added): Decide {
  return ({ on }) => (on === "added" ? added : on === "removed" ? removed : changed);
}

/** A switch whose true protects people; any other value counts as off. */
function whenTrue(on: ChangeKind, off: ChangeKind): Decide {
  return ({ after }) => (after === true ? on : off);
}

function periods(longer: ChangeKind, shorter: ChangeKind): Decide {
  return ({ before, after }) => {
    // No period means the records die with the event itself.
    if (before === null || after === null) return before === null ? longer : shorter;
    if (!isPeriodText(before) || !isPeriodText(after)) return longer;
    const order = comparePeriods(after, before);
    // P12M for P1Y: the same time in other words.
    return order === 0 ? "wording-changed" : order < 0 ? shorter : longer;
  };
}

const itemTaken: Decide = ({ on }, { before, after }, [occasion = "", list, item = ""]) => {
  const [was, is] = [before.occasions[occasion], after.occasions[occasion]];
  const other = list === "requires" ? "offers" : "requires";
  if (on === "added") {
    if (was?.[other].includes(item) !== true) return "item-collected";
    return list === "requires" ? "item-required" : "item-optional";
  }
  if (on !== "removed") return "other-changed";
  // Moved from one list to the other: the addition says it, if it was not there before as well.
  const moved = is?.[other].includes(item) === true && was?.[other].includes(item) !== true;
  return moved ? null : "item-no-longer-collected";
};

const processorAdded: Decide = ({ on, after: processor }, { after }) => {
  if (on === "removed") return "processor-removed";
  const country = isObject(processor) ? processor["country"] : null;
  return country === after.controller.country ? "processor-added" : "processor-added-abroad";
};

const processorCountry: Decide = ({ after: country }, { after }) =>
  country === after.controller.country ? "processor-at-home" : "processor-abroad";

const gap: Decide = whenTrue("gap-opened", "gap-closed");

function isPeriodText(value: Json): value is string {
  return typeof value === "string" && isPeriod(value);
}

function isObject(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const PATTERNS: readonly Pattern[] = [
  ["announced", "version-dated"],
  ["effective", "version-dated"],
  ["controller.label", "controller-changed"],
  ["controller.country", "controller-changed"],
  ["controller.service", "label-changed"],
  ["controller.site", "contact-changed"],
  ["law", "law-changed"],
  ["timeZone", "time-zone-changed"],
  ["languages.*", addedOr("language-added", "language-removed", "other-changed")],
  ["people.*", "people-changed"],
  ["articles", "article-changed"],
  ["resolutions.*", "resolution-changed"],
  ["minimumAge", "minimum-age-changed"],
  ["wording.*", "wording-changed"],
  ["parameters.*", "parameter-changed"],
  ["duties.*", addedOr("user-duty-added", "user-duty-removed")],
  ["safeguards.*", addedOr("safeguard-added", "safeguard-removed", "safeguard-removed")],
  ["notices.*", periods("notice-lengthened", "notice-shortened")],
  ["destruction.**", "destruction-changed"],
  ["contacts.officer", "contact-changed"],
  ["contacts.department", "contact-changed"],
  ["contacts.agencies.**", "agency-changed"],

  // Marks and names of anything declared.
  ["**.per", "resolution-changed"],
  ["**.per.*", "resolution-changed"],
  ["**.gap", gap],
  ["**.label", "label-changed"],

  ["items.*", addedOr("item-added", "item-removed")],
  ["items.*.stored", "item-storage-changed"],
  ["items.*.format", "item-format-changed"],
  ["items.*.find", "item-format-changed"],
  ["items.*.maxLength", "item-format-changed"],
  ["methods.*", addedOr("word-declared", "word-removed", "other-changed")],
  ["methods.*.source", "method-source-changed"],
  ["declarations.*", addedOr("word-declared", "word-removed", "other-changed")],
  ["events.*.atWithdrawal", "retention-trigger-changed"],
  ["events.*", addedOr("word-declared", "word-removed", "other-changed")],
  ["consents.*", addedOr("consent-added", "consent-removed")],
  ["consents.*.purposes.*", "consent-changed"],
  ["consents.*.occasions.*", "consent-changed"],
  ["purposes.*", addedOr("purpose-added", "purpose-removed")],
  ["purposes.*.basis", "purpose-basis-changed"],
  ["purposes.*.basisStated", "basis-statement-changed"],
  ["purposes.*.tasks.*", addedOr("task-added", "task-removed")],
  ["purposes.*.tasks.*.duty", "task-changed"],

  ["occasions.*", addedOr("occasion-added", "occasion-removed")],
  ["occasions.(*).(requires).(*)", itemTaken],
  ["occasions.(*).(offers).(*)", itemTaken],
  ["occasions.*.declares.*", addedOr("declaration-asked", "declaration-no-longer-asked")],
  ["occasions.*.consents.*.*", addedOr("consent-asked", "consent-no-longer-asked")],
  ["occasions.*.purposes.*", addedOr("use-added", "use-removed")],
  ["occasions.*.purposes.*.*", addedOr("use-added", "use-removed")],
  ["occasions.*.methods.*", addedOr("method-added", "method-removed")],
  ["occasions.*.*", "occasion-changed"],
  ["occasions.*.makes.*", "occasion-changed"],

  ["records.*", addedOr("retention-added", "retention-removed")],
  ["records.*.keep", periods("retention-lengthened", "retention-shortened")],
  ["records.*.from", "retention-trigger-changed"],
  ["records.*.atMost", whenTrue("retention-limit-set", "retention-limit-dropped")],
  ["records.*.basis", "retention-basis-changed"],
  ["records.*.law", "retention-basis-changed"],
  ["records.*.holds.*", "retention-items-changed"],
  ["records.*.archiveBeside", "retention-items-changed"],
  ["records.*.compartment", "retention-place-changed"],

  ["provision.exceptions.*", addedOr("provision-exception-added", "provision-exception-removed")],
  ["provision.recipients.*", addedOr("recipient-added", "recipient-removed")],
  ["provision.recipients.*.**", "recipient-changed"],
  ["works.*", addedOr("word-declared", "word-removed", "other-changed")],
  ["works.*.purpose", "work-purpose-changed"],
  ["works.*.items.*", addedOr("work-item-added", "work-item-removed")],
  ["processors.*", processorAdded],
  ["processors.*.country", processorCountry],
  ["processors.*.contact", "contact-changed"],
  ["processors.*.overseas", "processor-overseas-changed"],
  ["processors.*.work.*", addedOr("processor-work-added", "processor-work-removed")],
  ["processors.*.until.*", "processor-until-changed"],
  ["processors.*.verify", "processor-verified"],

  ["rights.offers.*", addedOr("right-added", "right-removed", "right-removed")],
  ["rights.scopes.*", addedOr("right-added", "right-removed", "right-removed")],
  ["rights.channels.*", addedOr("channel-added", "channel-removed", "channel-removed")],
  ["rights.accessBy.*", addedOr("channel-added", "channel-removed", "channel-removed")],
  ["rights.*", whenTrue("right-added", "right-removed")],

  ["cookies", ({ after }) => (after === null ? "cookie-use-removed" : "cookie-use-added")],
  ["cookies.uses.*", addedOr("cookie-use-added", "cookie-use-removed")],
  ["cookies.analysis.*", addedOr("cookie-use-added", "cookie-use-removed")],
  [
    "cookies.identifying",
    ({ after }) => (after === false ? "cookie-no-longer-identifying" : "cookie-identifying"),
  ],
  ["cookies.levels.*", addedOr("cookie-choice-added", "cookie-choice-removed", "other-changed")],
  ["cookies.categories.**", "cookie-category-changed"],
  ["cookies.guides.*", "cookie-guide-changed"],
];

const WHOLE = [
  "controller.service",
  "articles",
  "resolutions.*",
  "minimumAge",
  "wording.*",
  "parameters.*",
  "contacts.officer",
  "contacts.department",
  "**.label",
  "records.*.from",
  "records.*.archiveBeside",
  "processors.*.country",
  "processors.*.contact",
  "processors.*.overseas",
].map(toExpression);

const COMPILED = PATTERNS.map(([path, decide]) => ({ expression: toExpression(path), decide }));

function toExpression(path: string): RegExp {
  const parts = path.split(".").map((part) => {
    const inner = part.replaceAll(/[()]/g, "");
    const matched = inner === "**" ? ".+" : inner === "*" ? "[^.]+" : inner;
    return part.startsWith("(") ? `(${matched})` : matched;
  });
  return new RegExp(`^${parts.join("\\.")}$`, "u");
}
