/**
 * What the key store costs: `npm run bench keys [quick] [seal|days|log|pg …]`.
 * Ratios are taken within one run, side by side; absolute times are this machine's.
 */
import { createCipheriv, createDecipheriv, randomBytes, randomInt } from "node:crypto";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";

import { diskFiles } from "../../src/keys/files.ts";
import type { SealContext } from "../../src/keys/keeper.ts";
import { openFileLog } from "../../src/keys/nodes/file-log.ts";
import { openPgNodes } from "../../src/keys/nodes/pg-nodes.ts";
import type { TreeKeeper } from "../../src/keys/open-keeper.ts";
import { openKeys } from "../../src/keys/open-keys.ts";
import { openRootFile } from "../../src/keys/root/root-file.ts";
import { openShredTree, type ShredTree } from "../../src/keys/tree/shred-tree.ts";
import type { NodeStore } from "../../src/keys/tree/stores.ts";
import { keyDatabase } from "./key-database.ts";

const quick = process.argv.includes("quick");
const random = { bytes: (size: number) => randomBytes(size) };
const clock = { now: () => Date.now() };
const allowWeak = "a benchmark";

const say = (line: string): boolean => process.stdout.write(`${line}\n`);
const ms = (from: bigint): number => Number(process.hrtime.bigint() - from) / 1e6;
const round = (value: number, digits = 2): number => Number(value.toFixed(digits));

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = process.hrtime.bigint();
  await work();
  return ms(from);
}

/** The floor under every destruction: one block written and on the medium. */
async function syncFloor(folder: string): Promise<void> {
  const file = await open(join(folder, "floor"), "w");
  const block = Buffer.alloc(4096, 1);
  const times: number[] = [];
  for (let i = 0; i < 200; i += 1) {
    times.push(
      await timed(async () => {
        await file.write(block, 0, block.length, (i % 6) * 4096);
        await file.datasync();
      }),
    );
  }
  await file.close();
  const load = loadavg().map((value) => round(value));
  say(`load ${load.join(" ")}; write 4 KiB + fdatasync p50 ${round(median(times))} ms`);
}

function place(change: Partial<SealContext>): SealContext {
  return {
    subject: "0011223344556677",
    record: "000102030405060708090a0b0c0d0e0f",
    recordClass: "usage",
    compartment: "service",
    expiresOn: "2030-01-01",
    ...change,
  };
}

function rawSeal(key: Buffer, plain: Uint8Array): { nonce: Buffer; sealed: Buffer; tag: Buffer } {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  const sealed = cipher.update(plain);
  cipher.final();
  return { nonce, sealed, tag: cipher.getAuthTag() };
}

function rawOpen(key: Buffer, { nonce, sealed, tag }: ReturnType<typeof rawSeal>): Buffer {
  const decipher = createDecipheriv("aes-256-gcm", key, nonce);
  decipher.setAuthTag(tag);
  const plain = decipher.update(sealed);
  decipher.final();
  return plain;
}

/** Sealing and opening in calls of 100 values of one subject, beside bare AES-256-GCM. */
async function sealRates(keeper: TreeKeeper): Promise<void> {
  const rounds = quick ? 40 : 200;
  for (const size of [64, 256, 2048]) {
    const plain = randomBytes(size - 4); // with its length in front it fills its padding class
    const padded = randomBytes(size);
    const contexts = Array.from({ length: 100 }, () =>
      place({ record: randomBytes(16).toString("hex") }),
    );
    const values = contexts.map((context) => ({ context, plain }));
    const key = randomBytes(32);
    const times = {
      seal: [] as number[],
      open: [] as number[],
      raw: [] as number[],
      rawOpen: [] as number[],
    };
    for (let i = 0; i < rounds; i += 1) {
      let sealed: Uint8Array[] = [];
      times.seal.push(await timed(async () => (sealed = await keeper.seal(values))));
      let raw: ReturnType<typeof rawSeal>[] = [];
      times.raw.push(await timed(async () => (raw = values.map(() => rawSeal(key, padded)))));
      const asked = contexts.map((context, k) => ({ context, sealed: sealed[k] ?? padded }));
      times.open.push(await timed(() => keeper.open(asked)));
      times.rawOpen.push(await timed(async () => raw.map((one) => rawOpen(key, one))));
    }
    const rate = (list: readonly number[]): number => Math.round(100_000 / median(list));
    const share = (own: readonly number[], bare: readonly number[]): number =>
      Math.round((100 * median(bare)) / median(own));
    say(
      `${size} B: seal ${rate(times.seal)}/s = ${share(times.seal, times.raw)} % of raw ` +
        `${rate(times.raw)}/s; open ${rate(times.open)}/s = ` +
        `${share(times.open, times.rawOpen)} % of raw ${rate(times.rawOpen)}/s`,
    );
  }
}

