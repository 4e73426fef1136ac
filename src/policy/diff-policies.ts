import { lastDay } from "../base/calendar.ts";
import { differsAsOne, kindOf } from "./change-patterns.ts";
import { CHANGE_RULES } from "./change-rules.ts";
import type { ChangeClass, ChangeKind, ChangeReason } from "./change-rules.ts";
import { deepFreeze } from "./deep-freeze.ts";
import { differences } from "./differences.ts";
import type { Json } from "./differences.ts";
import type { Day, Period, Policy } from "./model.ts";

/** One thing that differs between two versions, and what that makes of it. */
export interface Change {
  readonly kind: ChangeKind;
  /** Where it stands in the policy: `occasions.sign_up.requires.phone`. */
  readonly ref: string;
  readonly before: Json;
  readonly after: Json;
  readonly class: ChangeClass;
  readonly reason: ChangeReason;
}

export interface PolicyDiff {
  readonly changes: readonly Change[];
  readonly class: "none" | ChangeClass;
  /** The kinds that decided the class; `raised` where a person raised it. */
  readonly decidedBy: readonly (ChangeKind | "raised")[];
  /** The notice the version in force owes for this class; `null` when nothing changed. */
  readonly notice: Period | null;
  /** The first day the new version may take effect when announced on a day. */
  readonly earliestEffective: (announced: Day) => Day;
}

/**
 * What changes from one version to the next, and how long before it must be announced. The notice
 * is that of the version in force: a new version cannot shorten its own.
 * @param options.raise a person holds the change for important; a class is never lowered.
 * @example
 * const diff = diffPolicies(inForce, next);
 * diff.class; // "important"
 * diff.earliestEffective("2026-11-23"); // "2026-12-23", with P30D
 */
export function diffPolicies(
  before: Policy,
  after: Policy,
  { raise = false }: { readonly raise?: boolean } = {},
): PolicyDiff {
  const versions = { before, after };
  const found = differences(asJson(before), asJson(after), differsAsOne);
  const changes = found.flatMap((difference): readonly Change[] => {
    const kind = kindOf(difference, versions);
    if (kind === null) return [];
    const { path: ref, before: was, after: is } = difference;
    return [{ kind, ref, before: was, after: is, ...CHANGE_RULES[kind] }];
  });
  const computed = classOf(changes);
  const raised = raise && computed === "ordinary";
  const decided = raised ? "important" : computed;
  const kinds = changes.filter((change) => change.class === decided).map(({ kind }) => kind);
  const notice = decided === "none" ? null : before.notices[decided];
  return deepFreeze({
    changes,
    class: decided,
    decidedBy: raised ? (["raised"] as const) : [...new Set(kinds)],
    notice,
    earliestEffective: (announced: Day) =>
      notice === null ? announced : lastDay(announced, notice),
  });
}

function classOf(changes: readonly Change[]): PolicyDiff["class"] {
  if (changes.some((change) => change.class === "important")) return "important";
  return changes.length > 0 ? "ordinary" : "none";
}

// A policy is a tree of plain values, which the compiler cannot see through its interfaces.
function asJson(policy: Policy): Json {
  return JSON.parse(JSON.stringify(policy)) as Json;
}
