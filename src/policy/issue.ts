/**
 * What is wrong with a document, as data. Checking returns every issue, it does not stop at the
 * first; the registry below is also the source of `docs/issues.md`.
 */

/** Stable codes; what each means and how to mend it. `error` stops the policy from running. */
export const ISSUES = {
  // The file itself: hostile or broken text is refused before anything is built from it.
  "not-yaml": error("The file is not YAML.", "Mend the YAML syntax at this place."),
  "too-large": error("The file is larger than is read.", "Keep the file under 1 MB."),
  "too-deep": error("The file nests too deeply.", "Keep the nesting within 12 levels."),
  "too-many-nodes": error("The file holds too many values.", "Split or shorten the document."),
  "alias-used": error(
    "Anchors and aliases are refused: a copy that nobody sees may grow without bound.",
    "Write the value out.",
  ),
  "tag-used": error("Tags and directives are refused.", "Remove it; write a plain value."),
  "many-documents": error("The file holds more than one document.", "Keep one document a file."),
  "control-character": error(
    "A control or direction-changing character hides what the text says.",
    "Remove the character; end lines with a line feed alone.",
  ),
  "duplicate-key": error("A key stands twice; one of the two would be lost.", "Keep one."),
  "key-not-text": error("A key must be plain text.", "Write the key as plain text."),

  // The shape: keys and types.
  "unknown-key": error("This key means nothing here.", "Remove it or mend its spelling."),
  "missing-key": error("A key that is needed is missing.", "Add it."),
  "wrong-type": error("The value has another type than is needed.", "Write the needed type."),
  "not-one-of": error("The value is none of those possible.", "Use one of those listed."),
  "out-of-range": error("The number is out of range.", "Use a whole number within the range."),
  "text-empty": error("The text is empty.", "Write the text or remove the key."),
  "text-too-long": error("The text is too long.", "Shorten the text."),
  "label-missing-language": error(
    "A text is missing in a language the policy publishes.",
    "Add the text in that language.",
  ),
  "version-unknown": error("The format version is not known.", "Write `jikim: 1`."),
  "id-invalid": error(
    "An id is not made of a letter and then letters, digits or underscores.",
    "Use at most 48 of a-z, 0-9 and _, beginning with a letter.",
  ),
  "id-reserved": error("The id is taken by the language or the system.", "Choose another id."),
  "duplicate-id": error("Two declared things have the same id.", "Rename or remove one."),
  "listed-twice": error("The same thing stands twice in a list.", "Keep one."),
  "period-invalid": error(
    "The period is not an ISO 8601 duration of up to 200 years.",
    "Write it like P1Y, P3M, P30D or PT72H.",
  ),
  "day-invalid": error("The day does not exist.", "Write it like 2021-01-28."),
  "time-zone-unknown": error("The time zone is not known.", "Write it like Asia/Seoul."),
  "country-invalid": error(
    "The country is not an ISO 3166-1 code of two letters.",
    "Write it like KR, or `unconfirmed` where that is allowed.",
  ),
  "url-invalid": error(
    "The address is not a web address; the service's own must be https.",
    "Write it like https://…",
  ),
  "list-empty": error("The list must name at least one.", "Name one."),

  // References: what is named must be declared.
  "item-undeclared": error("An item is used and not declared.", "Declare it under `items`."),
  "method-undeclared": error("A method is used and not declared.", "Declare it under `methods`."),
  "purpose-undeclared": error(
    "A purpose is used and not declared.",
    "Declare it under `purposes`.",
  ),
  "occasion-undeclared": error(
    "An occasion is named and not declared.",
    "Declare it under `occasions`.",
  ),
  "consent-undeclared": error(
    "A consent is used and not declared.",
    "Declare it under `consents`.",
  ),
  "declaration-undeclared": error(
    "A declaration is used and not declared.",
    "Declare it under `declarations`.",
  ),
  "event-undeclared": error("An event is used and not declared.", "Declare it under `events`."),
  "work-undeclared": error("A work is given out and not declared.", "Declare it under `works`."),
  "resolution-undeclared": error(
    "A resolution is named and not written down.",
    "Write it under `resolutions`.",
  ),

  // Sense: what is declared must be able to run.
  "class-without-rule": error(
    "A record class has no retention rule; nothing is kept by default.",
    "Give it `keep` and `from`, or `until`.",
  ),
  "class-with-two-rules": error(
    "A record class has both a period and an end.",
    "Use either `keep` with `from`, or `until`.",
  ),
  "law-not-named": error(
    "A class kept by law names no rule, or one kept otherwise names one.",
    "Name the rule under `law` exactly when the basis is law.",
  ),
  "occasion-without-purpose": error(
    "An occasion serves no purpose; nothing may be collected for nothing.",
    "Say under `for` which purposes use its items.",
  ),
  "occasion-without-method": error(
    "An occasion names no way of collecting.",
    "Name at least one method.",
  ),
  "occasion-without-class": error(
    "An occasion takes items and writes no record class.",
    "Name the classes under `makes`.",
  ),
  "occasion-without-item": error("An occasion takes no item.", "Name items or remove it."),
  "item-without-class": error(
    "An item of an occasion belongs to none, or to two, of the classes it makes.",
    "Let exactly one of those classes hold it.",
  ),
  "item-without-purpose": error(
    "An item is collected at an occasion and no purpose uses it.",
    "Bind it to a purpose under `for`, or do not collect it.",
  ),
  "item-not-taken": error(
    "A purpose uses an item that the occasion does not take.",
    "Take the item at the occasion or remove it from the purpose.",
  ),
  "item-required-and-offered": error(
    "An item cannot be both required and optional.",
    "Keep it in one of the two lists.",
  ),
  "item-unused": error(
    "An item is declared and collected nowhere.",
    "Remove it or name the occasion that collects it.",
  ),
  "same-set-differs": error(
    "The occasion says it takes the same set as another and takes a different one.",
    "Leave the lists out, or make them the same.",
  ),
  "same-as-chain": error(
    "The occasion takes the same set as one that points further or back.",
    "Point at the occasion that declares the set.",
  ),
  "consent-without-purpose": error(
    "A purpose rests on consent and no consent covers it.",
    "Declare a consent that names the purpose.",
  ),
  "processor-without-work": error(
    "A processor is listed without any work.",
    "Name the work it is given.",
  ),
  "cookie-without-purpose": error(
    "A cookie category that is not essential names no purpose.",
    "Name the purpose it serves.",
  ),
  "gap-without-resolution": error(
    "Something the text does not say is added without a written reason.",
    "Name the resolution that adds it under `per`.",
  ),
  "clause-missing": error(
    "Something is declared and no article speaks of it.",
    "Put the clause kind under a heading.",
  ),
  "clause-twice": error(
    "Two headings carry the same clause kind; its sentences would stand twice.",
    "Keep it under one heading.",
  ),
  "clause-unplaced": error(
    "An article carries a clause kind for which nothing is declared.",
    "Declare it or remove the kind from the article.",
  ),
  "effective-before-notice": error(
    "The policy takes effect before its own notice period has passed.",
    "Move the effective day, or announce earlier.",
  ),
  "notice-order": error(
    "Important changes have a shorter notice than ordinary ones.",
    "Make `important` at least as long as `ordinary`.",
  ),
  "wording-key-unknown": error(
    "The wording is for a sentence this policy does not have.",
    "Use a form, or a form and the id it speaks of.",
  ),
  "wording-unbound": error(
    "A placeholder is bound to nothing.",
    "Use the placeholders of the sentence form.",
  ),
  "wording-literal-figure": error(
    "A figure stands in prose by itself; it could differ from what runs.",
    "Use a placeholder instead of the figure.",
  ),

  // Comparison with the law. Errors: the policy promises what the law forbids.
  "law-mismatch": error(
    "The policy names another law than the one it is compared with.",
    "Name the law the policy stands under.",
  ),
  "law-cited-unknown": error(
    "A rule is cited that the law file does not hold.",
    "Cite a rule of the law file, or add the rule there.",
  ),
  "retention-shorter-than-law": error(
    "Records are destroyed before the statute allows it.",
    "Keep them at least as long as the cited rule says.",
  ),
  "parameter-beyond-law": error(
    "A number of the policy lies beyond the bound of the law.",
    "Use the law's number or a stricter one.",
  ),

  // Findings: shown, reported, decided by people; they do not stop the policy.
  "retention-longer-than-law": finding(
    "Records kept by law are kept longer than the cited rule says.",
    "Shorten the period, or state another basis for the rest.",
  ),
  "law-cited-without-period": finding(
    "A class kept by law cites a rule that fixes no period.",
    "Cite the rule that fixes the period.",
  ),
  "no-statutory-basis": finding(
    "Records are kept past the purpose on an internal policy; only another statute allows that.",
    "Keep them only for the period people accepted, measured from their creation.",
  ),
  "law-row-missing": finding(
    "A statute keeps a category of records of which the policy says nothing.",
    "Add a record class that cites the rule, or state that no such record holds personal data.",
  ),
  "overseas-undisclosed": finding(
    "Data may leave the country and the policy does not say where, when, how and how to refuse.",
    "Confirm the country; if abroad, fill in `overseas`.",
  ),
  "work-undisclosed": finding(
    "A processor does work that the text does not name.",
    "Name the work in the next version.",
  ),
  "right-omitted": finding(
    "The law gives a right that the policy does not name; people have it anyway.",
    "Add the right under `rights.offers`.",
  ),
  "basis-undisclosed": finding(
    "The law wants the basis of each purpose stated; the text does not state it.",
    "State the basis in the next version.",
  ),
  "disclaimer-void": finding(
    "The policy disclaims liability; the disclaimer has no effect.",
    "Remove the disclaimer in the next version.",
  ),
  "agency-missing": finding(
    "An outside agency that people may turn to is not named.",
    "Add the agency under `contacts.agencies`.",
  ),
  "notice-short-if-important": finding(
    "The notice is long enough for an ordinary change only.",
    "If this version changes people's rights, announce it earlier.",
  ),
  "fact-unconfirmed": finding("The text leaves a fact open.", "Confirm the fact and fill it in."),
  "processor-to-verify": finding(
    "The identity of a processor is to be verified.",
    "Verify who it is today and remove `verify`.",
  ),
  gap: finding(
    "It is collected or kept, but the text of this version does not say so.",
    "Add it to the text of the next version.",
  ),
  "parameter-unknown": finding(
    "A parameter is set of which the law file knows nothing.",
    "Mend its name, or keep it as the controller's own number.",
  ),
} as const satisfies Record<string, IssueRule>;

