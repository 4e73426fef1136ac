/** The root in three hands: any two have it, any two unmake it, and one may be lost or lie. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, describe, expect, test } from "vitest";

import { JikimError } from "../../src/base/errors.ts";
import { type Custodian, rootCustodian } from "../../src/keys/custody/custodian.ts";
import { connectCustodian } from "../../src/keys/custody/custodian-process.ts";
import { type Custody, openCustody } from "../../src/keys/custody/custody.ts";
import { memoryRoots } from "../../src/keys/custody/memory-roots.ts";
import {
  joinShares,
  SHARE_BYTES,
  shareFor,
  shareLabel,
  splitRoot,
} from "../../src/keys/custody/share.ts";
import { openKeys } from "../../src/keys/open-keys.ts";
import { openFileLog } from "../../src/keys/nodes/file-log.ts";
import { openRootFile } from "../../src/keys/root/root-file.ts";
import { openShredTree, type ShredTree } from "../../src/keys/tree/shred-tree.ts";
import type { RootStore } from "../../src/keys/tree/stores.ts";
import { memoryFiles, type MemoryFiles } from "./support/memory-files.ts";
import { openMemoryKeeper } from "./support/memory-keeper.ts";
import { report } from "./support/report.ts";
import { systemRandom as random } from "./support/random.ts";

const TREE = "00112233445566778899aabbccddeeff";
const NAMES = ["slot file", "memory", "second file"] as const;
const at = (epoch: number, sequence = epoch) => ({ tree: TREE, epoch, sequence });
const codeOf = (code: string) => ({ code });
const PAIRS = [
  [0, 1],
  [0, 2],
  [1, 2],
] as const;

describe("shares", () => {
  test("any two join, in any order, for many roots; a share with itself does not", async () => {
    for (let i = 0; i < 50; i += 1) {
      const root = random.bytes(32);
      const shares = await splitRoot(root, at(i + 1), random);
      for (const [a, b] of PAIRS) {
        const [x, y] = [shares[a] ?? Buffer.alloc(0), shares[b] ?? Buffer.alloc(0)];
        expect((await joinShares(x, y, at(i + 1)))?.equals(root)).toBe(true);
        expect((await joinShares(y, x, at(i + 1)))?.equals(root)).toBe(true);
        expect(await joinShares(x, x, at(i + 1))).toBeNull();
      }
    }
  });

  test("no share holds the root, or what was split instead of it", async () => {
    const root = random.bytes(32);
    for (const share of await splitRoot(root, at(1), random)) {
      expect(share.includes(Buffer.from(root))).toBe(false);
      const mask = share.subarray(64, 96);
      const masked = root.map((byte, i) => byte ^ (mask[i] ?? 0));
      expect(share.includes(Buffer.from(masked))).toBe(false);
    }
  });

  test("every changed bit is noticed, and shares of two trees, epochs or splits do not join", async () => {
    const root = random.bytes(32);
    const [a = Buffer.alloc(0), b = Buffer.alloc(0)] = await splitRoot(root, at(7), random);
    for (let position = 0; position < SHARE_BYTES; position += 1) {
      const changed = Buffer.from(a);
      changed[position] = (changed[position] ?? 0) ^ 1;
      const label = shareLabel(changed);
      const isHarmless = label !== null && label.sequence !== 7; // a label, not the secret
      const isOtherPoint = position > 6 && position < 10 && position !== 7;
      if (isHarmless || isOtherPoint) continue;
      expect(await joinShares(changed, b, at(7)), `byte ${position}`).toBeNull();
    }
    expect(await joinShares(a, b, at(8))).toBeNull();
    expect(await joinShares(a, b, { tree: TREE.replace("00", "01"), epoch: 7 })).toBeNull();
    const [, other = Buffer.alloc(0)] = await splitRoot(root, at(7), random);
    expect(await joinShares(a, other, at(7))).toBeNull();
    expect(await joinShares(a, Buffer.alloc(3), at(7))).toBeNull();
  });

  test("a lost share is made again out of the two others, the very same", async () => {
    const root = random.bytes(32);
    const shares = await splitRoot(root, at(3), random);
    for (const [a, b] of PAIRS) {
      const lost = 3 - a - b;
      const [x, y] = [shares[a] ?? Buffer.alloc(0), shares[b] ?? Buffer.alloc(0)];
      expect((await shareFor(lost, x, y)).equals(shares[lost] ?? Buffer.alloc(0))).toBe(true);
    }
  });

  test("each split of one root is another polynomial", async () => {
    const root = random.bytes(32);
    const all = await Promise.all(Array.from({ length: 20 }, () => splitRoot(root, at(1), random)));
    const points = all.flat().map((share) => share.toString("hex", 96));
    expect(new Set(points).size).toBe(60);
  });
});

/** Custodians over real media, of whom each can be away, lie, or stop in the middle. */
interface Hands {
  readonly files: MemoryFiles;
  readonly media: RootStore[];
  readonly custodians: readonly Custodian[];
  readonly away: Set<string>;
  /** False shares instead of true ones. */
  readonly lying: Set<string>;
  /** Called before and after every change a custodian makes. */
  step: () => void;
}

