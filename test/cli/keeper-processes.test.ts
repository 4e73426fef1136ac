/**
 * Three custodians and a keeper as processes of the command line: two of three suffice for a
 * destruction, one does not, and no former root is left in any file or process.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { readSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

import { afterAll, expect, test } from "vitest";

import { present } from "../../src/base/assert.ts";
import type { CliIo } from "../../src/cli/io.ts";
import { runCli } from "../../src/cli/run-cli.ts";
import { systemRandom } from "../../src/engine/system.ts";
import { connectCustodian } from "../../src/keys/custody/custodian-process.ts";
import { joinShares } from "../../src/keys/custody/share.ts";
import type { SealContext } from "../../src/keys/keeper.ts";
import { connectKeeper } from "../../src/keys/socket/connect-keeper.ts";

const folder = mkdtempSync(join(tmpdir(), "jikim-procs-"));
const children = new Map<string, ChildProcess>();
const clock = { now: () => Date.now() };
const NAMES = ["archive", "second", "memory"] as const;
type Name = (typeof NAMES)[number];
const KEEPER = join(folder, "k", "s");
const LIST = join(folder, "custodians.json");
const socketOf = (name: string): string => join(folder, name, "s");
const WEAKENED = ["--weakened", "wherever tests run"];
const MAIN = "bin/jikim.mjs";
let said = "";

afterAll(() => {
  for (const child of children.values()) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

function start(name: string, args: readonly string[]): void {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ["ignore", "ignore", "pipe"] });
  child.stderr.on("data", (text: Buffer) => (said += text.toString()));
  children.set(name, child);
}

function startCustodian(name: Name): void {
  const medium =
    name === "memory" ? ["--memory"] : ["--root", join(folder, name, "share"), ...WEAKENED];
  start(name, ["custodian", "serve", "--name", name, "--socket", socketOf(name), ...medium]);
}

async function end(name: string, signal: NodeJS.Signals): Promise<number | null> {
  const child = present(children.get(name), "it was started");
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  child.kill(signal);
  children.delete(name);
  return ended;
}

/** A command that ends by itself needs no process of its own. */
async function jikim(...args: string[]): Promise<{ code: number; out: string }> {
  let out = "";
  const io: CliIo = {
    out: (text) => void (out += text),
    err: (text) => void (out += text),
    colour: false,
    cwd: process.cwd(),
    clock,
    random: systemRandom,
  };
  return { code: await runCli(args, io), out };
}

/** Epochs a custodian holds shares of, asked until they are those expected. */
async function holds(name: Name, epochs: readonly number[]): Promise<void> {
  const custodian = connectCustodian(name, socketOf(name), { clock, absentMs: 10_000 });
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const { shares } = await custodian.status(null);
    if (shares.map(({ epoch }) => epoch).join() === epochs.join()) break;
    await pause(50);
  }
  const { shares } = await custodian.status(null);
  await custodian.close();
  expect(shares.map(({ epoch }) => epoch)).toEqual(epochs);
}

/** What an attacker looks for: the root of an epoch, and the secret part of each share of it. */
async function secretsOf(tree: string, epoch: number): Promise<Buffer[]> {
  const shares: Buffer[] = [];
  for (const name of NAMES) {
    const custodian = connectCustodian(name, socketOf(name), { clock });
    shares.push(present(await custodian.load(tree, epoch), "a share"));
    await custodian.close();
  }
  const [a = Buffer.alloc(0), b = Buffer.alloc(0)] = shares;
  const root = present(await joinShares(a, b, { tree, epoch }), "two shares make the root");
  return [root, ...shares.map((share) => Buffer.from(share.subarray(-32)))];
}

function inFiles(secrets: readonly Buffer[]): number {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
  const texts = files.map((path) => readFileSync(path));
  return secrets.filter((secret) => texts.some((text) => text.includes(secret))).length;
}

function inMemory(pid: number, secrets: readonly Buffer[]): number {
  const found = new Set<Buffer>();
  const memory = openSync(`/proc/${pid}/mem`, "r");
  const chunk = Buffer.alloc(4_194_304 + 31);
  for (const line of readFileSync(`/proc/${pid}/maps`, "utf8").split("\n")) {
    const [range = "", rights = ""] = line.split(" ");
    if (!rights.startsWith("rw")) continue;
    const [from = 0, to = 0] = range.split("-").map((text) => parseInt(text, 16));
    for (let at = from; at < to; at += 4_194_304) {
      let got = 0;
      try {
        got = readSync(memory, chunk, 0, Math.min(chunk.length, to - at), at);
      } catch {
        break; // guard pages and the like
      }
      const part = chunk.subarray(0, got);
      for (const secret of secrets) if (part.includes(secret)) found.add(secret);
    }
  }
  closeSync(memory);
  return found.size;
}

