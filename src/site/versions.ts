/** Versions of one policy: which is in force on a day, which comes before and after. */
import type { Compiled } from "../compiler/compile.ts";

/** The versions in the order of their effective days. */
export function inOrder(versions: readonly Compiled[]): readonly Compiled[] {
  return versions.toSorted((a, b) => (a.policy.effective < b.policy.effective ? -1 : 1));
}

/** The version in force on a day; null before the first took effect. */
export function inForceOn(versions: readonly Compiled[], day: string): Compiled | null {
  return inOrder(versions).findLast(({ policy }) => policy.effective <= day) ?? null;
}

/**
 * What `/privacy/<day>` shows: the version that takes effect on that very day, else the one in
 * force on it. A version not announced yet is shown to nobody.
 */
export function shownOn(
  versions: readonly Compiled[],
  day: string,
  today: string,
): Compiled | null {
  const announced = versions.filter(({ policy }) => policy.announced <= today);
  const exact = announced.find(({ policy }) => policy.effective === day);
  return exact ?? (day > today ? null : inForceOn(announced, day));
}

/** The version before this one, or null. */
export function versionBefore(versions: readonly Compiled[], of: Compiled): Compiled | null {
  return inOrder(versions).findLast(({ policy }) => policy.effective < of.policy.effective) ?? null;
}

export type VersionState = "in_force" | "upcoming" | "past";

/** Where a version stands on a day. */
export function stateOf(versions: readonly Compiled[], of: Compiled, today: string): VersionState {
  if (of.policy.effective > today) return "upcoming";
  return inForceOn(versions, today) === of ? "in_force" : "past";
}
