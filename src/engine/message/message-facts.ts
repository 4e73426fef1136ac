/**
 * What a message is about: a closed table of kinds and the facts each may hold. Facts are names of
 * the policy, counts and days; the words are made of them when it is sent or shown, so nothing of a
 * person lies in the outbox.
 */
import { assert } from "../../base/assert.ts";
import { isDay } from "../../base/calendar.ts";

type MessageFactType =
  /** A name of the policy. */
  | "name"
  | "count"
  | "day"
  | "flag"
  /** Names with counts. */
  | "counts"
  /** Names with days. */
  | "days";

/** Kind → its facts. */
export const MESSAGE_FACTS = Object.freeze({
  /** The end of a membership: records destroyed, moved apart and kept, by class, and until when. */
  withdrawal_done: {
    day: "day",
    destroyed: "counts",
    moved: "counts",
    kept: "counts",
    until: "days",
    orders: "count",
  },
  /** The result of opting in or out (정보통신망법 시행령 제62조의2). */
  marketing_result: { consent: "name", given: "flag", day: "day" },
  /** A consent goes on unless it is withdrawn (the same, 제62조의3). */
  marketing_reconfirm: { consent: "name", given_on: "day", again_on: "day" },
  /** Any other consent was given or withdrawn. */
  consent_changed: { consent: "name", given: "flag", day: "day" },
  /** A processor for marketing begins its work (PIPA 26③). */
  processor_told: { processor: "name", work: "name", day: "day" },
  /** The yearly notice of use and provision (PIPA 20의2). */
  use_notice: { from: "day", to: "day", purposes: "count", processors: "count" },
  /** An account of a child was found and closed. */
  child_found: { day: "day", destroyed_by: "day" },
} as const satisfies Readonly<Record<string, Readonly<Record<string, MessageFactType>>>>);

export type MessageKind = keyof typeof MESSAGE_FACTS;
export const MESSAGE_KINDS = Object.keys(MESSAGE_FACTS) as readonly MessageKind[];

interface FactValues {
  readonly name: string;
  readonly count: number;
  readonly day: string;
  readonly flag: boolean;
  readonly counts: Readonly<Record<string, number>>;
  readonly days: Readonly<Record<string, string>>;
}
/** The facts of a kind. */
export type MessageFacts<K extends MessageKind = MessageKind> = {
  readonly [F in keyof (typeof MESSAGE_FACTS)[K]]: FactValues[(typeof MESSAGE_FACTS)[K][F] &
    MessageFactType];
};

const NAME = /^[a-z][a-z0-9_-]{0,79}$/;
const MOST_COUNTED = 1_000_000_000;
const MOST_NAMES = 256;

/**
 * Refuses facts that are not exactly those of the kind: a fault of ours, never an answer.
 * @returns the names among them, for a look at the published ones
 */
export function checkMessageFacts(kind: MessageKind, facts: object): readonly string[] {
  const rule: Readonly<Record<string, MessageFactType>> = MESSAGE_FACTS[kind];
  const given = Object.entries(facts);
  const own = given.length === Object.keys(rule).length;
  assert(own && given.every(([name]) => Object.hasOwn(rule, name)), `a ${kind} has its own facts`);
  return Object.entries(rule).flatMap(([name, type]) => {
    const names = namesIn(type, given.find(([each]) => each === name)?.[1]);
    assert(names !== null, `fact ${name} of a ${kind} message is a ${type}`);
    return names;
  });
}

function namesIn(type: MessageFactType, value: unknown): readonly string[] | null {
  const none = (fits: boolean): readonly string[] | null => (fits ? [] : null);
  switch (type) {
    case "name":
      return typeof value === "string" && NAME.test(value) ? [value] : null;
    case "count":
      return none(isCount(value));
    case "day":
      return none(isDayText(value));
    case "flag":
      return none(typeof value === "boolean");
    case "counts":
      return namesOf(value, isCount);
    case "days":
      return namesOf(value, isDayText);
    default:
      throw new Error(`unknown type of fact: ${String(type satisfies never)}`);
  }
}

function namesOf(value: unknown, fits: (each: unknown) => boolean): readonly string[] | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const entries = Object.entries(value);
  const all = entries.every(([name, each]) => NAME.test(name) && fits(each));
  return all && entries.length <= MOST_NAMES ? entries.map(([name]) => name) : null;
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) < MOST_COUNTED;
}

function isDayText(value: unknown): boolean {
  return typeof value === "string" && isDay(value);
}
