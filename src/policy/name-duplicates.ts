import type { Issue } from "./issue.ts";
import { makeIssue } from "./issue.ts";

/** A key twice is an id twice where the keys of a map are the ids of declared things. */
export function nameDuplicates(issues: readonly Issue[], idMaps: ReadonlySet<string>): Issue[] {
  return issues.map((issue) => {
    const around = issue.path.slice(0, Math.max(0, issue.path.lastIndexOf(".")));
    if (issue.code !== "duplicate-key" || !idMaps.has(around)) return issue;
    return makeIssue("duplicate-id", issue.place, issue.path, issue.message);
  });
}