export interface IssueRule {
  readonly severity: "error" | "finding";
  readonly says: string;
  readonly mend: string;
}
export type IssueCode = keyof typeof ISSUES;

/** A place in a file: 1-based line and column. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface Issue {
  readonly code: IssueCode;
  readonly severity: "error" | "finding";
  readonly place: Place;
  /** Path in the document: `occasions.sign_up.requires[2]`. */
  readonly path: string;
  /** What is wrong here, with the names involved. English; pages translate by code. */
  readonly message: string;
  /** How to mend it. */
  readonly mend: string;
}

/**
 * An issue at a place; severity and mending come from the registry.
 * @example makeIssue("unknown-key", place, "items.email.fnid", "`fnid` is not known here")
 */
export function makeIssue(code: IssueCode, place: Place, path: string, message: string): Issue {
  const { severity, mend } = ISSUES[code];
  return Object.freeze({ code, severity, place, path, message, mend });
}

/** Issues in the order of the file; at one place in the order of their codes. */
export function inFileOrder(issues: readonly Issue[]): readonly Issue[] {
  return Object.freeze(
    issues.toSorted(
      (a, b) =>
        a.place.line - b.place.line ||
        a.place.column - b.place.column ||
        (a.code < b.code ? -1 : a.code > b.code ? 1 : 0),
    ),
  );
}

/** Does any of them stop the policy from running? */
export function hasErrors(issues: readonly Issue[]): boolean {
  return issues.some((issue) => issue.severity === "error");
}

function error(says: string, mend: string): IssueRule & { readonly severity: "error" } {
  return Object.freeze({ severity: "error", says, mend });
}

function finding(says: string, mend: string): IssueRule & { readonly severity: "finding" } {
  return Object.freeze({ severity: "finding", says, mend });
}
