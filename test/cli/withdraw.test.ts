/** `jikim withdraw` on data that a service left behind: preview first, then for good. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { CliIo } from "../../src/cli/io.ts";
import { runCli } from "../../src/cli/run-cli.ts";
import { openJikim } from "../../src/engine/open-jikim.ts";
import { systemRandom } from "../../src/engine/system.ts";
import { SIGN_UP, SIGN_UP_OPTIONS } from "../support/test-engine.ts";

const AT = Date.UTC(2026, 10, 23, 3);
const POLICY = "policies/remotemeeting";
let data: string;
let subject: string;

beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), "jikim-withdraw-"));
  const jikim = await openJikim({
    policy: POLICY,
    data,
    clock: { now: () => AT },
    weakened: "tests",
  });
  subject = await jikim.collect("sign_up", SIGN_UP, SIGN_UP_OPTIONS);
  await jikim.collect("subscription", { contract_record: "basic" }, { subject });
  await jikim.close();
});
afterAll(() => rmSync(data, { recursive: true, force: true }));

async function run(...more: string[]): Promise<{ code: number; out: string; err: string }> {
  const [out, err]: [string[], string[]] = [[], []];
  const io: CliIo = {
    out: (line) => void out.push(line),
    err: (line) => void err.push(line),
    colour: false,
    weakened: "tests",
    cwd: process.cwd(),
    clock: { now: () => AT },
    random: systemRandom,
  };
  const code = await runCli(["withdraw", subject, POLICY, "--data", data, ...more], io);
  return { code, out: out.join(""), err: err.join("") };
}

const LINES =
  "destroyed  1 record      Account profile  its purpose ends\n" +
  "moved      1 record      Records of contracts and withdrawn offers  23 November 2031  " +
  "Act on the Consumer Protection in Electronic Commerce, Enforcement Decree, Art. 6(1)2\n" +
  "1 destroyed, 1 moved apart, 0 kept\n";

test("the preview says what would happen, and nothing does", async () => {
  const { code, out, err } = await run("--preview");
  expect(out).toBe(LINES);
  expect(err).toContain("Nothing was done.");
  expect(code).toBe(0);
  const again = JSON.parse((await run("--preview", "--json")).out) as { parts: unknown[] };
  expect(again.parts).toHaveLength(2);
});

test("staff confirm by their number: done, with a receipt; and again it answers the same", async () => {
  const asked = ["--confirm", "--channel", "phone", "--by", "12"];
  const { code, out, err } = await run(...asked);
  expect(out.startsWith(`${LINES}0 orders to processors\nreceipt `)).toBe(true);
  expect(err).toContain("9 steps");
  expect(code).toBe(0);
  const again = JSON.parse((await run(...asked, "--json")).out) as Record<string, unknown>;
  expect(again).toMatchObject({ step: "told", orders: 0, state: "rows_removed" });
  expect(again["receipt"]).toBe(/receipt (\S+)/.exec(out)?.[1]);
});
