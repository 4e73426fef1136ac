/**
 * The gate of an occasion: what the policy names passes, everything else is refused (PIPA 15, 16).
 * It only answers; nothing is stored, and all reasons are given at once.
 */
import { isDay } from "../../base/calendar.ts";
import type { Gate, Plan } from "../../compiler/plan.ts";
import type { Item } from "../../policy/model.ts";
import type { CollectOptions, Items } from "../jikim.ts";
import { isStaffHandle } from "../staff-handle.ts";
import { holdsCardCode, holdsCardNumber, namesCardCode } from "./card-number.ts";
import { hasFormat } from "./format.ts";
import { characters, storedForm } from "./normalise.ts";

/** Every rule the gate can refuse by. */
export const GATE_RULES = [
  "occasion-unknown",
  "too-much",
  "item-undeclared",
  "item-of-other-occasion",
  "item-missing",
  "item-malformed",
  "item-too-long",
  "card-number",
  "card-code",
  "declaration-missing",
  "declaration-unknown",
  "consent-missing",
  "consent-bundled",
  "consent-unknown",
  "method-missing",
  "method-unknown",
  "source-missing",
  "source-unexpected",
  "staff-malformed",
  "nothing-given",
  "unique-taken",
] as const;
export type GateRule = (typeof GATE_RULES)[number];

export interface Reason {
  readonly rule: GateRule;
  /** The item, consent, declaration or method meant; `null` where it is none of the policy's and
   * does not even look like a name: what came from outside may be anything. */
  readonly name: string | null;
}

const MOST_NAMES = 64;
const MOST_SHOWN = 64;
/** Of all texts together, in characters. */
const LONGEST_SHOWN = 200_000;
/** No value may be longer: what is, is refused for that and not looked into. */
const LONGEST_LOOK = 100_000;
const LONGEST_SOURCE = 200;
const NAME = /^[a-z][a-z0-9_]{0,47}$/;

/**
 * Everything that speaks against storing these items at this occasion; empty: they may pass.
 * @example checkGate(plan, "sign_up", { rrn: "…" }, {}) // [{ rule: "item-undeclared", name: "rrn" }, …]
 */
export function checkGate(
  plan: Plan,
  occasion: string,
  items: Items,
  options: CollectOptions,
): readonly Reason[] {
  const gate = plan.gates.get(occasion);
  if (gate === undefined) return [reason("occasion-unknown", occasion)];
  if (isTooMuch(items, options)) return [reason("too-much", null)];
  return [
    ...checkItems(plan, gate, items),
    ...checkCards(items, options),
    ...checkDeclarations(gate, options.declares ?? []),
    ...checkConsents(gate, options.consents ?? []),
    ...checkMethod(gate, options),
  ];
}

/** The method a collection names, or the only one a person or device could have used. */
export function methodOf(gate: Gate, options: CollectOptions): string | null {
  if (options.method !== undefined) {
    return gate.methods.has(options.method) ? options.method : null;
  }
  const own = [...gate.methods.values()].filter(({ source }) => source !== "third_party");
  return own.length === 1 ? (own[0]?.id ?? null) : null;
}

/** The values that were given: an empty field of a form is a field left empty. */
export function givenValues(items: Items): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(items).filter(([, value]) => typeof value !== "string" || value.trim() !== ""),
  );
}

/** Consents given, each by an act of its own. */
export function givenConsents(options: CollectOptions): readonly string[] {
  const acts = options.consents ?? [];
  return [...new Set(acts.flatMap((act) => (typeof act === "string" ? [act] : act.consents)))];
}

function isTooMuch(items: Items, options: CollectOptions): boolean {
  const { consents = [], declares = [], shown = [], unique = [] } = options;
  return (
    Object.keys(items).length > MOST_NAMES ||
    [consents, declares, unique].some((list) => list.length > MOST_NAMES) ||
    shown.length > MOST_SHOWN ||
    shown.reduce((sum, text) => sum + text.length, 0) > LONGEST_SHOWN
  );
}

function checkItems(plan: Plan, gate: Gate, items: Items): readonly Reason[] {
  const reasons: Reason[] = [];
  const given = givenValues(items);
  for (const name of Object.keys(items)) {
    // A name the policy does not allow here is refused even when its value is empty.
    if (gate.allowed.has(name)) continue;
    const declared = plan.items.has(name);
    reasons.push(reason(declared ? "item-of-other-occasion" : "item-undeclared", name));
  }
  for (const name of gate.required) {
    if (!given.has(name)) reasons.push(reason("item-missing", name));
  }
  const { country } = plan.policy.controller;
  for (const [name, value] of given) {
    const item = gate.allowed.has(name) ? plan.items.get(name) : undefined;
    if (item !== undefined) reasons.push(...checkValue(item, value, country));
  }
  return reasons;
}

