import { isDay } from "../base/calendar.ts";
import { JikimError } from "../base/errors.ts";
import type { Change } from "../policy/diff-policies.ts";
import { diffPolicies } from "../policy/diff-policies.ts";
import type { Policy } from "../policy/model.ts";
import type { Command, Input } from "./command.ts";
import { usage } from "./command.ts";
import type { CliIo, ExitCode } from "./io.ts";
import { printJson, styled } from "./io.ts";
import { counted } from "./issue-lines.ts";
import { loadPolicy } from "./load-policy.ts";

/** `jikim diff`: what changes between two versions, and how early it may take effect. */
export const diffCommand: Command = {
  name: "diff",
  says: "what changes between two versions, how important it is, how early it may take effect",
  takes: ["before", "after"],
  options: {
    announced: { takes: "DAY", says: "day of the announcement (default: what `after` says)" },
    important: { takes: null, says: "hold the change for important; nothing can be lowered" },
  },
  examples: [
    "jikim diff policies/mine policies/mine-next",
    "jikim diff old.yaml new.yaml --announced 2026-12-01 --json",
  ],
  exits: "exit codes: 0 the notice is long enough, 1 it is not or a policy does not run, 2 misuse",
  run: diff,
};

async function diff(input: Input, io: CliIo): Promise<ExitCode> {
  const day = input.text("announced");
  if (day !== undefined && !isDay(day))
    throw usage(`--announced is a day like 2026-12-01, not "${day}"`);
  const before = await running(io, input.words[0]);
  const after = await running(io, input.words[1]);
  const found = diffPolicies(before, after, { raise: input.on("important") });
  const announced = day ?? after.announced;
  const earliest = found.earliestEffective(announced);
  const early = found.class !== "none" && after.effective < earliest;
  if (input.json) {
    printJson(io, {
      class: found.class,
      decidedBy: found.decidedBy,
      announced,
      effective: after.effective,
      earliestEffective: earliest,
      early,
      changes: found.changes,
    });
    return early ? 1 : 0;
  }
  for (const change of found.changes) io.out(`${changeLine(change)}\n`);
  io.out(`${counted(found.changes.length, "change")}: ${found.class}`);
  io.out(found.decidedBy.length === 0 ? "\n" : `, decided by ${found.decidedBy.join(", ")}\n`);
  if (found.class === "none") return 0;
  io.out(`announced ${announced}, in effect at the earliest ${earliest}\n`);
  if (early) io.out(styled(io, "red", `${after.effective} is too early\n`));
  return early ? 1 : 0;
}

async function running(io: CliIo, named: string | undefined): Promise<Policy> {
  const { policy, file, issues } = await loadPolicy(io, named);
  if (policy !== null) return policy;
  throw new JikimError("ERR_POLICY_INVALID", `${file} does not run`, {
    issues: issues.filter((issue) => issue.severity === "error"),
  });
}

function changeLine(change: Change): string {
  return `${change.class.padEnd(9)} ${change.kind}  ${change.ref}\n          ${change.reason}`;
}
