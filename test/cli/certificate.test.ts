/** A certificate as a file: HTML that stands alone, and a PDF where there is a Chromium. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { present } from "../../src/base/assert.ts";
import type { CliIo } from "../../src/cli/io.ts";
import { findPrinter } from "../../src/cli/print-pdf.ts";
import { runCli } from "../../src/cli/run-cli.ts";
import { newestLines } from "../../src/engine/destruction/ledger-lines.ts";
import { openJikim } from "../../src/engine/open-jikim.ts";
import { addStaff } from "../../src/engine/staff/staff.ts";
import { REMOTEMEETING, testClock, testRandom } from "../support/test-engine.ts";

const NOON = "2026-11-23T12:00:00+09:00";
const PRINTER = findPrinter(process.env["PATH"] ?? "");

let folder = "";
let run = "";
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "jikim-certificate-"));
  mkdirSync(join(folder, "data"));
  const jikim = await openJikim({
    policy: REMOTEMEETING,
    data: join(folder, "data"),
    clock: testClock(NOON),
    weakened: "test",
  });
  const subject = await jikim.collect("service_use", { usage_record: "joined" });
  await jikim.erase(subject, { items: ["usage_record"] });
  run = present((await newestLines(jikim.context, "all"))[0], "a line").run;
  await addStaff(jikim.context, "1", ["officer"]);
  await jikim.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function jikim(...args: readonly string[]) {
  let [out, err] = ["", ""];
  const io: CliIo = {
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    colour: false,
    cwd: folder,
    path: process.env["PATH"] ?? "",
    clock: testClock(NOON),
    random: testRandom("cli"),
  };
  const data = [REMOTEMEETING, "--data", "data", "--weakened", "test"];
  const [act = "", ...rest] = args;
  const code = await runCli(["certificate", act, ...data, ...rest], io);
  return { code, out, err };
}

describe("jikim certificate", () => {
  test("lists the runs, and shows one by the beginning of its number", async () => {
    const all = await jikim("list");
    expect(all).toMatchObject({ code: 0 });
    expect(all.out).toContain(`${run.slice(0, 8)}  1 record  usage 2026-11-23  destroyed`);
    const one = await jikim(run.slice(0, 8), "--json");
    expect(JSON.parse(one.out)).toMatchObject({ run, state: "complete" });
  });

  test("an officer confirms with it, and nobody else", async () => {
    expect(await jikim(run, "--confirm-by", "2")).toMatchObject({ code: 1 });
    const confirmed = await jikim(run, "--confirm-by", "1");
    expect(confirmed.out).toContain("confirmed by 1");
  });

  test("writes the document, and not over one that is there", async () => {
    expect((await jikim(run, "--html", "a.html", "--lang", "en")).code).toBe(0);
    const text = readFileSync(join(folder, "a.html"), "utf8");
    expect(text).toContain("Certificate of destruction");
    expect(await jikim(run, "--html", "a.html")).toMatchObject({ code: 2 });
  });

  test.skipIf(PRINTER === null)("prints it as a PDF", { timeout: 90_000 }, async () => {
    expect((await jikim(run, "--pdf", "a.pdf")).code).toBe(0);
    expect(readFileSync(join(folder, "a.pdf")).subarray(0, 5).toString("latin1")).toBe("%PDF-");
    expect(await jikim(run, "--pdf", "a.pdf")).toMatchObject({ code: 2 });
  });
});