function checkValue(item: Item, value: unknown, country: string): readonly Reason[] {
  if (typeof value !== "string") return [reason("item-malformed", item.id)];
  // Compared before normalising too: NFC of a very long text is work nobody asked for.
  if (value.length > 4 * item.maxLength) return [reason("item-too-long", item.id)];
  const text = storedForm(item, value);
  if (characters(text) > item.maxLength) return [reason("item-too-long", item.id)];
  // A token is the processor's word for a value; it has no format of ours.
  if (item.stored !== "token" && !hasFormat(item.format, text, country)) {
    return [reason("item-malformed", item.id)];
  }
  return [];
}

/**
 * No card number and no code of one, whatever field or text they stand in. The rest of the value
 * counts for nothing then: nothing of it is stored.
 */
function checkCards(items: Items, { source, shown = [] }: CollectOptions): readonly Reason[] {
  const reasons: Reason[] = [];
  for (const [name, value] of Object.entries(items)) {
    const text = String(value).slice(0, LONGEST_LOOK);
    // A number can stand in the name of a field too; it never leaves in a reason.
    if (holdsCardNumber(name) || holdsCardNumber(text)) reasons.push(reason("card-number", name));
    if (namesCardCode(name) || holdsCardCode(text)) reasons.push(reason("card-code", name));
  }
  const beside = [source?.name ?? "", source?.basis ?? "", ...shown].map((text) =>
    text.slice(0, LONGEST_LOOK),
  );
  if (beside.some(holdsCardNumber)) reasons.push(reason("card-number", null));
  if (beside.some(holdsCardCode)) reasons.push(reason("card-code", null));
  return reasons;
}

function checkDeclarations(gate: Gate, declares: readonly string[]): readonly Reason[] {
  const missing = gate.declares.filter((name) => !declares.includes(name));
  const unknown = declares.filter((name) => !gate.declares.includes(name));
  return [
    ...missing.map((name) => reason("declaration-missing", name)),
    ...unknown.map((name) => reason("declaration-unknown", name)),
  ];
}

/** PIPA 22①: each consent is asked for apart, so each is given by its own act. */
function checkConsents(
  gate: Gate,
  acts: NonNullable<CollectOptions["consents"]>,
): readonly Reason[] {
  const bundles = acts.filter((act) => typeof act !== "string" && act.consents.length > 1);
  const given = givenConsents({ consents: acts });
  const asked = [...gate.requiredConsents, ...gate.offeredConsents];
  return [
    ...bundles.map(() => reason("consent-bundled", null)),
    ...gate.requiredConsents
      .filter((name) => !given.includes(name))
      .map((name) => reason("consent-missing", name)),
    ...given.filter((name) => !asked.includes(name)).map((name) => reason("consent-unknown", name)),
  ];
}

/** PIPA 20: items from a third party come with its name, the day and the basis. */
function checkMethod(gate: Gate, options: CollectOptions): readonly Reason[] {
  const id = methodOf(gate, options);
  if (options.by !== undefined && !isStaffHandle(options.by.staff)) {
    return [reason("staff-malformed", null)];
  }
  // Whoever takes something for a person says how it came; the form cannot know.
  if (options.by !== undefined && options.method === undefined) {
    return [reason("method-missing", null)];
  }
  if (id === null) {
    const { method } = options;
    return [
      method === undefined ? reason("method-missing", null) : reason("method-unknown", method),
    ];
  }
  const { source } = options;
  if (gate.methods.get(id)?.source !== "third_party") {
    return source === undefined ? [] : [reason("source-unexpected", id)];
  }
  const complete =
    source !== undefined &&
    [source.name, source.basis].every(
      (text) => text.trim() !== "" && text.length <= LONGEST_SOURCE,
    ) &&
    isDay(source.receivedOn);
  return complete ? [] : [reason("source-missing", id)];
}

function reason(rule: GateRule, name: string | null): Reason {
  const plain = name !== null && NAME.test(name) && !holdsCardNumber(name);
  return Object.freeze({ rule, name: plain ? name : null });
}
