/** The command line: finds the command, runs it, and turns errors into words and exit codes. */
import type { ErrorCode } from "../base/errors.ts";
import { JikimError } from "../base/errors.ts";
import type { Issue } from "../policy/issue.ts";
import { helpOf, readInput } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import type { CliIo, ExitCode } from "./io.ts";
import { printJson, styled } from "./io.ts";
import { issueData, issueLines } from "./issue-lines.ts";

/**
 * Runs one command line.
 * @param args What stands after `jikim`.
 * @returns The exit code; everything else went to `io`. Never throws.
 * @example process.exitCode = await runCli(process.argv.slice(2), io);
 */
export async function runCli(args: readonly string[], io: CliIo): Promise<ExitCode> {
  const [name, ...rest] = args;
  if (name === undefined || name === "--help" || name === "help") {
    io.out(overview());
    return name === undefined ? 2 : 0;
  }
  const command = COMMANDS.find((each) => each.name === name);
  try {
    if (command === undefined) {
      throw new JikimError("ERR_USAGE", `there is no command "${name}"; see jikim --help`);
    }
    const input = readInput(command, rest);
    if (input !== null) return await command.run(input, io);
    io.out(helpOf(command));
    return 0;
  } catch (error) {
    return explain(error, rest.includes("--json"), io);
  }
}

function overview(): string {
  return [
    "jikim runs a privacy policy",
    "",
    ...COMMANDS.map((command) => `  jikim ${command.name.padEnd(11)} ${command.says}`),
    "",
    "jikim <command> --help says more, with examples.",
    "",
  ].join("\n");
}

/** What a person can do about it; the codes left out say it in their message. */
const ADVICE: Readonly<Partial<Record<ErrorCode, string>>> = {
  ERR_STORE_LOCKED: "Another process has these data open. Stop it first, or ask it instead.",
  ERR_KEEPER_RUNNING:
    "Another process holds these keys. If it is surely gone, remove the file lock in the key folder.",
  ERR_KEY_ROOT_MEDIUM:
    "Put the key folder on ext4 or XFS, or say why it may lie there: --weakened REASON.",
  ERR_KEY_STORE_UNSAFE: "Mend the server's settings, or say why they may stand: --weakened REASON.",
  ERR_KEY_TREE_STALE:
    "An old copy of the key tree is in place. Only the newest opens: bring it back.",
  ERR_LOG_DAMAGED:
    "What is stored is not what was written. Keep a copy as it is, then find out who changed it.",
  ERR_LOG_KEY_OTHER:
    "Bring the key file back; or, if it is lost: jikim log new-key --old OLD-VERIFIER-KEY.",
  ERR_STORE_UNAVAILABLE: "Is the server running and the address right? jikim doctor looks closer.",
  ERR_STORE_NEWER: "These data were written by a newer version. Use that version.",
  ERR_STORE_DRIFT: "A migration that was shipped has been changed. Restore the shipped file.",
};

function explain(error: unknown, json: boolean, io: CliIo): ExitCode {
  if (!(error instanceof JikimError)) {
    io.err(`${styled(io, "red", "internal error")}: ${String(error)}\n`);
    return 1;
  }
  const issues = issuesIn(error);
  const advice = ADVICE[error.code];
  if (json) {
    const data = { error: error.code, message: error.message, issues: issues.map(issueData) };
    printJson(io, data);
  } else {
    for (const issue of issues) io.err(issueLines(io, issue));
    io.err(`${styled(io, "red", error.code)}: ${error.message}\n`);
    if (advice !== undefined) io.err(`    ${advice}\n`);
  }
  return error.code === "ERR_USAGE" ? 2 : 1;
}

function issuesIn(error: JikimError): readonly Issue[] {
  const { issues } = error.facts;
  return error.code === "ERR_POLICY_INVALID" && Array.isArray(issues) ? (issues as Issue[]) : [];
}
