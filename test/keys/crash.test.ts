/**
 * kill -9 at every step of a destruction and at random moments, again and again on one tree: no
 * living key is lost, no acknowledged destruction is undone, no former root is left.
 * `CRASH_RUNS` sets how often each store is killed (6 when not said; `npm run crash`: 200).
 */
import { spawn } from "node:child_process";
import { createHash, randomInt } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, describe, expect, test } from "vitest";

import { JikimError } from "../../src/base/errors.ts";
import { diskFiles } from "../../src/keys/files.ts";
import { openFileLog } from "../../src/keys/nodes/file-log.ts";
import { openPgNodes } from "../../src/keys/nodes/pg-nodes.ts";
import { takeLock } from "../../src/keys/root/lock-file.ts";
import { openRootFile } from "../../src/keys/root/root-file.ts";
import { openShredTree } from "../../src/keys/tree/shred-tree.ts";
import { systemRandom as random } from "./support/random.ts";
import { report } from "./support/report.ts";
import { postgresPrograms, startPostgres, type TempPostgres } from "./support/temp-postgres.ts";

const RUNS = Number(process.env["CRASH_RUNS"] ?? 6);
const CHILD = fileURLToPath(new URL("./support/crash-child.ts", import.meta.url));
const SCHEMA = readFileSync(new URL("../../migrations/keys/000001.sql", import.meta.url), "utf8");
const STEPS = ["sealed", "prepared", "committed", "marked", "wiped", "random"] as const;

interface Stand {
  readonly store: "file" | "pg";
  readonly folder: string;
  readonly server: TempPostgres | null;
}