async function makeHands(): Promise<Hands> {
  const files = memoryFiles();
  const file = (path: string) => openRootFile(path, { files, random, secretBytes: SHARE_BYTES });
  const hands: Hands = {
    files,
    media: [await file("/a"), memoryRoots(), await file("/c")],
    custodians: [],
    away: new Set(),
    lying: new Set(),
    step: () => undefined,
  };
  const custodians = NAMES.map((name, i) => rootCustodian(name, hands.media[i] ?? memoryRoots()));
  return Object.assign(hands, { custodians: custodians.map((each) => twisted(hands, each)) });
}

function twisted(hands: Hands, custodian: Custodian): Custodian {
  const { name } = custodian;
  const asked = async <T>(work: () => Promise<T>, changes = true): Promise<T> => {
    if (hands.away.has(name)) throw new JikimError("ERR_PEER_UNREACHABLE", "away");
    if (changes) hands.step();
    const result = await work();
    if (changes) hands.step();
    return result;
  };
  return {
    name,
    status: (tree) => asked(() => custodian.status(tree), false),
    setMark: (mark) => asked(() => custodian.setMark(mark)),
    store: (next, share) => asked(() => custodian.store(next, share)),
    replace: (now, share) => asked(() => custodian.replace(now, share)),
    async load(tree, epoch) {
      const share = await asked(() => custodian.load(tree, epoch), false);
      if (share !== null && hands.lying.has(name)) share[100] = (share[100] ?? 0) ^ 1;
      return share;
    },
    wipe: (by, epoch, above) => asked(() => custodian.wipe(by, epoch, above)),
    close: async () => undefined,
  };
}

const custodyOf = (hands: Hands): Custody => openCustody(hands.custodians, { random });

async function openTree(hands: Hands, roots = custodyOf(hands)): Promise<ShredTree> {
  const nodes = await openFileLog("/log", { files: hands.files });
  return openShredTree({ nodes, roots, random });
}

async function isGone(tree: ShredTree, slot: number): Promise<boolean> {
  try {
    (await tree.key(slot)).fill(0);
    return false;
  } catch (error) {
    if ((error as JikimError).code === "ERR_KEY_GONE") return true;
    throw error;
  }
}

/** Epochs of the shares each medium holds. */
async function held(hands: Hands): Promise<readonly (readonly number[])[]> {
  return Promise.all(hands.media.map((medium) => medium.epochs()));
}

