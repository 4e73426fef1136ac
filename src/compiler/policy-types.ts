/**
 * Writes the names of a policy as a TypeScript declaration. Generated from the plan, so that what
 * compiles is what the gate lets through.
 */
import type { Item } from "../policy/model.ts";
import type { Gate, Plan } from "./plan.ts";

/**
 * The `.d.ts` of a plan: an interface of unions for `typed<…>()`.
 * @returns The text of the file, ending in a newline.
 * @example policyTypes(compiled.plan) // "export interface RemotemeetingPolicy { … }"
 */
export function policyTypes(plan: Plan): string {
  const lines = [
    `// Names of the policy "${plan.policy.id}" in force from ${plan.policy.effective}.`,
    "// Written by `jikim types`; write it again when the policy changes.",
    `export interface ${typeName(plan.policy.id)} {`,
    field("policy", [plan.policy.id], 2),
    "  readonly occasions: {",
    ...[...plan.gates].flatMap(([id, gate]) => occasionLines(id, gate)),
    "  };",
    "  readonly purposes: {",
    ...[...plan.uses.keys()].map((id) => field(id, readable(plan, id), 4)),
    "  };",
    field(
      "findable",
      itemsThat(plan, (item) => item.find),
      2,
    ),
    field(
      "matchable",
      itemsThat(plan, (item) => item.stored === "one_way"),
      2,
    ),
    "}",
  ];
  return `${lines.join("\n")}\n`;
}

/** `remotemeeting` → `RemotemeetingPolicy`, `paper-lane` → `PaperLanePolicy`. */
export function typeName(policy: string): string {
  const words = policy.split(/[^A-Za-z0-9]+/).filter((word) => word !== "");
  const name = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
  return `${/^\d/.test(name) ? "P" : ""}${name}Policy`;
}

function occasionLines(id: string, gate: Gate): string[] {
  const offers = [...gate.allowed].filter((item) => !gate.required.has(item));
  return [
    `    readonly ${id}: {`,
    field("requires", gate.required, 6),
    field("offers", offers, 6),
    field("declares", gate.declares, 6),
    field("consents", [...gate.requiredConsents, ...gate.offeredConsents], 6),
    field("methods", gate.methods.keys(), 6),
    "    };",
  ];
}

/** Items a purpose may read, of whatever occasion; one-way items are matched, never read. */
function readable(plan: Plan, purpose: string): string[] {
  const sets = [...(plan.uses.get(purpose)?.items.values() ?? [])];
  const items = sets.flatMap((set) => [...set]);
  return items.filter((id) => plan.items.get(id)?.stored !== "one_way");
}

function itemsThat(plan: Plan, test: (item: Item) => boolean): string[] {
  return [...plan.items.values()].filter(test).map((item) => item.id);
}

/** Members one a line, sorted: a change of the policy is a change of lines. */
function field(name: string, values: Iterable<string>, indent: number): string {
  const pad = " ".repeat(indent);
  const members = [...new Set(values)].toSorted().map((each) => JSON.stringify(each));
  if (members.length < 2) return `${pad}readonly ${name}: ${members[0] ?? "never"};`;
  const lines = members.map((each) => `\n${pad}  | ${each}`);
  return `${pad}readonly ${name}:${lines.join("")};`;
}
