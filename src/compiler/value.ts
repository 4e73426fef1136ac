/**
 * Makers of the values a sentence is filled with. A list without members stands for "nothing to
 * say": the part of a template in square brackets that speaks of it is left out.
 */
import type { Contact, Declared, Fact, Label, Policy, Unconfirmed } from "../policy/model.ts";
import type { Value } from "./promise.ts";
import { BUILT_IN_EVENT_WORDS } from "./words.ts";

export type Values = Readonly<Record<string, Value>>;

export const NOTHING: Value = Object.freeze({ kind: "labels", labels: Object.freeze([]) });
export const OPEN: Value = Object.freeze({ kind: "open" });

export const labels = (list: readonly Label[]): Value => ({ kind: "labels", labels: list });
export const label = (text: Label): Value => ({ kind: "label", label: text });
export const period = (text: string): Value => ({ kind: "period", period: text });
export const day = (text: string): Value => ({ kind: "day", day: text });
export const count = (number: number): Value => ({ kind: "count", count: number });
/** A word that is the same in every language: an address, a telephone number. */
export const word = (text: string): Value => ({ kind: "word", word: text });

/** Does the text of the policy leave this fact open? */
export function isOpen<T>(fact: Fact<T>): fact is Unconfirmed {
  return typeof fact === "object" && fact !== null && "unconfirmed" in fact;
}

/** The value of a fact, or the value "open". */
export function fact<T>(of: Fact<T>, value: (known: T) => Value): Value {
  return isOpen(of) ? OPEN : value(of);
}

/** The things of a table named by ids, in that order; ids that name nothing are left out. */
export function named<T>(table: Readonly<Record<string, T>>, ids: readonly string[]): readonly T[] {
  return ids.flatMap((id) => {
    const thing = Object.hasOwn(table, id) ? table[id] : undefined;
    return thing === undefined ? [] : [thing];
  });
}

export function labelsOf(list: readonly { readonly label: Label }[]): Value {
  return labels(list.map((thing) => thing.label));
}

/** Labels of events, built-in ones included. A label the policy declares goes first. */
export function eventLabels(policy: Policy, ids: readonly string[]): readonly Label[] {
  return ids.flatMap(
    (id) => named(policy.events, [id])[0]?.label ?? named(BUILT_IN_EVENT_WORDS, [id]),
  );
}

/** Resolutions that bear on any of these things, each once. */
export function resolutionsOf(
  things: readonly (Pick<Declared, "per"> | undefined)[],
): readonly string[] {
  return [...new Set(things.flatMap((thing) => thing?.per ?? []))];
}

/** The things the text itself names. */
export function stated<T extends Declared>(things: readonly T[]): readonly T[] {
  return things.filter((thing) => !thing.gap);
}

/** Things the text does not name and a resolution added. */
export function unstated<T extends Declared>(things: readonly T[]): readonly T[] {
  return things.filter((thing) => thing.gap);
}

/** The contact people write or call to: the officer's, else the department's. */
export function reachAt(
  contacts: Policy["contacts"],
  by: (contact: Contact) => Fact<string>,
): Fact<string> {
  const officer = by(contacts.officer);
  return isOpen(officer) && contacts.department !== null ? by(contacts.department) : officer;
}

/** Whom people write to: the officer, and the department where there is one. */
export function officesOf({ officer, department }: Policy["contacts"]): Value {
  return labelsOf(department === null ? [officer] : [officer, department]);
}
