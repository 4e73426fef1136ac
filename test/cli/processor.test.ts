/** `jikim processor` on data with orders: what is late, the letter, the answer typed in, the end. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { CliIo } from "../../src/cli/io.ts";
import { runCli } from "../../src/cli/run-cli.ts";
import { exportTo } from "../../src/engine/processor/export-to.ts";
import { openJikim } from "../../src/engine/open-jikim.ts";
import { addStaff } from "../../src/engine/staff/staff.ts";
import { payingMember, someOrders } from "../support/processors.ts";
import { REMOTEMEETING, testClock, testRandom } from "../support/test-engine.ts";

const folder = mkdtempSync(join(tmpdir(), "jikim-processor-"));
const clock = testClock("2026-11-23T12:00:00+09:00");
const random = testRandom("cli");
let late = "";

beforeAll(async () => {
  const weakened = "wherever tests run";
  const jikim = await openJikim({ policy: REMOTEMEETING, data: folder, clock, random, weakened });
  late = await someOrders(jikim.context);
  const subject = await payingMember(jikim.context);
  await exportTo(jikim.context, subject, { processor: "kcp", work: "payment", items: ["card"] });
  await addStaff(jikim.context, "12", ["staff"]);
  await jikim.close();
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(
  ...args: readonly string[]
): Promise<{ code: number; out: string; err: string }> {
  const out: string[] = [];
  const err: string[] = [];
  const io: CliIo = {
    out: (text) => void out.push(text),
    err: (text) => void err.push(text),
    colour: false,
    weakened: "wherever tests run",
    cwd: folder,
    clock,
    random,
  };
  const [act = "", ...rest] = args;
  const code = await runCli(["processor", act, REMOTEMEETING, "--data", folder, ...rest], io);
  return { code, out: out.join(""), err: err.join("") };
}

test("from the late order to its answer, and the end with its preview", async () => {
  const list = await run("list");
  expect(list.code).toBe(1);
  expect(list.out).toMatch(/^kcp +active +2 open orders; 1 late$/m);
  const orders = await run("orders", "--json");
  expect(orders.code).toBe(1);
  expect(JSON.parse(orders.out).orders).toMatchObject([
    { order: late, late: true, last_fault: "by-hand", state: "queued" },
    { late: false },
  ]);

  const by = ["--order", late, "--staff", "12"];
  const letter = await run("letter", ...by);
  expect(letter.code).toBe(0);
  expect(letter.out).toContain(`"order":"${late}"`);
  expect((await run("letter", ...by, "--handed")).out).toBe(`${late}: sent by hand\n`);
  const foreign = await run("letter", "--order", late, "--staff", "99");
  expect(foreign).toMatchObject({ code: 2 });
  expect(foreign.err).toContain("nobody at work has this staff id");

  const answer = ["--state", "done", "--document", "mail of 23 November"];
  expect((await run("answer", ...by, ...answer)).out).toBe(`${late} done: taken\n`);
  expect((await run("answer", ...by, ...answer)).out).toBe(`${late} done: it was known\n`);
  const against = ["--state", "held_nothing", "--document", "mail"];
  expect(await run("answer", ...by, ...against)).toMatchObject({ code: 1 });
  expect(await run("orders")).toMatchObject({ code: 0 });

  const end = ["--processor", "kcp"];
  expect((await run("end", ...end)).out).toContain("1 order to erase would go out");
  expect(await run("list")).toMatchObject({ code: 0 });
  expect((await run("end", ...end, "--yes")).out).toContain("1 order to erase placed");
  expect((await run("list")).out).toMatch(/^kcp +ended +2 open orders$/m);
}, 120_000);