describe("a key tree whose root is in three hands", () => {
  test("destroys, names who confirmed, and opens again", async () => {
    const hands = await makeHands();
    const tree = await openTree(hands);
    await tree.mint(1);
    const receipt = await tree.destroy([3]);
    expect(receipt).toMatchObject({ epoch: 2, custodians: [...NAMES] });
    expect(await held(hands)).toEqual([[2], [2], [2]]);
    const again = await openTree(hands);
    expect([await isGone(again, 3), await isGone(again, 4)]).toEqual([true, false]);
  });

  for (const lost of NAMES) {
    test(`goes on when the ${lost} is lost, and opens without it`, async () => {
      const hands = await makeHands();
      const tree = await openTree(hands);
      await tree.mint(1);
      hands.away.add(lost);
      const receipt = await tree.destroy([3]);
      expect(receipt.custodians).toEqual(NAMES.filter((name) => name !== lost));
      const again = await openTree(hands);
      await again.destroy([5]);
      expect([await isGone(again, 3), await isGone(again, 4)]).toEqual([true, false]);
    });

    test(`the ${lost} comes back with a stale root: wiped, and of use again`, async () => {
      const hands = await makeHands();
      const tree = await openTree(hands);
      await tree.mint(1);
      hands.away.add(lost);
      await tree.destroy([1]);
      await tree.destroy([2]);
      hands.away.delete(lost);
      const index = NAMES.indexOf(lost);
      expect((await held(hands))[index]).toEqual([1]);
      await tree.destroy([3]);
      expect(await held(hands)).toEqual([[4], [4], [4]]);
      // Now another one goes: only with the one that came back does it open.
      hands.away.add(NAMES[(index + 1) % 3] ?? "");
      expect(await isGone(await openTree(hands), 4)).toBe(false);
    });

    test(`the ${lost} comes back and is given its share before the next root`, async () => {
      const hands = await makeHands();
      const custody = custodyOf(hands);
      const tree = await openTree(hands, custody);
      await tree.mint(1);
      hands.away.add(lost);
      await tree.destroy([1]);
      hands.away.delete(lost);
      expect(await custody.repair()).toEqual([lost]);
      expect(await custody.repair()).toEqual([]);
      expect(await held(hands)).toEqual([[2], [2], [2]]);
      hands.away.add(NAMES[(NAMES.indexOf(lost) + 1) % 3] ?? "");
      const again = await openTree(hands);
      expect([await isGone(again, 1), await isGone(again, 4)]).toEqual([true, false]);
      await again.destroy([4]);
    });

    test(`the ${lost} lies: found out and left out, and repaired`, async () => {
      const hands = await makeHands();
      const elder = custodyOf(hands);
      await (await openTree(hands, elder)).mint(1);
      hands.lying.add(lost);
      const custody = custodyOf(hands);
      const tree = await openTree(hands, custody);
      expect(await isGone(tree, 4)).toBe(false);
      await expect(elder.repair()).rejects.toMatchObject(codeOf("ERR_KEEPER_FENCED"));
      expect(await custody.repair()).toEqual([lost]);
      hands.lying.clear();
      expect(await custody.repair()).toEqual([]);
      expect((await tree.destroy([4])).custodians).toEqual([...NAMES]);
    });
  }

  test("a lying share beside one true one opens nothing, and says so", async () => {
    const hands = await makeHands();
    await (await openTree(hands)).mint(1);
    hands.lying.add("memory");
    hands.away.add("slot file");
    await expect(openTree(hands)).rejects.toMatchObject(codeOf("ERR_CUSTODIANS_DISAGREE"));
    hands.away.delete("slot file");
    expect(await isGone(await openTree(hands), 0)).toBe(false);
  });

  test("with one custodian nothing is destroyed, nothing changes, and reading goes on", async () => {
    const hands = await makeHands();
    const tree = await openTree(hands);
    await tree.mint(1);
    const before = await held(hands);
    const operations = hands.files.ops.length;
    hands.away.add("slot file").add("second file");
    const refused = {
      ...codeOf("ERR_CUSTODIANS_TOO_FEW"),
      facts: { missing: [NAMES[0], NAMES[2]] },
    };
    await expect(tree.destroy([3])).rejects.toMatchObject(refused);
    await expect(tree.mint(1)).rejects.toMatchObject(refused);
    expect(await held(hands)).toEqual(before);
    expect(hands.files.ops.length).toBe(operations);
    expect(await isGone(tree, 3)).toBe(false);
    await expect(openTree(hands)).rejects.toMatchObject(refused);
    hands.away.clear();
    expect((await tree.destroy([3])).epoch).toBe(2);
    expect(await isGone(tree, 3)).toBe(true);
  });

  test("one that goes before the wipe is confirmed: not done, and done when it is back", async () => {
    const hands = await makeHands();
    const tree = await openTree(hands);
    await tree.mint(1);
    const commit = hands.files.ops.length;
    hands.step = () => {
      // Both go once the commit is on the disk.
      const log = hands.files.ops.slice(commit).some((op) => op.op === "sync" && op.file > 2);
      if (log) hands.away.add("slot file").add("second file");
    };
    await expect(tree.destroy([3])).rejects.toMatchObject(codeOf("ERR_KEY_STORE_UNCERTAIN"));
    hands.step = () => undefined;
    await expect(openTree(hands)).rejects.toMatchObject(codeOf("ERR_CUSTODIANS_TOO_FEW"));
    hands.away.clear();
    const again = await openTree(hands);
    expect(await isGone(again, 3)).toBe(true);
    expect(await held(hands)).toEqual([[2], [2], [2]]);
  });

  test("a keeper's receipts name the custodians", async () => {
    const hands = await makeHands();
    const keeper = await openMemoryKeeper(undefined, hands.files, custodyOf(hands));
    hands.away.add("memory");
    const receipt = await keeper.destroyDay("usage", "2026-11-23");
    expect(receipt.custodians).toEqual(["slot file", "second file"]);
    expect(receipt.irrecoverable).toBe(true);
  });

  test("a keeper's folder then holds no root, and is of no use without the custodians", async () => {
    const hands = await makeHands();
    const folder = mkdtempSync(join(tmpdir(), "jikim-custody-folder-"));
    const clock = { now: () => 1_700_000_000_000 };
    const open = () => openKeys(folder, { clock, random, roots: custodyOf(hands) });
    try {
      const keeper = await open();
      expect((await keeper.destroyDay("usage", "2026-11-23")).custodians).toEqual([...NAMES]);
      await keeper.close();
      expect(readdirSync(folder)).not.toContain("root");
      await (await open()).close();
      hands.away.add("memory").add("slot file");
      await expect(open()).rejects.toMatchObject(codeOf("ERR_CUSTODIANS_TOO_FEW"));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("shares are zeroed once they were handed over", async () => {
    const hands = await makeHands();
    const seen: Uint8Array[] = [];
    const spies = hands.custodians.map((custodian) => ({
      ...custodian,
      store: (next: Parameters<Custodian["store"]>[0], share: Uint8Array) => {
        seen.push(share);
        return custodian.store(next, share);
      },
    }));
    const tree = await openTree(hands, openCustody(spies, { random }));
    await tree.mint(1);
    await tree.destroy([1]);
    expect(seen.length).toBe(6);
    expect(seen.every((share) => share.every((byte) => byte === 0))).toBe(true);
  });
});

describe("a keeper that stops in the middle of a destruction", () => {
  class Stopped extends Error {}

  /** Runs a destruction that stops at a custodian's nth change; false when it came to its end. */
  async function stopAt(hands: Hands, stop: number): Promise<boolean> {
    const tree = await openTree(hands);
    await tree.mint(1);
    let steps = 0;
    hands.step = () => {
      steps += 1;
      if (steps > stop) throw new Stopped();
    };
    try {
      await tree.destroy([3]);
      return false;
    } catch {
      return true;
    } finally {
      hands.step = () => undefined;
    }
  }

  test("at every step, and whoever is away afterwards: no living key lost, no old root left", async () => {
    let states = 0;
    let forward = 0;
    for (let stop = 0, stopped = true; stopped; stop += 1) {
      for (const [i, away] of [null, ...NAMES, ...NAMES].entries()) {
        const hands = await makeHands();
        stopped = await stopAt(hands, stop);
        if (away !== null) hands.away.add(away);
        const tree = await openTree(hands);
        expect(await isGone(tree, 4)).toBe(false);
        const gone = await isGone(tree, 3);
        if (!stopped) expect(gone).toBe(true);
        if (gone) forward += 1;
        const { epoch } = tree.head;
        const others = (await held(hands)).flat().filter((e) => e !== epoch);
        // Whoever is away may keep one share of another root: one tells nothing.
        expect(others.length).toBeLessThanOrEqual(away === null ? 0 : 1);
        // Who was away comes back now, perhaps with a share of the very epoch that is next, or later.
        if (i > NAMES.length) hands.away.clear();
        await tree.destroy([5]);
        hands.away.clear();
        await tree.destroy([6]);
        expect(await held(hands)).toEqual([0, 1, 2].map(() => [tree.head.epoch]));
        states += 1;
      }
    }
    report(`${states} states, ${forward} of them forward`);
    expect(states).toBeGreaterThan(100);
    expect(forward).toBeGreaterThan(10);
    expect(forward).toBeLessThan(states);
  });
});

describe("custodians", () => {
  const mark = (sequence: number, tree = TREE) => ({ tree, epoch: 1, sequence, assigned: 0 });

  test("refuse a keeper that another one has followed, and keep what they hold", async () => {
    const hands = await makeHands();
    const elder = custodyOf(hands);
    const root = random.bytes(32);
    await elder.prepare(at(1), root);
    await elder.setMark(mark(1));
    const younger = custodyOf(hands);
    await younger.mark();
    await younger.setMark(mark(2));
    await younger.prepare(at(2, 3), random.bytes(32));
    const before = await held(hands);
    const fenced = codeOf("ERR_KEEPER_FENCED");
    await expect(elder.prepare(at(2, 2), random.bytes(32))).rejects.toMatchObject(fenced);
    await expect(elder.wipe(1, true)).rejects.toMatchObject(fenced);
    await expect(elder.setMark(mark(1))).rejects.toMatchObject(fenced);
    await expect(elder.repair())
      .rejects.toMatchObject(fenced)
      .catch(() => undefined);
    expect(await held(hands)).toEqual(before);
  });

  test("each refuse an elder by themselves, whatever the others say", async () => {
    for (const custodian of (await makeHands()).custodians) {
      const share = random.bytes(SHARE_BYTES);
      const fenced = codeOf("ERR_KEEPER_FENCED");
      await custodian.store(at(1), share);
      await custodian.setMark(mark(5));
      for (const next of [at(2, 4), at(2, 5)]) {
        await expect(custodian.store(next, share)).rejects.toMatchObject(fenced);
      }
      await expect(custodian.replace(at(1, 4), share)).rejects.toMatchObject(fenced);
      await expect(custodian.wipe(4, 2, false)).rejects.toMatchObject(fenced);
      await expect(custodian.setMark(mark(4))).rejects.toMatchObject(fenced);
      expect((await custodian.load(TREE, 1))?.equals(share)).toBe(true);
      expect(await custodian.wipe(5, 2, false)).toEqual([]);
    }
  });

  test("fewer than two that keep a mark or confirm a wipe are too few, also on weak media", async () => {
    const hands = await makeHands();
    const custody = openCustody(hands.custodians, { random, allowWeak: "a trial" });
    await custody.prepare(at(1), random.bytes(32));
    await custody.setMark(mark(1));
    hands.away.add("memory").add("slot file");
    const tooFew = codeOf("ERR_CUSTODIANS_TOO_FEW");
    await expect(custody.wipe(1, false)).rejects.toMatchObject(tooFew);
    await expect(custody.setMark(mark(2))).rejects.toMatchObject(tooFew);
    hands.away.clear();
    expect((await custodyOf(hands).mark())?.sequence).toBe(2); // seen, though but one kept it
  });

  test("of whom one missed the younger keeper still fence the elder", async () => {
    for (const missed of NAMES) {
      const hands = await makeHands();
      const elder = custodyOf(hands);
      await elder.prepare(at(1), random.bytes(32));
      await elder.setMark(mark(1));
      hands.away.add(missed);
      const younger = custodyOf(hands);
      await younger.setMark(mark(2));
      hands.away.clear();
      await expect(elder.prepare(at(2, 2), random.bytes(32))).rejects.toMatchObject(
        codeOf("ERR_KEEPER_FENCED"),
      );
      expect(await held(hands)).toEqual([[1], [1], [1]]);
      expect((await custodyOf(hands).mark())?.sequence).toBe(2);
    }
  });

  test("of another key tree, or answering by another name, are not believed", async () => {
    const hands = await makeHands();
    await (await openTree(hands)).mint(1);
    const [medium = memoryRoots()] = hands.media.slice(2);
    const strange = memoryRoots();
    await strange.setMark(mark(1, "ff".repeat(16)));
    const [a, b] = hands.custodians;
    if (a === undefined || b === undefined) throw new Error("three custodians");
    const foreign = openCustody([a, b, rootCustodian("second file", strange)], { random });
    await expect(foreign.mark()).rejects.toMatchObject(codeOf("ERR_CUSTODIANS_DISAGREE"));
    const impostor = { ...rootCustodian("somebody", medium), name: "second file" };
    const swapped = openCustody([a, b, impostor], { random });
    expect(Object.values(await swapped.status()).filter((each) => each !== null)).toHaveLength(3);
    hands.away.add("memory");
    await expect(swapped.mark()).rejects.toMatchObject(codeOf("ERR_CUSTODIANS_TOO_FEW"));
  });

  test("two on media that may not forget are refused, unless it is allowed and said", async () => {
    const weak = (name: string) =>
      rootCustodian(name, { ...memoryRoots(), weakness: "a log-structured file system" });
    const three = () => [weak("a"), weak("b"), rootCustodian("c", memoryRoots())];
    await expect(openCustody(three(), { random }).mark()).rejects.toMatchObject(
      codeOf("ERR_KEY_ROOT_MEDIUM"),
    );
    const allowed = openCustody(three(), { random, allowWeak: "a trial" });
    expect(await allowed.mark()).toBeNull();
    expect(allowed.weakness).toContain("a trial");
  });

  test("one on a weak medium and one away: a wipe is not complete", async () => {
    const hands = await makeHands();
    const weak = { ...hands.media[2], weakness: "btrfs" } as RootStore;
    const custodians = [...hands.custodians.slice(0, 2), rootCustodian("second file", weak)];
    const custody = openCustody(custodians, { random });
    await custody.prepare(at(1), random.bytes(32));
    await custody.setMark(mark(1));
    await custody.wipe(1, false);
    hands.away.add("memory");
    await expect(custody.wipe(1, false)).rejects.toMatchObject(codeOf("ERR_CUSTODIANS_TOO_FEW"));
  });
});

describe("custodians in processes of their own", () => {
  const folder = mkdtempSync(join(tmpdir(), "jikim-custody-"));
  const children = new Map<string, ChildProcess>();
  const child = new URL("support/custodian-child.ts", import.meta.url).pathname;
  const socketOf = (name: string) => join(folder, name, "s");
  const start = (name: string, medium: string): void => {
    const args = [child, name, socketOf(name), medium];
    children.set(name, spawn(process.execPath, args, { stdio: ["ignore", "ignore", "inherit"] }));
  };
  const kill = async (name: string): Promise<void> => {
    const running = children.get(name);
    const exited = new Promise((resolve) => running?.once("exit", resolve));
    running?.kill("SIGKILL");
    await exited;
  };
  afterAll(async () => {
    for (const name of children.keys()) children.get(name)?.kill("SIGKILL");
    rmSync(folder, { recursive: true });
  });

  test("killed and started again: destruction goes on, and the root is never lost", async () => {
    const files = memoryFiles();
    const own = await openRootFile("/own", { files, random, secretBytes: SHARE_BYTES });
    start("memory", "memory");
    start("file", join(folder, "slots"));
    const clock = { now: () => Date.now() };
    const patient = { clock, absentMs: 20_000 };
    const remote = (name: string, options: { clock: typeof clock; absentMs?: number }) =>
      connectCustodian(name, socketOf(name), options);
    for (const name of ["memory", "file"]) {
      const custodian = remote(name, patient);
      expect((await custodian.status(null)).name).toBe(name);
      await custodian.close();
    }
    const custodians = [
      rootCustodian("own", own),
      remote("memory", { clock }),
      remote("file", { clock }),
    ];
    const custody = openCustody(custodians, { random });
    const nodes = await openFileLog("/log", { files });
    const tree = await openShredTree({ nodes, roots: custody, random });
    await tree.mint(1);
    expect((await tree.destroy([0])).custodians).toEqual(["own", "memory", "file"]);
    await kill("memory");
    expect((await tree.destroy([1])).custodians).toEqual(["own", "file"]);
    start("memory", "memory");
    const back = remote("memory", patient);
    expect(await back.status(null)).toMatchObject({ mark: null, shares: [] });
    expect(await custody.repair()).toEqual(["memory"]);
    await kill("file");
    expect((await tree.destroy([2])).custodians).toEqual(["own", "memory"]);
    start("file", join(folder, "slots"));
    const filed = remote("file", patient);
    expect((await filed.status(null)).shares.map(({ epoch }) => epoch)).toEqual([3]);
    expect((await tree.destroy([3])).custodians).toEqual(["own", "memory", "file"]);
    expect((await filed.status(null)).shares.map(({ epoch }) => epoch)).toEqual([5]);
    expect(await isGone(tree, 4)).toBe(false);
    for (const custodian of [...custodians, back, filed]) await custodian.close();
  }, 60_000);
});
