/**
 * kill -9 before each of the nine steps and at random moments: once the service is opened again
 * everybody who had asked to leave has left, nothing that must be kept is lost, nothing that must
 * go is kept, and each thing happened once. `CRASH_RUNS` sets how many random moments (12 when not
 * said; `npm run crash withdrawal`: 100).
 */
import { randomInt } from "node:crypto";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { WITHDRAWAL_STEPS } from "../../src/engine/withdrawal/withdrawal-row.ts";
import {
  type Death,
  faultsOf,
  leaveUntilKilled,
  makeStand,
  openStand,
  type Stand,
} from "./stand.ts";

const RANDOM = Number(process.env["CRASH_RUNS"] ?? 12);
/** A withdrawal takes about this long where tests run, in milliseconds. */
const SPAN_MS = 300;
const MS_A_RUN = 10_000;

let stand: Stand;
beforeAll(
  async () => {
    stand = await makeStand(inject("postgres"), WITHDRAWAL_STEPS.length + 2 * RANDOM);
  },
  60_000 + RANDOM * MS_A_RUN,
);
afterAll(() => stand.remove());

test(
  `killed before every step and at ${RANDOM} random moments, everybody has left, once`,
  async () => {
    let waiting = [...stand.subjects];
    const asked = new Set<string>();
    const interrupted = new Set<string>();
    const kill = async (death: Death): Promise<void> => {
      const people = "before" in death ? 1 : 2;
      const lines = await leaveUntilKilled(stand.data, waiting.slice(0, people), death);
      for (const line of lines) {
        // Before the second step nothing may have been written down: that person has not asked yet.
        const [subject = "", step = ""] = line.split(" ");
        if (step === "frozen") asked.add(subject);
        if (step === "done") interrupted.delete(subject);
        else if (asked.has(subject)) interrupted.add(subject);
      }
      waiting = waiting.filter((subject) => !asked.has(subject));
    };
    for (const before of WITHDRAWAL_STEPS) await kill({ before });
    for (let run = 0; run < RANDOM; run += 1) await kill({ afterMs: randomInt(SPAN_MS) });
    const jikim = await openStand(stand.data);
    const faults: string[] = [];
    for (const subject of asked) {
      for (const fault of await faultsOf(jikim, stand, subject)) faults.push(fault);
    }
    await jikim.close();
    expect(faults).toEqual([]);
    expect(interrupted.size).toBeGreaterThanOrEqual(WITHDRAWAL_STEPS.length - 1);
  },
  60_000 + RANDOM * MS_A_RUN,
);
