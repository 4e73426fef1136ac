/**
 * What is wrong with a document, as data. Checking returns every issue, it does not stop at the
 * first; the registry below is also the source of `docs/issues.md`.
 */

/** Stable codes; what each means and how to mend it. `error` stops the policy from running. */
export const ISSUES = {
  // filled in by the parser and checker
} as const satisfies Record<string, IssueRule>;

export interface IssueRule {
  readonly severity: "error" | "finding";
  readonly says: string;
  readonly mend: string;
}
export type IssueCode = keyof typeof ISSUES;

/** A place in a file: 1-based line and column. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface Issue {
  readonly code: IssueCode;
  readonly severity: "error" | "finding";
  readonly place: Place;
  /** Path in the document: `occasions.sign_up.requires[2]`. */
  readonly path: string;
  /** What is wrong here, with the names involved. English; pages translate by code. */
  readonly message: string;
  /** How to mend it. */
  readonly mend: string;
}
