/** `jikim log` and `jikim verify-log` on data that a service left behind, then without them. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { CliIo } from "../../src/cli/io.ts";
import { runCli } from "../../src/cli/run-cli.ts";
import type { LeafId } from "../../src/engine/audit/append-leaf.ts";
import { receiptOf } from "../../src/engine/audit/receipt-code.ts";
import { openJikim } from "../../src/engine/open-jikim.ts";
import { systemRandom } from "../../src/engine/system.ts";

const NOON = Date.UTC(2026, 10, 23, 3);
const POLICY = "policies/remotemeeting";
const WEAKENED = "a test's folder may lie anywhere";
let folder = "";
let data = "";
let short = "";
let long = "";
let kept = "";
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "jikim-log-"));
  data = at("data");
  const clock = { now: () => NOON };
  const jikim = await openJikim({ policy: POLICY, data, clock, weakened: WEAKENED });
  let leaf: LeafId | null = null;
  const onLeaf = (added: LeafId): void => void (leaf = added);
  for (const usage_record of ["opened a room", "closed it"]) {
    await jikim.collect("service_use", { usage_record }, { method: "service_use", onLeaf });
  }
  kept = (await jikim.log.checkpoint()).note;
  short = receiptOf(leaf ?? { seq: 0, hash: "" });
  long = (await jikim.log.find(short))?.proof ?? "";
  await jikim.close();
  writeFileSync(at("kept.txt"), kept);
  await run(["log", "key", POLICY, "--data", data, "--out", at("key.txt")]);
  await run(["log", "export", POLICY, "--data", data, "--out", at("log.jsonl")]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const verify = (...more: readonly string[]) => run(["verify-log", ...more, "--key", at("key.txt")]);

/** The export with its text changed, in another file. */
function changed(change: (text: string) => string): string {
  const text = change(readFileSync(at("log.jsonl"), "utf8"));
  expect(text).not.toBe(readFileSync(at("log.jsonl"), "utf8"));
  writeFileSync(at("changed.jsonl"), text);
  return at("changed.jsonl");
}

test("what was exported is verified with the key alone", async () => {
  const { code, out } = await verify(at("log.jsonl"), "--checkpoint", at("kept.txt"));
  expect(out).toContain("3 leaves, 2 checkpoints: nothing was altered, left out or put in\n");
  expect(out).toContain("www.remotemeeting.com/audit, 3 leaves, signed 2026-11-23T03:00:00.000Z");
  expect(code).toBe(0);
  expect(statSync(at("log.jsonl")).mode & 0o777).toBe(0o600);
});

