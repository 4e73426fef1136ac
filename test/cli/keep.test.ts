/** `jikim keep` and `jikim promises` on data that a service left behind. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
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
    "1 record past the last day\n" +
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

describe("long work on a terminal", () => {
  // Each test has a year of its own: a day whose key is gone takes nothing more.
  let ended = COLLECTED + 400 * DAY_MS;
  const openAt = (now: number): ReturnType<typeof openJikim> =>
    openJikim({ policy: POLICY, data, clock: { now: () => now }, weakened: "tests" });
  const fill = async (): Promise<void> => {
    const jikim = await openAt(ended);
    ended += 370 * DAY_MS;
    for (const page of ["/", "/me", "/privacy"]) {
      const items = { usage_record: page, ip_public: "203.0.113.7" };
      await jikim.collect("service_use", items, { method: "service_use" });
    }
    await jikim.close();
  };

  test("shows a bar that fills up and goes away before the answer", async () => {
    await fill();
    const { parts } = await run(["keep", POLICY, "--data", data], ended, true);
    const bars = parts.filter((part) => part.startsWith("\r["));
    expect(bars[0]).toBe("\r[------------------------]   0 %  6 records past the last day");
    expect(bars).toContain("\r[############------------]  50 %  6 records past the last day");
    expect(bars.at(-1)).toBe("\r[########################] 100 %  6 records past the last day");
    expect(parts.indexOf("\r\u001b[K")).toBeGreaterThan(parts.indexOf(bars.at(-1) ?? ""));
    expect(parts.at(-1)).toBe("6 records destroyed\n");
  });

  test("shows none beside JSON", async () => {
    await fill();
    const { text } = await run(["keep", POLICY, "--data", data, "--json"], ended, true);
    expect(JSON.parse(text)).toMatchObject({ records: 6 });
  });

  test("is told to whoever asks the engine, batch by batch", async () => {
    await fill();
    const jikim = await openAt(ended);
    const told: unknown[] = [];
    await jikim.keep({ onProgress: (progress) => told.push(progress) });
    await jikim.close();
    expect(told[0]).toEqual({ records: 3 });
    expect(told.at(-1)).toEqual({ records: 6 });
  });
});

async function run(
  args: readonly string[],
  now: number,
  live = false,
): Promise<{ code: number; text: string; parts: readonly string[] }> {
  const parts: string[] = [];
  const io: CliIo = {
    out: (part) => void parts.push(part),
    err: (part) => void parts.push(part),
    colour: false,
    live,
    weakened: "tests",
    cwd: process.cwd(),
    clock: { now: () => now },
    random: systemRandom,
  };
  return { code: await runCli(args, io), text: parts.join(""), parts };
}
