import { checkPolicy } from "./check-policy.ts";
import { compareWithLaw } from "./compare-with-law.ts";
import { deepFreeze } from "./deep-freeze.ts";
import { readDocument } from "./document.ts";
import { hasErrors, inFileOrder } from "./issue.ts";
import type { Issue } from "./issue.ts";
import type { Law } from "./law.ts";
import type { Policy } from "./model.ts";
import { nameDuplicates } from "./name-duplicates.ts";
import { indexPlaces } from "./places.ts";
import type { PlaceIndex } from "./places.ts";
import { policy as readPolicy, readLanguages } from "./read-policy.ts";
import type { At } from "./read.ts";

export interface PolicyOptions {
  /** The name that places carry; nothing is opened. */
  readonly file: string;
  /** Sentence forms and their placeholder names; without them wording is checked less. */
  readonly sentences?: Readonly<Record<string, readonly string[]>>;
  /** Also compare with this law, once there is no error; its findings come among the issues. */
  readonly law?: Law;
}
export interface ParsedPolicy {
  /** `null` when any issue is an error. */
  readonly policy: Policy | null;
  /** All issues, in the order of the file. */
  readonly issues: readonly Issue[];
  /** Where each path stands, for issues that later stages find. */
  readonly places: PlaceIndex;
}

/**
 * Parses and checks a policy document. Never throws on any text; hostile text is refused with one
 * issue before anything is built from it (limits: `scan.ts`).
 * @example
 * const { policy, issues } = parsePolicy(text, { file: "policies/remotemeeting/policy.yaml" });
 * if (policy === null) for (const { place, message } of issues) print(place.line, message);
 */
export function parsePolicy(text: string, options: PolicyOptions): ParsedPolicy {
  const { root, issues: refused } = readDocument(text, options.file);
  if (root === null) return { policy: null, issues: inFileOrder(refused), places: new Map() };
  const places = indexPlaces(root);
  const issues = [...refused];
  const at: At = {
    node: root,
    path: "",
    place: root.place,
    keyPlace: root.place,
    shared: { issues, languages: [], idMaps: new Set() },
  };
  const shared = { ...at.shared, languages: readLanguages(at) };
  const policy = deepFreeze(readPolicy({ ...at, shared }));
  const broken = new Set(issues.map((issue) => issue.path));
  issues.push(...checkPolicy(policy, { places, broken }, options.sentences ?? null));
  const named = nameDuplicates(issues, shared.idMaps);
  if (options.law && !hasErrors(named)) named.push(...compareWithLaw(policy, options.law, places));
  return { policy: hasErrors(named) ? null : policy, issues: inFileOrder(named), places };
}
