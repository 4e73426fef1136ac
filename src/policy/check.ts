import type { Issue, IssueCode } from "./issue.ts";
import { makeIssue } from "./issue.ts";
import type { Policy } from "./model.ts";
import { placeOf } from "./places.ts";
import type { PlaceIndex } from "./places.ts";

/** Records that something is wrong at a path of the document. */
export type Report = (code: IssueCode, path: string, message: string) => void;

/** The document behind a policy. */
export interface Source {
  readonly places: PlaceIndex;
  /** Paths that could not be read: what follows from them has been said already. */
  readonly broken: ReadonlySet<string>;
}

/** A check looks at a whole policy; what it is about is the file it stands in. */
export type Check = (policy: Policy, report: Report, source: Source) => void;

/** A report that collects issues, each at the place of its path. */
export function collector(places: PlaceIndex): { issues: readonly Issue[]; report: Report } {
  const issues: Issue[] = [];
  const report: Report = (code, path, message) => {
    issues.push(makeIssue(code, placeOf(places, path), path, message));
  };
  return { issues, report };
}
