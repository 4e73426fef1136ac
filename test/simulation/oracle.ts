/**
 * The independent judge. It knows the policy's text and what people gave and did, keeps a plain
 * list of it, and says after every step what must exist where. It shares no line with the engine.
 */
import { daysAfter, periodAfter } from "./plain-days.ts";
import type { ClassFacts, PolicyFacts } from "./policy-facts.ts";

/** `held`: past its end and kept for a legal hold alone, apart from everything that is used. */
export type Place = "live" | "archive" | "held" | "gone";

export interface Kept {
  /** Who it is of: number of the person, and for an isolated entry a number of its own. */
  readonly owner: string;
  readonly recordClass: string;
  items: readonly string[];
  readonly events: Map<string, string>;
  place: Place;
}

export interface Person {
  readonly owner: string;
  member: boolean;
  left: boolean;
  marketing: boolean;
  /** Last day of a legal hold. */
  heldUntil: string | null;
  /** A processor was given something that no order has ended. */
  exported: boolean;
  /** Orders to end a holding that must have been placed so far. */
  orders: number;
}

export interface Oracle {
  readonly facts: PolicyFacts;
  readonly people: Map<string, Person>;
  readonly kept: Kept[];
  today: string;
  /** Day of the last daily run; null: there was none. */
  ran: string | null;
  entries: number;
}

export function newOracle(facts: PolicyFacts, today: string): Oracle {
  return { facts, people: new Map(), kept: [], today, ran: null, entries: 0 };
}

/** Last day a record may be kept; null: what ends it has not happened. */
export function lastDayOf(oracle: Oracle, record: Kept): string | null {
  const rule = ruleOf(oracle, record.recordClass);
  const days = rule.events.map((event) => record.events.get(event) ?? null);
  if (days.includes(null)) return null;
  const start = days.map(String).toSorted().at(-1) ?? "";
  return rule.keep === null ? daysAfter(start, -1) : periodAfter(start, rule.keep);
}

/** What somebody gives at an occasion. `owner` is new for an isolated one. */
export function gives(
  oracle: Oracle,
  owner: string,
  occasion: string,
  items: readonly string[],
): void {
  for (const recordClass of oracle.facts.occasions[occasion]?.makes ?? []) {
    const own = items.filter((item) => ruleOf(oracle, recordClass).holds.includes(item));
    if (own.length === 0) continue;
    const events = new Map([["collected", oracle.today]]);
    oracle.kept.push({ owner, recordClass, items: own, events, place: "live" });
  }
}

/** Something happened to all records of a class that wait for it. */
export function happens(oracle: Oracle, owner: string, recordClass: string, event: string): void {
  for (const record of oracle.kept) {
    const waits = ruleOf(oracle, record.recordClass).events.includes(event);
    if (record.owner !== owner || record.recordClass !== recordClass || !waits) continue;
    if (record.place !== "gone" && lastDayOf(oracle, record) === null) {
      if (!record.events.has(event)) record.events.set(event, oracle.today);
    }
  }
}

/** The person leaves: what a statute keeps is set apart, the rest goes. */
export function leaves(oracle: Oracle, owner: string): void {
  const own = oracle.kept.filter((record) => record.owner === owner && record.place === "live");
  const beside = new Set(own.filter((r) => r.recordClass === "profile").flatMap((r) => r.items));
  for (const record of own) {
    const rule = ruleOf(oracle, record.recordClass);
    const last = lastDayOf(oracle, record);
    if (last !== null && last < oracle.today) continue; // the daily run's
    for (const event of rule.events) {
      const ends = oracle.facts.atWithdrawal.includes(event);
      if (ends && !record.events.has(event)) record.events.set(event, oracle.today);
    }
    if (rule.basis === "law" && rule.beside !== null) {
      record.place = "archive";
      record.items = [...new Set([...record.items, ...rule.beside.filter((i) => beside.has(i))])];
    } else if (rule.basis !== "law" && !(rule.basis === "internal_policy" && rule.keep !== null)) {
      record.place = isHeld(oracle, owner) ? "held" : "gone";
    }
  }
}

/** The daily run: what ended before today is gone, unless a hold stops it. */
export function dayRuns(oracle: Oracle): void {
  for (const record of oracle.kept) {
    if (record.place === "gone") continue;
    const last = lastDayOf(oracle, record);
    const ended = record.place === "held" || (last !== null && last < oracle.today);
    if (ended) record.place = isHeld(oracle, record.owner) ? "held" : "gone";
  }
  oracle.ran = oracle.today;
}

export function isHeld(oracle: Oracle, owner: string): boolean {
  const until = oracle.people.get(owner)?.heldUntil ?? null;
  return until !== null && oracle.today <= until;
}

/** May this be read for advertising now? Only a living opt-in of someone who is still here. */
export function mayAdvertise(oracle: Oracle, owner: string): boolean {
  const person = oracle.people.get(owner);
  return person !== undefined && person.member && !person.left && person.marketing;
}

/** Everything that must exist, one line a record, sorted; nothing else may. */
export function expected(oracle: Oracle, place: Place): readonly string[] {
  return oracle.kept
    .filter((record) => record.place === place)
    .map((record) => {
      // Of what is held only that it is there counts: its own clock is over.
      const last = place === "held" ? null : lastDayOf(oracle, record);
      return line(record.owner, record.recordClass, last, record.items);
    })
    .toSorted();
}

export function line(
  owner: string,
  recordClass: string,
  last: string | null,
  items: readonly string[],
): string {
  return `${owner} ${recordClass} until ${last ?? "?"}: ${items.toSorted().join(",")}`;
}

export function ruleOf(oracle: Oracle, recordClass: string): ClassFacts {
  const rule = oracle.facts.classes[recordClass];
  if (rule === undefined) throw new Error(`the policy's text has no class ${recordClass}`);
  return rule;
}

/** Is it past its last day? */
export function hasEnded(oracle: Oracle, record: Kept): boolean {
  const last = lastDayOf(oracle, record);
  return last !== null && last < oracle.today;
}