function at(day: string): SealContext {
  const record = "000102030405060708090a0b0c0d0e0f";
  const subject = "0011223344556677";
  return { subject, record, recordClass: "usage", compartment: "service", expiresOn: day };
}

const DAYS = ["2026-11-21", "2026-11-22", "2026-11-23"] as const;
const LIVING = "2027-11-23";
const goneBy = (code: string) => ({ code });

test("two of three destroy, one does not, who returns forgets, and no former root is left", async () => {
  const list = NAMES.map((name) => ({ name, socket: `${name}/s` }));
  writeFileSync(LIST, JSON.stringify({ custodians: list }));
  // The keeper comes first and waits for two of them.
  const own = ["--folder", join(folder, "keys"), "--socket", KEEPER, "--custodians", LIST];
  start("keeper", ["keeper", "serve", ...own]);
  while (!said.includes("waits: ERR_CUSTODIANS_TOO_FEW")) await pause(20);
  for (const name of NAMES) startCustodian(name);
  const keeper = await connectKeeper(KEEPER, { clock, absentMs: 20_000 });
  const { tree } = await keeper.identity();

  const plain = Buffer.from("가나다");
  const sealed = new Map<string, Uint8Array>();
  for (const day of [...DAYS, LIVING]) {
    const [value] = await keeper.seal([{ context: at(day), plain: Uint8Array.from(plain) }]);
    sealed.set(day, present(value, "one value"));
  }
  const open = async (day: string): Promise<string> => {
    const [value] = await keeper.open([{ context: at(day), sealed: sealed.get(day) ?? plain }]);
    return Buffer.from(value ?? []).toString("utf8");
  };
  const former: Buffer[] = [];
  const remember = async (epoch: number): Promise<void> => {
    await Promise.all(NAMES.map((name) => holds(name, [epoch])));
    former.push(...(await secretsOf(tree, epoch)));
  };

  await remember(1);
  expect(inFiles(former), "the two shares in files are found: the look sees").toBe(2);
  const all = await keeper.destroyDay("usage", DAYS[0]);
  expect(all).toMatchObject({ keys: 1, epoch: 2, custodians: NAMES });
  await expect(open(DAYS[0])).rejects.toMatchObject(goneBy("ERR_KEY_GONE"));

  await remember(2);
  await end("second", "SIGKILL");
  const two = await keeper.destroyDay("usage", DAYS[1]);
  expect(two).toMatchObject({ keys: 1, epoch: 3, custodians: ["archive", "memory"] });
  expect(inFiles(former), "the one who is away has his share of epoch 2").toBe(1);
  startCustodian("second");
  await holds("second", [3]);
  expect(inFiles(former), "and forgets it when he is back").toBe(0);

  await remember(3);
  await end("second", "SIGKILL");
  await end("memory", "SIGKILL");
  const refused = keeper.destroyDay("usage", DAYS[2]);
  await expect(refused).rejects.toMatchObject(goneBy("ERR_CUSTODIANS_TOO_FEW"));
  expect(await open(DAYS[2]), "a refused destruction has destroyed nothing").toBe("가나다");
  const status = await jikim("custodian", "status", "--custodians", LIST, "--json");
  expect(status.code).toBe(1);
  expect(JSON.parse(status.out)).toMatchObject({ ok: false, epoch: 3, holding: 1 });

  startCustodian("second");
  startCustodian("memory");
  await Promise.all([holds("second", [3]), holds("memory", [3])]);
  expect(await keeper.destroyDay("usage", DAYS[2])).toMatchObject({ epoch: 4, custodians: NAMES });
  expect((await jikim("custodian", "status", "--custodians", LIST)).code).toBe(0);

  const before = (await keeper.status()).pid;
  expect((await jikim("keeper", "restart", "--socket", KEEPER)).code).toBe(0);
  const now = await keeper.status();
  expect(now).toMatchObject({ epoch: 4, tree });
  expect(now.pid).not.toBe(before);
  for (const day of DAYS) await expect(open(day)).rejects.toMatchObject(goneBy("ERR_KEY_GONE"));
  expect(await open(LIVING)).toBe("가나다");

  expect(former.length).toBe(12);
  expect(inFiles(former), "no root and no share of epochs 1 to 3 in any file").toBe(0);
  const pids = NAMES.map((name) => children.get(name)?.pid ?? 0);
  const counts = [...pids, now.pid].map((pid) => inMemory(pid, former));
  expect(counts, "former secrets in the custodians' and the keeper's memory").toEqual([0, 0, 0, 0]);
  const living = await secretsOf(tree, 4);
  expect(inMemory(pids[2] ?? 0, living), "the look into memory sees").toBeGreaterThan(0);
  await keeper.close();
  expect(await end("keeper", "SIGTERM")).toBe(0);
  for (const name of NAMES) expect(await end(name, "SIGTERM")).toBe(0);
}, 60_000);
