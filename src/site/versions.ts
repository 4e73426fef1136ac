/** Versions of one policy: which is in force on a day, what comes before, and what changes. */
import type { Compiled } from "../compiler/compile.ts";
import { diffPolicies } from "../policy/diff-policies.ts";
import type { PolicyDiff } from "../policy/diff-policies.ts";

/** The versions in the order of their effective days. */
export function inOrder(versions: readonly Compiled[]): readonly Compiled[] {
  return versions.toSorted((a, b) => (a.policy.effective < b.policy.effective ? -1 : 1));
}

/** The versions announced by a day, oldest first. One not announced yet is shown to nobody. */
export function announcedBy(versions: readonly Compiled[], today: string): readonly Compiled[] {
  return inOrder(versions).filter(({ policy }) => policy.announced <= today);
}

/** The version in force on a day; null before the first took effect. */
export function inForceOn(versions: readonly Compiled[], day: string): Compiled | null {
  return inOrder(versions).findLast(({ policy }) => policy.effective <= day) ?? null;
}

/** The announced version that waits for its day, the nearest first; null when there is none. */
export function upcomingOn(versions: readonly Compiled[], today: string): Compiled | null {
  return announcedBy(versions, today).find(({ policy }) => policy.effective > today) ?? null;
}

export type ShownOn =
  | { readonly on: "text"; readonly version: Compiled }
  /** No text was in force on that day yet. */
  | { readonly on: "before_first"; readonly first: Compiled }
  /** That day has not come, and what will hold on it may still change. */
  | { readonly on: "not_yet" }
  | { readonly on: "nothing" };

/**
 * What `/privacy/<day>` shows: the version that takes effect on that very day, else the one that
 * was in force on it.
 */
export function shownOn(versions: readonly Compiled[], day: string, today: string): ShownOn {
  const announced = announcedBy(versions, today);
  const [first] = announced;
  if (first === undefined) return { on: "nothing" };
  const exact = announced.find(({ policy }) => policy.effective === day);
  if (exact !== undefined) return { on: "text", version: exact };
  if (day > today) return { on: "not_yet" };
  const version = inForceOn(announced, day);
  return version === null ? { on: "before_first", first } : { on: "text", version };
}

export type VersionState = "in_force" | "upcoming" | "past";

/** Where a version stands on a day. */
export function stateOf(versions: readonly Compiled[], of: Compiled, today: string): VersionState {
  if (of.policy.effective > today) return "upcoming";
  return inForceOn(announcedBy(versions, today), today) === of ? "in_force" : "past";
}

/** One version and the one before it, with what changes between them. */
export interface VersionPair {
  readonly before: Compiled;
  readonly after: Compiled;
  readonly diff: PolicyDiff;
  /** The first day the newer one may take effect, counted from its announcement. */
  readonly earliest: string;
}

/** Each announced version with the one before it, newest first. */
export function versionPairs(versions: readonly Compiled[], today: string): readonly VersionPair[] {
  const announced = announcedBy(versions, today);
  const pairs = announced.slice(1).flatMap((after, at): readonly VersionPair[] => {
    const before = announced[at];
    if (before === undefined) return [];
    const diff = diffPolicies(before.policy, after.policy);
    return [{ before, after, diff, earliest: diff.earliestEffective(after.policy.announced) }];
  });
  return pairs.toReversed();
}
