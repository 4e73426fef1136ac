/**
 * Every kind of change between two versions, with its class. Important is what takes something
 * from people or tells them something new about their data (article 13 of the 2021 text: changes
 * of users' rights, of collection and use, of provision); the rest is ordinary.
 */
export type ChangeClass = "ordinary" | "important";
export interface ChangeRule {
  readonly class: ChangeClass;
  /** Why it has this class. */
  readonly reason: string;
}

const MORE_DATA = important("more data is collected");
const LESS_DATA = ordinary("less data is collected");
const MORE_USE = important("data is used for more");
const LESS_USE = ordinary("data is used for less");
const KEPT_LONGER = important("data may be kept longer");
const KEPT_SHORTER = ordinary("data is kept for less long");
const FEWER_RIGHTS = important("people can do less, or must do more");
const MORE_RIGHTS = ordinary("people can do more, or must do less");
const MORE_HANDS = important("data reaches more hands, or another country");
const FEWER_HANDS = ordinary("data reaches fewer hands");
const LESS_SAFE = important("data may be protected less");
const SAFER = ordinary("data is protected more");
const TOLD_ANEW = important("people are told this for the first time, or no longer");
const OTHER_PARTY = important("another party, law or calendar answers for the promises");
const WORDS_ONLY = ordinary("the words change, not what is done");
const FACTS_ONLY = ordinary("a fact is filled in or kept up to date");

export const CHANGE_RULES = {
  "item-added": MORE_DATA,
  "item-removed": LESS_DATA,
  "item-storage-changed": LESS_SAFE,
  "item-format-changed": ordinary("the same datum is accepted in another form"),
  "item-collected": MORE_DATA,
  "item-no-longer-collected": LESS_DATA,
  "item-required": important("what was optional must be given"),
  "item-optional": LESS_DATA,
  "occasion-added": MORE_DATA,
  "occasion-removed": LESS_DATA,
  "occasion-changed": important("the conditions of collection change"),
  "method-added": important("data is collected in a new way"),
  "method-removed": LESS_DATA,
  "method-source-changed": important("data comes from another source"),
  "declaration-asked": FEWER_RIGHTS,
  "declaration-no-longer-asked": important("a condition that protects people falls away"),
  "minimum-age-changed": important("other people may use the service"),
  "people-changed": important("the policy speaks of other people"),
  "purpose-added": MORE_USE,
  "purpose-removed": LESS_USE,
  "purpose-basis-changed": important("data is used on another legal basis"),
  "basis-statement-changed": ordinary("the text states the basis that applied already"),
  "task-added": MORE_USE,
  "task-removed": LESS_USE,
  "task-changed": MORE_USE,
  "use-added": MORE_USE,
  "use-removed": LESS_USE,
  "consent-added": important("a new consent is asked for"),
  "consent-removed": FEWER_RIGHTS,
  "consent-changed": important("a consent covers something else"),
  "consent-asked": important("consent is asked at a new occasion"),
  "consent-no-longer-asked": FEWER_RIGHTS,
  "recipient-added": MORE_HANDS,
  "recipient-removed": FEWER_HANDS,
  "recipient-changed": MORE_HANDS,
  "provision-exception-added": MORE_HANDS,
  "provision-exception-removed": FEWER_HANDS,
  // Under PIPA 26 a processor is disclosed, not consented to; one abroad is another matter (28의8).
  "processor-added": ordinary("who works for us changes; what is done with data does not"),
  "processor-added-abroad": MORE_HANDS,
  "processor-removed": FEWER_HANDS,
  "processor-abroad": MORE_HANDS,
  "processor-at-home": FEWER_HANDS,
  "processor-overseas-changed": MORE_HANDS,
  "processor-work-added": MORE_HANDS,
  "processor-work-removed": FEWER_HANDS,
  "processor-until-changed": KEPT_LONGER,
  "processor-verified": FACTS_ONLY,
  "work-purpose-changed": MORE_USE,
  "work-item-added": MORE_HANDS,
  "work-item-removed": FEWER_HANDS,
  "retention-added": KEPT_LONGER,
  "retention-removed": KEPT_SHORTER,
  "retention-lengthened": KEPT_LONGER,
  "retention-shortened": KEPT_SHORTER,
  "retention-trigger-changed": KEPT_LONGER,
  "retention-limit-dropped": KEPT_LONGER,
  "retention-limit-set": KEPT_SHORTER,
  "retention-basis-changed": important("data is kept on another basis"),
  "retention-items-changed": KEPT_LONGER,
  "retention-place-changed": LESS_SAFE,
  "destruction-changed": LESS_SAFE,
  "right-added": MORE_RIGHTS,
  "right-removed": FEWER_RIGHTS,
  "channel-added": MORE_RIGHTS,
  "channel-removed": FEWER_RIGHTS,
  "user-duty-added": FEWER_RIGHTS,
  "user-duty-removed": MORE_RIGHTS,
  "cookie-use-added": MORE_USE,
  "cookie-use-removed": LESS_USE,
  "cookie-identifying": MORE_DATA,
  "cookie-no-longer-identifying": LESS_DATA,
  "cookie-choice-added": MORE_RIGHTS,
  "cookie-choice-removed": FEWER_RIGHTS,
  "cookie-category-changed": MORE_USE,
  "cookie-guide-changed": FACTS_ONLY,
  "safeguard-added": SAFER,
  "safeguard-removed": LESS_SAFE,
  "contact-changed": FACTS_ONLY,
  "agency-changed": FACTS_ONLY,
  "notice-shortened": FEWER_RIGHTS,
  "notice-lengthened": MORE_RIGHTS,
  "parameter-changed": important("a number behind a promise changes"),
  "gap-closed": TOLD_ANEW,
  "gap-opened": TOLD_ANEW,
  "controller-changed": OTHER_PARTY,
  "law-changed": OTHER_PARTY,
  "time-zone-changed": OTHER_PARTY,
  "language-added": MORE_RIGHTS,
  "language-removed": FEWER_RIGHTS,
  "article-changed": WORDS_ONLY,
  "label-changed": WORDS_ONLY,
  "wording-changed": WORDS_ONLY,
  "order-changed": WORDS_ONLY,
  "resolution-changed": WORDS_ONLY,
  "word-declared": ordinary("a word is declared that has no effect by itself"),
  "word-removed": ordinary("a word is removed that had no effect by itself"),
  "version-dated": ordinary("the version has other dates"),
  "other-changed": important("no rule knows this change, so it counts as important"),
} as const satisfies Record<string, ChangeRule>;

export type ChangeKind = keyof typeof CHANGE_RULES;
/** Every reason there is, so that a page can have words for each by type. */
export type ChangeReason = (typeof CHANGE_RULES)[ChangeKind]["reason"];

function important<const R extends string>(reason: R): ImportantRule<R> {
  return Object.freeze({ class: "important", reason });
}

function ordinary<const R extends string>(reason: R): OrdinaryRule<R> {
  return Object.freeze({ class: "ordinary", reason });
}

interface ImportantRule<R extends string> extends ChangeRule {
  readonly class: "important";
  readonly reason: R;
}
interface OrdinaryRule<R extends string> extends ChangeRule {
  readonly class: "ordinary";
  readonly reason: R;
}
