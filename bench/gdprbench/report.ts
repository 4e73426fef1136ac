/** The table of a run: both sides, their ratio round by round, and the goal beside it. */
import { median, figure, machineText, type Ratio, ratioOf, ratioText } from "../support/figures.ts";
import { textTable } from "../support/text-table.ts";
import type { Machine, Measured, RunOptions, Whole } from "./run.ts";
import type { OpKind, Workload } from "./workloads.ts";

export interface Report {
  readonly options: RunOptions;
  readonly machine: Machine;
  readonly measured: readonly Measured[];
  readonly wholes: readonly Whole[];
}

/** Least ratio of operations a second, Jikim to compliant PostgreSQL, with one connection. */
const GOALS: Readonly<Partial<Record<Workload, number>>> = {
  "controller/repo": 30,
  "controller/usr": 1.2,
  "customer/repo": 1.5,
  "customer/paper": 0.9,
  "processor/repo": 0.35,
  "processor/paper": 0.35,
  "regulator/paper": 1,
};
const GOAL_AT_EIGHT = 60;

const OURS = "jikim";
const THEIRS = "compliant";
const SEALED = "pgcrypto";

export function reportText(report: Report): string {
  const { options, machine } = report;
  return `${[
    `${options.records} records of 100 B, ${options.ops} operations a mix, ${options.rounds} rounds, ` +
      `${options.connections} at once; every answer was the model's`,
    machineText(machine),
    textTable(
      ["mix, operations a second", THEIRS, SEALED, OURS, "jikim : compliant", "goal", ""],
      mixRows(report),
    ),
    textTable(["operation, median ms", THEIRS, OURS, "compliant : jikim"], kindRows(report)),
    textTable(["whole", THEIRS, OURS, "compliant : jikim"], wholeRows(report)),
    NOTES,
  ].join("\n\n")}\n`;
}

const NOTES = `compliant: an index on every metadata column, a daemon for expiry, every statement logged; data
in clear, and a deleted row stays in heap, log and backups. jikim: sealed, every change with a leaf
of the log, and a deletion is done when the keys are overwritten and no copy opens any more.
Disk encryption and TLS are left out on both sides.`;

function rates({ measured }: Report, side: string, workload: Workload): readonly number[] {
  return measured
    .filter((each) => each.side === side && each.workload === workload)
    .toSorted((a, b) => a.round - b.round)
    .map(({ opsPerSecond }) => opsPerSecond);
}

function mixRows(report: Report): readonly (readonly string[])[] {
  const { connections } = report.options;
  const mixes = [...new Set(report.measured.map(({ workload }) => workload))].toSorted();
  return mixes.map((workload) => {
    const [ours, theirs] = [rates(report, OURS, workload), rates(report, THEIRS, workload)];
    const sealed = rates(report, SEALED, workload);
    const ratio = ratioOf(ours, theirs);
    const eight = connections >= 8 && workload === "controller/repo";
    const goal = eight ? GOAL_AT_EIGHT : (GOALS[workload] ?? null);
    return [
      workload,
      figure(median(theirs)),
      sealed.length === 0 ? "" : figure(median(sealed)),
      figure(median(ours)),
      ratioText(ratio),
      goal === null ? "" : `≥ ${goal}×`,
      verdict(ratio, goal),
    ];
  });
}

function verdict(ratio: Ratio, goal: number | null): string {
  if (goal === null) return "";
  return ratio.median >= goal ? "met" : "not met";
}

function kindRows(report: Report): readonly (readonly string[])[] {
  const kinds = new Set(
    report.measured.flatMap(({ times }) => Object.keys(times) as (keyof typeof times)[]),
  );
  return [...kinds].toSorted().map((kind) => {
    const [theirs, ours] = [mediansOf(report, THEIRS, kind), mediansOf(report, OURS, kind)];
    return [kind, figure(median(theirs)), figure(median(ours)), ratioText(ratioOf(theirs, ours))];
  });
}

/** The median of a kind in each round, over all mixes. */
function mediansOf({ measured, options }: Report, side: string, kind: OpKind): readonly number[] {
  return Array.from({ length: options.rounds }, (_, round) =>
    median(
      measured
        .filter((each) => each.side === side && each.round === round)
        .flatMap(({ times }) => times[kind] ?? []),
    ),
  );
}

function wholeRows({ wholes, options }: Report): readonly (readonly string[])[] {
  const of = (side: string, value: (whole: Whole) => number): readonly number[] =>
    wholes.filter((each) => each.side === side).map(value);
  const row = (
    title: string,
    value: (whole: Whole) => number,
    show: (value: number) => string,
  ): readonly string[] => {
    const [theirs, ours] = [of(THEIRS, value), of(OURS, value)];
    return [title, show(median(theirs)), show(median(ours)), ratioText(ratioOf(theirs, ours))];
  };
  const data = options.records * 100;
  const expired = median(wholes.map((whole) => whole.expired));
  return [
    row("loading, ms", ({ loadMs }) => loadMs, figure),
    row(`expiry of ${figure(expired)} records, ms`, ({ expireMs }) => expireMs, figure),
    row(
      "space, times the data",
      ({ bytes }) => bytes / data,
      (value) => `${figure(value)}×`,
    ),
  ];
}
