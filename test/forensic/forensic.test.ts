/**
 * What is destroyed is beyond everyone's reach: the quick form of `npm run forensic`. A world of
 * people lives in a process of its own; all it leaves on disks and in memory is examined.
 */
import { describe, expect, test } from "vitest";

import { report } from "../keys/support/report.ts";
import { postgresPrograms } from "../keys/support/temp-postgres.ts";
import { FAULT_NAMES, FAULTS, QUICK, SMALL, type StandName } from "./support/plan.ts";
import { faultLine, isCaught, tableOf } from "./support/report.ts";
import { type Findings, runForensic } from "./support/run.ts";

const LIMIT_MS = 120_000;

async function run(stand: StandName, fault: keyof typeof FAULTS | null): Promise<Findings> {
  const findings = await runForensic(stand, fault === null ? QUICK : SMALL, fault);
  if (findings === null) throw new Error("skipped where there is no PostgreSQL");
  return findings;
}

describe.each(["files", "postgres"] as const)("%s", (stand) => {
  test.skipIf(stand === "postgres" && postgresPrograms() === null)(
    "destroyed records open for nobody, living ones do, and the former root shows the difference",
    async () => {
      const findings = await run(stand, null);
      report(tableOf(findings));
      expect(findings.failed).toEqual([]);
    },
    LIMIT_MS,
  );
});

describe("a planted fault is seen", () => {
  test.each(FAULT_NAMES.map((fault) => [fault, FAULTS[fault].says] as const))(
    "%s: %s",
    async (fault) => {
      const findings = await run("files", fault);
      report(faultLine(findings));
      expect(isCaught(findings)).toBe(true);
    },
    LIMIT_MS,
  );
});
