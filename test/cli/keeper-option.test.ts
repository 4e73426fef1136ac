/** Commands that ask a keeper's process for keys, on data that were sealed through it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import type { CliIo } from "../../src/cli/io.ts";
import { runCli } from "../../src/cli/run-cli.ts";
import { systemRandom } from "../../src/engine/system.ts";
import { openMemoryKeys } from "../../src/keys/open-memory-keys.ts";
import { connectKeeper, openJikim } from "../../src/index.ts"; // as a service would
import { type KeeperServer, serveKeeper } from "../../src/keys/socket/serve-keeper.ts";
import { SIGN_UP, SIGN_UP_OPTIONS } from "../support/test-engine.ts";

const COLLECTED = Date.UTC(2026, 0, 10, 3); // 2026-01-10 at noon in Seoul
const DUE = Date.UTC(2027, 0, 10, 15, 1); // just after its last day
const POLICY = "policies/remotemeeting";
const folder = mkdtempSync(join(tmpdir(), "jikim-asked-"));
const [data, socket] = [join(folder, "data"), join(folder, "k", "s")];
let server: KeeperServer;

beforeAll(async () => {
  const clock = { now: () => COLLECTED };
  server = await serveKeeper(await openMemoryKeys({ clock, random: systemRandom }), socket, {
    clock,
  });
  const keeper = await connectKeeper(socket, { clock });
  const jikim = await openJikim({ policy: POLICY, data, clock, keeper });
  await jikim.collect("service_use", { usage_record: "opened a room" }, { method: "service_use" });
  await jikim.collect("sign_up", SIGN_UP, SIGN_UP_OPTIONS);
  await jikim.close();
});

afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

test("without the keeper the data do not open, and no other keys are made for them", async () => {
  const weak = ["--weakened", "wherever tests run"];
  const { code, text } = await run(["keep", POLICY, "--data", data, ...weak]);
  expect(text).toContain("ERR_KEYS_MISSING");
  expect(code).toBe(1);
});

test("promises are looked at through the keeper", async () => {
  const asked = ["promises", POLICY, "--data", data, "--keeper", socket, "--status", "broken"];
  const { text } = await run(asked);
  expect(text).toMatch(/^\d+ promises: \d+ kept/m);
});

test("what is due is destroyed by the keeper", async () => {
  const { code, text } = await run(["keep", POLICY, "--data", data, "--keeper", socket]);
  expect(text).toContain("usage  last day 2027-01-10  1 record, 1 subject  destroyed");
  expect(code).toBe(0);
});

test("a copy is restored beside the service and looked at, and the service finds its people", async () => {
  const [copy, beside] = [join(folder, "copy"), join(folder, "beside")];
  expect(await run(["backup", data, "--to", copy])).toMatchObject({ code: 0 });
  const restored = await run(["restore", copy, POLICY, "--data", beside, "--keeper", socket]);
  expect(restored.text).toContain("1 record restored");
  const { code, text } = await run(["doctor", POLICY, "--data", beside, "--keeper", socket]);
  expect(text).toMatch(/^ok +keys +key tree, epoch \d+/m);
  // The key that signs the log is in no backup of data; the copy must not go on with that log.
  expect(text).toMatch(/^fail +log /m);
  expect(code).toBe(1);
  const clock = { now: () => DUE };
  const keeper = await connectKeeper(socket, { clock });
  const jikim = await openJikim({ policy: POLICY, data, clock, keeper });
  const use = { purpose: "user_management" };
  expect(await jikim.find({ email: SIGN_UP["email"] ?? "" }, use)).toHaveLength(1);
  await jikim.close();
});

test("a key tree is not brought back under a keeper that runs", async () => {
  const tree = join(folder, "tree");
  mkdirSync(tree);
  writeFileSync(
    join(tree, "backup.json"),
    `{"jikim_backup":1,"kind":"keys","at":0,"files":[],"tree":{"id":"${"0".repeat(32)}","epoch":1,"sequence":1}}`,
  );
  const { code, text } = await run(["restore", tree, POLICY, "--data", data, "--keeper", socket]);
  expect([code, text]).toEqual([2, expect.stringContaining("while no keeper runs")]);
});

test("keys of a folder and of a keeper together are a misuse", async () => {
  const both = ["keep", POLICY, "--data", data, "--keeper", socket, "--keys", "keys"];
  expect(await run(both)).toEqual({
    code: 2,
    text: "ERR_USAGE: keys are in a folder or with a keeper\n",
  });
});

async function run(args: readonly string[]): Promise<{ code: number; text: string }> {
  let text = "";
  const io: CliIo = {
    out: (part) => void (text += part),
    err: (part) => void (text += part),
    colour: false,
    cwd: process.cwd(),
    clock: { now: () => DUE },
    random: systemRandom,
  };
  return { code: await runCli(args, io), text };
}
