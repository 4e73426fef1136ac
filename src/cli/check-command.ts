import { ISSUES } from "../policy/issue.ts";
import type { Command, Input } from "./command.ts";
import { usage } from "./command.ts";
import type { CliIo, ExitCode } from "./io.ts";
import { printJson } from "./io.ts";
import { counted, issueData, issueLines } from "./issue-lines.ts";
import { loadPolicy } from "./load-policy.ts";

/** `jikim check`: what is wrong with a policy, and where policy and law differ. */
export const checkCommand: Command = {
  name: "check",
  says: "what is wrong with a policy, and where the policy and the law differ",
  takes: ["[policy]"],
  options: {
    law: { takes: "FILE", says: "the law to compare with (default: the one the policy names)" },
    explain: { takes: "CODE", says: "what an issue means and how to mend it; `all` for every one" },
  },
  examples: [
    "jikim check policies/remotemeeting",
    "jikim check policies/remotemeeting --json",
    "jikim check --explain no-statutory-basis",
  ],
  exits: "exit codes: 0 the policy runs (there may be findings), 1 it does not, 2 misuse",
  run: (input, io) => (input.text("explain") === undefined ? check(input, io) : explain(input, io)),
};

async function check(input: Input, io: CliIo): Promise<ExitCode> {
  const { file, lawFile, policy, law, issues } = await loadPolicy(
    io,
    input.words[0],
    input.text("law"),
  );
  const errors = issues.filter((issue) => issue.severity === "error");
  const findings = issues.filter((issue) => issue.severity === "finding");
  if (input.json) {
    printJson(io, {
      file,
      law: lawFile,
      runs: policy !== null,
      errors: errors.length,
      findings: findings.length,
      issues: issues.map(issueData),
    });
  } else {
    for (const issue of [...errors, ...findings]) io.out(issueLines(io, issue));
    const count = `${counted(errors.length, "error")}, ${counted(findings.length, "finding")}`;
    const asOf = law === null ? "" : ` (${lawFile}, read for ${law.asOf})`;
    io.out(`${file}: ${count}${asOf}\n`);
  }
  return errors.length === 0 ? 0 : 1;
}

async function explain(input: Input, io: CliIo): Promise<ExitCode> {
  const code = input.text("explain") ?? "";
  const rules = Object.entries(ISSUES).filter(([each]) => code === "all" || each === code);
  if (rules.length === 0) throw usage(`there is no issue "${code}"; see jikim check --explain all`);
  if (input.json) {
    printJson(
      io,
      rules.map(([each, rule]) => ({ code: each, ...rule })),
    );
  } else {
    for (const [each, rule] of rules) {
      io.out(`${each} (${rule.severity})\n    ${rule.says}\n    ${rule.mend}\n`);
    }
  }
  return 0;
}