/** Runs a keeper until it is dead. Returns the lines it said. */
async function runUntilKilled(stand: Stand, dieAt: string, order = ""): Promise<string[]> {
  const { store, folder, server } = stand;
  const child = spawn(
    process.execPath,
    [CHILD, store, folder, server?.folder ?? "", dieAt, order],
    {
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let said = "";
  let trouble = "";
  child.stderr.on("data", (bytes: Buffer) => {
    trouble += bytes.toString();
  });
  const ended = new Promise<NodeJS.Signals | null>((resolve) => {
    child.once("close", (_, signal) => resolve(signal));
  });
  child.stdout.on("data", (bytes: Buffer) => {
    if (said === "" && dieAt.startsWith("random")) {
      setTimeout(() => child.kill("SIGKILL"), randomInt(60));
    }
    said += bytes.toString();
  });
  const signal = await ended;
  if (signal !== "SIGKILL") throw new Error(`the keeper ended by itself: ${trouble}`);
  return said.split("\n").slice(0, -1);
}

async function openAfter({ store, folder, server }: Stand) {
  const guard = await takeLock(join(folder, "lock"));
  const roots = await openRootFile(join(folder, "root"), {
    files: diskFiles,
    random,
    allowWeak: "wherever tests run",
  });
  const db = await server?.connect("crash");
  const nodes =
    store === "file" || db === undefined
      ? await openFileLog(join(folder, "log"), { files: diskFiles })
      : await openPgNodes(db, {});
  try {
    const tree = await openShredTree({ nodes, roots, random });
    return { tree, close: async () => (await tree.close(), guard.release()) };
  } catch (error) {
    await nodes.close();
    await roots.close();
    guard.release();
    throw error;
  }
}

/** The state of every slot: a fingerprint, or null when it is gone. */
async function readAll(stand: Stand): Promise<readonly (string | null)[]> {
  const { tree, close } = await openAfter(stand);
  const slots: (string | null)[] = [];
  for (let slot = 0; slot < tree.head.leaves * 256; slot += 1) {
    try {
      slots.push(
        createHash("sha256")
          .update(await tree.key(slot))
          .digest("base64"),
      );
    } catch (error) {
      if (!(error instanceof JikimError) || error.code !== "ERR_KEY_GONE") throw error;
      slots.push(null);
    }
  }
  const file = readFileSync(join(stand.folder, "root"));
  const roots = [0, 1, 2, 3].filter((block) =>
    file.subarray(block * 4096, (block + 1) * 4096).some((byte) => byte !== 0),
  );
  expect(roots, "one root is left after opening").toEqual([tree.head.epoch % 4]);
  await close();
  return slots;
}

const slotsOf = (line: string): number[] => line.split(" ")[1]?.split(",").map(Number) ?? [];

/** What must hold between two readings, by what the keeper said in between. */
function judge(
  before: readonly (string | null)[],
  after: readonly (string | null)[],
  lines: readonly string[],
): { lost: number; kept: number; forward: boolean } {
  const done = new Set(lines.filter((line) => line.startsWith("done")).flatMap(slotsOf));
  const last = lines.at(-1) ?? "";
  const open = last.startsWith("ask") ? slotsOf(last).filter((slot) => !done.has(slot)) : [];
  const gone = open.filter((slot) => after[slot] === null && before[slot] !== null);
  const living = open.filter((slot) => after[slot] !== null);
  let lost = 0;
  for (const [slot, print] of before.entries()) {
    if (done.has(slot) || open.includes(slot)) continue;
    if (after[slot] !== print) lost += 1;
  }
  for (const slot of living) if (slot < before.length && after[slot] !== before[slot]) lost += 1;
  let kept = 0;
  for (const slot of done) if (after[slot] !== null) kept += 1;
  // A destruction that was cut off happened whole or not at all.
  if (gone.length > 0 && living.length > 0) kept += living.length;
  return { lost, kept, forward: living.length === 0 };
}

const folder = mkdtempSync(join(tmpdir(), "jikim-crash-"));
const programs = postgresPrograms();
const server = programs === null ? null : startPostgres(programs);
afterAll(() => {
  server?.stop();
  rmSync(folder, { recursive: true });
});

async function makeStand(store: Stand["store"], name: string): Promise<Stand> {
  const own = mkdtempSync(join(folder, name));
  if (store === "file") return { store, folder: own, server: null };
  await server?.create("crash");
  const db = await server?.connect("crash");
  await db?.query(SCHEMA);
  await db?.close();
  return { store, folder: own, server };
}

const stores: Stand["store"][] = server === null ? ["file"] : ["file", "pg"];

describe.each(stores)("%s", (store) => {
  test(
    `${RUNS} kills lose no living key and keep no destroyed one`,
    async () => {
      const stand = await makeStand(store, store);
      let before = await readAll(stand);
      const sum = { lost: 0, kept: 0, forward: 0, back: 0, serverCrashes: 0 };
      for (let run = 0; run < RUNS; run += 1) {
        const step = STEPS[run % STEPS.length] ?? "random";
        // a mint seals nodes too, so that "sealed" also falls into the middle of growing
        const lines = await runUntilKilled(stand, `${step}:${1 + randomInt(8)}`);
        if (store === "pg" && run % 10 === 9) {
          server?.crash();
          sum.serverCrashes += 1;
        }
        const after = await readAll(stand);
        const { lost, kept, forward } = judge(before, after, lines);
        sum.lost += lost;
        sum.kept += kept;
        if (forward) sum.forward += 1;
        else sum.back += 1;
        before = after;
      }
      report(`${store}: ${RUNS} kills ${JSON.stringify(sum)}`);
      expect(sum).toMatchObject({ lost: 0, kept: 0 });
      if (RUNS >= 12) expect(Math.min(sum.forward, sum.back)).toBeGreaterThan(0);
    },
    20_000 + RUNS * 3000,
  );
});

test("the test has power: a keeper that wipes before it commits loses its tree", async () => {
  const stand = await makeStand("file", "wrong");
  await readAll(stand);
  await runUntilKilled(stand, "prepared:1", "wipe-first");
  await expect(readAll(stand)).rejects.toMatchObject({ code: "ERR_KEY_ROOT_LOST" });
}, 20_000);
