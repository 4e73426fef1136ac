/**
 * The forensic test in full: `npm run forensic [-- --json] [--quick]`. Ends with 1 when a check
 * failed, a planted fault was missed, or a stand could not be examined.
 */
import { FAULT_NAMES, FULL, QUICK, SMALL, type StandName } from "./support/plan.ts";
import { faultLine, isCaught, tableOf } from "./support/report.ts";
import { type Findings, runForensic } from "./support/run.ts";

const json = process.argv.includes("--json");
const size = process.argv.includes("--quick") ? QUICK : FULL;
const say = (line: string): void => void (json || process.stdout.write(`${line}\n`));

const started = performance.now();
const runs: Findings[] = [];
const faults: Findings[] = [];
const missing: StandName[] = [];
for (const stand of ["files", "postgres"] as const) {
  const findings = await runForensic(stand, size, null);
  if (findings === null) {
    missing.push(stand);
    say(`${stand}: PostgreSQL is not installed, not examined`);
    continue;
  }
  runs.push(findings);
  say(tableOf(findings));
  for (const fault of FAULT_NAMES) {
    const seen = await runForensic(stand, SMALL, fault);
    if (seen === null) continue;
    faults.push(seen);
    say(faultLine(seen));
  }
}
const ok =
  missing.length === 0 && runs.every(({ failed }) => failed.length === 0) && faults.every(isCaught);
const seconds = Math.round((performance.now() - started) / 1000);
if (json) {
  const planted = faults.map((each) => ({ ...each, caught: isCaught(each) }));
  const all = { ok, size, runs, faults: planted, missing, seconds };
  process.stdout.write(`${JSON.stringify(all, null, 2)}\n`);
}
const caught = faults.filter(isCaught).length;
say(`${ok ? "ok" : "FAILED"}: ${caught} of ${faults.length} planted faults caught, ${seconds} s`);
process.exitCode = ok ? 0 : 1;