test.each<[what: string, change: (text: string) => string, says: string]>([
  ["altered", (text) => text.replace('"records":1', '"records":2'), "leaf 1 was altered"],
  ["left out", (text) => text.replace(/\{"leaf":1,.*\n/, ""), "leaf 1 is missing"],
  ["put in", (text) => text.replace(/(\{"leaf":1,.*\n)/, "$1$1"), "leaf 1 was added"],
  ["signed by another", (text) => text.replace(/audit [A-Za-z0-9]/, "audit ?"), "checkpoint 0"],
  ["not of an export", (text) => `${text}\n`, "line 7"],
])("a leaf or line that was %s is named, with exit code 1", async (_what, change, says) => {
  const { code, out } = await verify(changed(change));
  expect(out).toContain(says);
  expect(code).toBe(1);
});

test("for programs the verdict is JSON", async () => {
  const good = await verify(at("log.jsonl"), "--json");
  expect(JSON.parse(good.out)).toMatchObject({ ok: true, leaves: 3, fault: null });
  const bad = await verify(
    changed((text) => text.replace('"records":1', '"records":2')),
    "--json",
  );
  expect(JSON.parse(bad.out)).toMatchObject({ ok: false, fault: { what: "altered", leaf: 1 } });
  expect(bad.code).toBe(1);
});

test("a receipt is verified alone, or with what its leaf says from an export", async () => {
  const alone = await verify("--receipt", long);
  expect(alone.out).toContain("the receipt holds: it is leaf 2 of the log\n");
  expect(alone.code).toBe(0);
  for (const receipt of [short, long]) {
    const { code, out } = await verify(at("log.jsonl"), "--receipt", receipt);
    expect(out).toMatch(/receipt: leaf 2, collected, 2026-11-23T03:00:00.000Z \{.*"records":1/);
    expect(code).toBe(0);
  }
  const spoiled = `${long.slice(0, 60)}${long[60] === "A" ? "B" : "A"}${long.slice(61)}`;
  const { code, out } = await verify("--receipt", spoiled);
  expect([code, out]).toEqual([1, "the receipt does not hold under this key\n"]);
  const other = receiptOf({ seq: 2, hash: "ab".repeat(32) });
  const absent = await verify(at("log.jsonl"), "--receipt", other);
  expect(absent.out).toContain("the receipt is of no leaf that is proved");
  expect(absent.code).toBe(1);
});

test.each([
  ["nothing to look at", []],
  ["a short receipt alone", ["--receipt", "1-00000-00000-00000"]],
  ["a receipt that is none", ["--receipt", "hello"]],
  ["a file that is not there", ["nowhere.jsonl"]],
])("%s is misuse", async (_what, args) => {
  expect((await verify(...args)).code).toBe(2);
});

test("misuse is also no key, a file of none, and a checkpoint of another key", async () => {
  expect((await run(["verify-log", at("log.jsonl")])).code).toBe(2);
  expect((await run(["verify-log", at("log.jsonl"), "--key", at("kept.txt")])).code).toBe(2);
  writeFileSync(at("other.txt"), kept.replace("\n3\n", "\n4\n"));
  expect((await verify(at("log.jsonl"), "--checkpoint", at("other.txt"))).code).toBe(2);
  expect((await run(["log", "dance", POLICY, "--data", data])).code).toBe(2);
  const again = ["log", "export", POLICY, "--data", data, "--out", at("log.jsonl")];
  expect((await run(again)).code).toBe(2);
});

test("an export to the terminal is the same log, and the bar is drawn beside it", async () => {
  const { out, err, code } = await run(["log", "export", POLICY, "--data", data]);
  expect(code).toBe(0);
  writeFileSync(at("piped.jsonl"), out);
  const verified = await verify(at("piped.jsonl"), "--checkpoint", at("kept.txt"));
  expect(verified.code).toBe(0);
  expect(verified.err).toMatch(/verifying {2}\[#{24}\]/);
  expect(err).not.toContain("leaf");
});

test("after the key was lost the log goes on, says so, and is verified with both keys", async () => {
  rmSync(join(data, "log.key"));
  const kept = await run(["keep", POLICY, "--data", data]);
  expect(kept.code).toBe(1);
  expect(kept.err).toContain("ERR_LOG_KEY_OTHER: the log was not signed");
  const refused = await run(["log", "export", POLICY, "--data", data]);
  expect(refused.err).toContain("ERR_LOG_KEY_OTHER");
  expect(refused.code).toBe(1);
  const changes = ["log", "new-key", POLICY, "--data", data, "--old", at("key.txt")];
  const { out } = await run(changes);
  const [fresh = ""] = out.split("\n");
  await run(["log", "export", POLICY, "--data", data, "--out", at("both.jsonl")]);
  expect((await verify(at("both.jsonl"))).code).toBe(1);
  writeFileSync(at("keys.txt"), `${readFileSync(at("key.txt"), "utf8")}${fresh}\n`);
  const both = await run(["verify-log", at("both.jsonl"), "--key", at("keys.txt")]);
  expect(both.code).toBe(0);
  expect(readFileSync(at("both.jsonl"), "utf8")).toContain('"kind":"log_key_changed"');
});

async function run(args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const texts = { out: "", err: "" };
  const io: CliIo = {
    out: (part) => void (texts.out += part),
    err: (part) => void (texts.err += part),
    colour: false,
    cwd: process.cwd(),
    weakened: WEAKENED,
    clock: { now: () => NOON },
    random: systemRandom,
  };
  return { code: await runCli(args, io), ...texts };
}
