/** `jikim keep` and `jikim promises` on data that a service left behind. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { CliIo } from "../../src/cli/io.ts";
import { runCli } from "../../src/cli/run-cli.ts";
import { openJikim } from "../../src/engine/open-jikim.ts";
import { systemRandom } from "../../src/engine/system.ts";

const COLLECTED = Date.UTC(2026, 0, 10, 3); // 2026-01-10 at noon in Seoul
const DAY_MS = 86_400_000;
const POLICY = "policies/remotemeeting";
let data: string;

beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), "jikim-keep-"));
  const clock = { now: () => COLLECTED };
  const jikim = await openJikim({ policy: POLICY, data, clock, weakened: "tests" });
  await jikim.collect("service_use", { usage_record: "opened a room" }, { method: "service_use" });
  await jikim.close();
});

afterAll(() => rmSync(data, { recursive: true, force: true }));

test("nothing is destroyed on the last day", async () => {
  const { code, text } = await run(["keep", POLICY, "--data", data], Date.UTC(2027, 0, 10, 14, 59));
  expect(text).toBe("0 records destroyed\n");
  expect(code).toBe(0);
});

test("while another process has the data open the command says so and changes nothing", async () => {
  const clock = { now: () => Date.UTC(2027, 0, 10, 14, 59) };
  const other = await openJikim({ policy: POLICY, data, clock, weakened: "tests" });
  const { code, text } = await run(["keep", POLICY, "--data", data], clock.now());
  await other.close();
  expect(text).toContain("ERR_STORE_LOCKED");
  expect(text).toContain("Another process has these data open.");
  expect(code).toBe(1);
});

test("what was destroyed too late is told and gives exit code 1", async () => {
  const late = COLLECTED + 400 * DAY_MS;
  const { code, text } = await run(["keep", POLICY, "--data", data], late);
  expect(text).toBe(
    "usage  last day 2027-01-10  1 record, 1 subject  destroyed  overdue\n1 record destroyed\n",
  );
  expect(code).toBe(1);
});

test("a second run finds nothing left", async () => {
  const later = COLLECTED + 401 * DAY_MS;
  const { code, text } = await run(["keep", POLICY, "--data", data, "--json"], later);
  expect(JSON.parse(text)).toMatchObject({ records: 0, days: [] });
  expect(code).toBe(0);
});

async function run(args: readonly string[], now: number): Promise<{ code: number; text: string }> {
  let text = "";
  const io: CliIo = {
    out: (part) => void (text += part),
    err: (part) => void (text += part),
    colour: false,
    weakened: "tests",
    cwd: process.cwd(),
    clock: { now: () => now },
    random: systemRandom,
  };
  return { code: await runCli(args, io), text };
}
