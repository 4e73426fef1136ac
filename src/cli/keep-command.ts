import { isDestroyed } from "../engine/destruction/destruction-state.ts";
import type { DayReport, Jikim, KeepReport } from "../engine/jikim.ts";
import { upcoming } from "../engine/retention/due.ts";
import type { Command, Input } from "./command.ts";
import { DATA_OPTIONS, openData } from "./data-option.ts";
import type { CliIo, ExitCode } from "./io.ts";
import { printJson, styled } from "./io.ts";
import { counted } from "./issue-lines.ts";
import { KEEPER_OPTION } from "./keeper-option.ts";
import { compilePolicy } from "./load-policy.ts";
import { progressLine } from "./progress-line.ts";

/** `jikim keep`: runs what is due. */
export const keepCommand: Command = {
  name: "keep",
  says: "runs what is due: records past their last day are destroyed",
  takes: ["[policy]"],
  options: {
    ...DATA_OPTIONS,
    ...KEEPER_OPTION,
    law: { takes: "FILE", says: "the law (default: the one the policy names)" },
  },
  examples: [
    "jikim keep policies/remotemeeting --data ./data",
    "jikim keep policies/remotemeeting --data postgres://… --json",
  ],
  exits:
    "exit codes: 0 done in time, 1 too late or unfinished for some, or the log unsigned, 2 misuse",
  run: keep,
};

async function keep(input: Input, io: CliIo): Promise<ExitCode> {
  const compiled = await compilePolicy(io, input.words[0], input.text("law"));
  const jikim = await openData(input, io, compiled);
  try {
    const report = await keepShown(jikim, input, io);
    const refused = report.log?.state === "refused" ? report.log.code : null;
    const overdue = report.days.filter((day) => day.overdue);
    if (input.json) printJson(io, report);
    else {
      for (const day of report.days) {
        const late = day.overdue ? `  ${styled(io, "red", "overdue")}` : "";
        const what = `${counted(day.records, "record")}, ${counted(day.subjects, "subject")}`;
        io.out(
          `${day.recordClass}  last day ${day.expiredOn}  ${what}  ${stateText(io, day)}${late}\n`,
        );
      }
      io.out(`${counted(report.records, "record")} ${wordOf(report)}\n`);
      showWithdrawals(io, report);
      const { archive } = report;
      if (archive !== undefined) {
        io.err(`${styled(io, "red", archive)}: the archive was not swept, or not to its end\n`);
      }
      if (refused !== null) io.err(`${styled(io, "red", refused)}: the log was not signed\n`);
    }
    const stopped = Object.keys(report.withdrawals?.stopped ?? {}).length;
    const swept = report.archive === undefined && stopped === 0;
    return overdue.length > 0 || refused !== null || !swept ? 1 : 0;
  } finally {
    await jikim.close();
  }
}

/** Nothing is said of nobody. */
function showWithdrawals(io: CliIo, { withdrawals }: KeepReport): void {
  if (withdrawals === undefined) return;
  const { finished, stopped } = withdrawals;
  if (finished > 0) io.out(`${counted(finished, "withdrawal")} finished\n`);
  for (const [code, people] of Object.entries(stopped)) {
    io.err(`${styled(io, "red", code)}: ${counted(people, "withdrawal")} not finished\n`);
  }
}

/** Years of records can be due at once after a long stop: a person sees how far it has come. */
async function keepShown(jikim: Jikim, input: Input, io: CliIo): Promise<KeepReport> {
  if (input.json) return jikim.keep();
  const due = await upcoming(jikim.context, 0);
  const total = due.reduce((sum, { records }) => sum + records, 0);
  const line = progressLine(io, total, `${counted(total, "record")} past the last day`);
  try {
    return await jikim.keep({ onProgress: ({ records }) => line.show(records) });
  } finally {
    line.end();
  }
}

/** Destroyed is said only of what nothing can bring back. */
function stateText(io: CliIo, day: DayReport): string {
  return isDestroyed(day.state)
    ? styled(io, "green", "destroyed")
    : styled(io, "yellow", day.state.replaceAll("_", " "));
}

function wordOf(report: KeepReport): string {
  return report.days.every((day) => isDestroyed(day.state)) ? "destroyed" : "removed";
}
