/** Issues for people: where, what, how to mend it. */
import type { Issue } from "../policy/issue.ts";
import type { CliIo } from "./io.ts";
import { styled } from "./io.ts";

/**
 * One issue in two lines.
 * @example
 * policy.yaml:12:9 error item-undeclared  `fax` is not declared
 *     Declare it under `items`.
 */
export function issueLines(io: CliIo, issue: Issue): string {
  const { file, line, column } = issue.place;
  const colour = issue.severity === "error" ? "red" : "yellow";
  const head = `${file}:${line}:${column} ${styled(io, colour, `${issue.severity} ${issue.code}`)}`;
  return `${head}  ${issue.message}\n    ${issue.mend}\n`;
}

/** An issue as data, for `--json`. */
export function issueData(issue: Issue): Readonly<Record<string, unknown>> {
  const { code, severity, place, path, message, mend } = issue;
  return { code, severity, ...place, path, message, mend };
}

/** `1 error`, `3 errors`. */
export function counted(number: number, noun: string, many = `${noun}s`): string {
  return `${number} ${number === 1 ? noun : many}`;
}
