/** The tables of a run. */
import { figure, machineText, median, quantile } from "../support/figures.ts";
import { textTable } from "../support/text-table.ts";
import { ACTS, type LifeReport } from "./acts.ts";

export function lifeText(report: LifeReport): string {
  const { machine, loads, withdrawal } = report;
  return `${[
    machineText(machine),
    textTable(
      ["filling the store", "records", "plain ms", "jikim ms", "records a second"],
      loads.map(({ people, records, ms, plainMs }) => [
        `to ${figure(people)} people`,
        figure(records),
        figure(plainMs),
        figure(ms),
        figure((records * 1_000) / ms),
      ]),
    ),
    textTable(
      ["act, median ms", "plain", "jikim", "jikim : plain", "p99", "statements", "from the least"],
      actRows(report),
    ),
    textTable(
      ["sweep", "records", "records a second", "reading p99 before", "during"],
      report.sweeps.map(({ side, records, ms, quietP99, busyP99 }) => [
        side === "ours" ? "jikim" : "plain",
        figure(records),
        figure((records * 1_000) / ms),
        `${figure(quietP99)} ms`,
        `${figure(busyP99)} ms`,
      ]),
    ),
    `Withdrawal: ${withdrawal}. Plain deletes rows; what they held stays in heap, log and backups.`,
  ].join("\n\n")}\n`;
}

/** "From the least": what the act costs at this size, against the smallest store. */
function actRows({ acts }: LifeReport): readonly (readonly string[])[] {
  return ACTS.flatMap((act) => {
    const own = acts.filter((each) => each.act === act);
    const first = median(own[0]?.ours ?? []);
    return own.map(({ people, plain, ours, statements }) => [
      `${act}, ${figure(people)} people`,
      figure(median(plain)),
      figure(median(ours)),
      `${figure(median(ours) / median(plain))}×`,
      figure(quantile(ours, 0.99)),
      `${figure(statements.ours)} (${figure(statements.plain)})`,
      `${figure(median(ours) / first)}×`,
    ]);
  });
}
