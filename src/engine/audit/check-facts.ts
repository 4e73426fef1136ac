/** The gate of the audit log: facts pass when their kind names them and their type fits. */
import { assert } from "../../base/assert.ts";
import { isDay } from "../../base/calendar.ts";
import { STAFF_HANDLE } from "../staff/staff-handle.ts";
import { type Facts, type FactType, LEAF_RULES, type LeafKind } from "./leaf-kinds.ts";

const NAME = /^[a-z][a-z0-9_-]{0,79}$/;
// A telephone or card number is no count; no single act comes near.
const MOST_COUNTED = 1_000_000_000;
const EARLIEST_MOMENT = Date.UTC(2000, 0, 1);
const LATEST_MOMENT = Date.UTC(2200, 0, 1);
const MOST_NAMES = 256;

/**
 * Refuses facts that are not exactly those of the kind. A wrong fact is a bug of ours, never an
 * answer: it stops the work. The message names kind and fact, nothing of what stood there.
 * @returns the names among them, for a look at the published ones
 */
export function checkFacts(kind: LeafKind, facts: Facts): readonly string[] {
  const rule: Readonly<Record<string, FactType>> = LEAF_RULES[kind].facts;
  const given = Object.keys(facts);
  const known = given.every((name) => Object.hasOwn(rule, name));
  assert(known && given.length === Object.keys(rule).length, `a ${kind} leaf has its own facts`);
  return Object.entries(rule).flatMap(([name, type]) => {
    const names = namesIn(type, facts[name]);
    assert(names !== null, `fact ${name} of a ${kind} leaf is a ${type}`);
    return names;
  });
}

/** The names in a fact; null when it is not of its type. */
function namesIn(type: FactType, value: unknown): readonly string[] | null {
  const none = (fits: boolean): readonly string[] | null => (fits ? [] : null);
  switch (type) {
    case "name":
      return isName(value) ? [value] : null;
    case "name_or_null":
      return value === null ? [] : namesIn("name", value);
    case "names":
      return Array.isArray(value) && value.length <= MOST_NAMES && value.every(isName)
        ? value
        : null;
    case "counts":
      return namesOfCounts(value);
    case "subject":
      return none(isHex(value, 8));
    case "staff":
      return none(typeof value === "string" && STAFF_HANDLE.test(value));
    case "id":
      return none(isHex(value, 16));
    case "hash":
      return none(isHex(value, 32));
    case "day":
      return none(typeof value === "string" && isDay(value));
    case "day_or_null":
      return value === null ? [] : namesIn("day", value);
    case "count":
      return none(isWholeBelow(value, MOST_COUNTED));
    case "moment":
      return none(isWholeBelow(value, LATEST_MOMENT) && value >= EARLIEST_MOMENT);
    case "flag":
      return none(typeof value === "boolean");
    default:
      throw new Error(`unknown type of fact: ${String(type satisfies never)}`);
  }
}

function namesOfCounts(value: unknown): readonly string[] | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const entries = Object.entries(value);
  const fits = entries.every(([name, count]) => isName(name) && isWholeBelow(count, MOST_COUNTED));
  return fits && entries.length <= MOST_NAMES ? entries.map(([name]) => name) : null;
}

function isName(value: unknown): value is string {
  return typeof value === "string" && NAME.test(value);
}

function isHex(value: unknown, size: number): boolean {
  return typeof value === "string" && value.length === 2 * size && /^[0-9a-f]+$/.test(value);
}

function isWholeBelow(value: unknown, limit: number): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) < limit;
}