/** The key step of a class-day must not know how many records it ends. */
async function classDays(keeper: TreeKeeper): Promise<void> {
  const subjects = Array.from({ length: quick ? 1000 : 10_000 }, () =>
    randomBytes(8).toString("hex"),
  );
  const fill = async (day: string, records: number): Promise<void> => {
    const plain = randomBytes(28);
    const each = Math.max(1, Math.ceil(records / subjects.length));
    let left = records;
    for (const subject of subjects) {
      const count = Math.min(each, left);
      if (count === 0) break;
      left -= count;
      await keeper.seal(
        Array.from({ length: count }, () => ({
          context: place({ subject, expiresOn: day, record: randomBytes(16).toString("hex") }),
          plain,
        })),
      );
    }
  };
  // every subject gets its lock before anything is measured
  await keeper.seal(
    subjects.map((subject) => ({ context: place({ subject }), plain: randomBytes(28) })),
  );
  // The control, as small as the small one, tells how much of a ratio is the machine's own unrest.
  const small = { records: 1000, year: 2031, ms: [] as number[] };
  const control = { records: 1000, year: 2032, ms: [] as number[] };
  const large = { records: quick ? 50_000 : 1_000_000, year: 2033, ms: [] as number[] };
  const kinds = [small, control, large];
  // Each of the three goes first, second and third equally often.
  for (let i = 0; i < (quick ? 3 : 9); i += 1) {
    const day = ({ year }: { year: number }): string => `${year}-01-0${i + 1}`;
    for (const kind of kinds) await fill(day(kind), kind.records);
    await keeper.destroyDay("warm", day(small)); // after the heavy writing before
    for (const kind of [...kinds.slice(i % 3), ...kinds.slice(0, i % 3)]) {
      kind.ms.push(await timed(() => keeper.destroyDay("usage", day(kind))));
    }
  }
  for (const { records, ms: times } of kinds) {
    say(`class-day of ${records} records: key step ${spread(times)} ms`);
  }
  const ratio = (other: { ms: readonly number[] }): number =>
    round(median(other.ms) / median(small.ms));
  say(`ratio ${ratio(large)}; of two days of 1,000 beside each other ${ratio(control)}`);
}

/** Median and every value: a few syncs on a busy machine tell little by one number. */
function spread(values: readonly number[]): string {
  const all = values.toSorted((a, b) => a - b).map((value) => round(value, 1));
  return `${round(median(values))} [${all.join(" ")}]`;
}

async function buildTree(nodes: NodeStore, folder: string): Promise<ShredTree> {
  const roots = await openRootFile(join(folder, "root"), { files: diskFiles, random, allowWeak });
  return openShredTree({ nodes, roots, random });
}

async function destroyCosts(tree: ShredTree, keys: number): Promise<void> {
  for (const [k, times] of [
    [1, quick ? 10 : 40],
    [1000, 3],
    [100_000, 1],
  ] as const) {
    if (k > keys / 5) continue;
    const costs: number[] = [];
    for (let i = 0; i < times; i += 1) {
      const slots = Array.from({ length: k }, () => randomInt(keys));
      costs.push(await timed(() => tree.destroy(slots)));
    }
    say(`  destroy k=${k}: p50 ${round(median(costs))} ms (of ${times})`);
  }
}

async function readCost(tree: ShredTree, keys: number): Promise<void> {
  const reads = quick ? 2000 : 20_000;
  const cost = await timed(async () => {
    for (let i = 0; i < reads; i += 1) {
      try {
        (await tree.key(randomInt(keys))).fill(0);
      } catch {
        // one of those destroyed above
      }
    }
  });
  say(`  random reads: ${Math.round((reads * 1000) / cost)}/s`);
}

async function fileLog(folder: string, keys: number): Promise<void> {
  const path = join(folder, "tree.log");
  const start = process.hrtime.bigint();
  const nodes = await openFileLog(path, { files: diskFiles });
  const tree = await buildTree(nodes, folder);
  await tree.mint(Math.ceil(keys / 256));
  say(`file log, ${keys} keys, depth ${tree.head.depth}: built in ${round(ms(start) / 1000)} s`);
  say(`  ${round(nodes.size() / keys, 1)} B a key`);
  await destroyCosts(tree, keys);
  await readCost(tree, keys);
  await tree.close();
  let again: ShredTree | null = null;
  const opening = async (): Promise<void> => {
    again = await buildTree(await openFileLog(path, { files: diskFiles }), folder);
  };
  const withIndex = await timed(opening);
  await (again as ShredTree | null)?.close();
  rmSync(`${path}.index`);
  const withoutIndex = await timed(opening);
  say(
    `  reopen: ${round(withIndex)} ms with the index snapshot, ${round(withoutIndex)} ms reading ` +
      `${round(statSync(path).size / 1e6, 0)} MB of log`,
  );
  await (again as ShredTree | null)?.close();
}

async function postgres(folder: string, keys: number): Promise<void> {
  const server = await keyDatabase();
  if (server === null) {
    say("PostgreSQL: no programs found, not measured");
    return;
  }
  try {
    const start = process.hrtime.bigint();
    const tree = await buildTree(await openPgNodes(server.session, {}), folder);
    await tree.mint(Math.ceil(keys / 256));
    say(
      `PostgreSQL, ${keys} keys, depth ${tree.head.depth}: built in ${round(ms(start) / 1000)} s`,
    );
    const [size] = await server.session.query("select pg_total_relation_size('key_node') as size");
    say(`  ${round(Number(size?.["size"]) / keys, 1)} B a key`);
    await destroyCosts(tree, keys);
    await readCost(tree, keys);
    await tree.close();
  } finally {
    server.stop();
  }
}

const wanted = process.argv.slice(2).filter((word) => word !== "quick");
const asked = (section: string): boolean => wanted.length === 0 || wanted.includes(section);

const folder = mkdtempSync(join(tmpdir(), "jikim-bench-keys-"));
try {
  await syncFloor(folder);
  const keeper = await openKeys(join(folder, "keeper"), {
    clock,
    random,
    allowWeakRoot: allowWeak,
  });
  if (asked("seal")) await sealRates(keeper);
  if (asked("days")) await classDays(keeper);
  await keeper.close();
  for (const keys of quick ? [100_000] : [1_000_000, 16_000_000]) {
    if (!asked("log")) break;
    const own = mkdtempSync(join(folder, "log-"));
    await fileLog(own, keys);
    rmSync(own, { recursive: true });
  }
  if (asked("pg")) await postgres(mkdtempSync(join(folder, "pg-")), quick ? 100_000 : 1_000_000);
  await syncFloor(folder);
} finally {
  rmSync(folder, { recursive: true });
}
