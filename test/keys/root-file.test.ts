import { randomBytes } from "node:crypto";
import {
  cpSync,
  linkSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { spawn, spawnSync } from "node:child_process";

import { afterAll, describe, expect, test } from "vitest";

import { diskFiles } from "../../src/keys/files.ts";
import { makeFolders, makeKeyFolder } from "../../src/keys/root/key-folder.ts";
import { takeLock } from "../../src/keys/root/lock-file.ts";
import { mediumWeakness } from "../../src/keys/root/medium.ts";
import { openRootFile } from "../../src/keys/root/root-file.ts";
import { EMPTY_DISK, memoryFiles } from "./support/memory-files.ts";
import { systemRandom as random } from "./support/random.ts";

const TREE = "00112233445566778899aabbccddeeff";
const folder = mkdtempSync(join(tmpdir(), "jikim-root-"));
afterAll(() => rmSync(folder, { recursive: true }));

const at = (epoch: number) => ({ tree: TREE, epoch, sequence: epoch });
const open = (name: string) =>
  openRootFile(join(folder, name), { files: diskFiles, random, allowWeak: "wherever tests run" });

describe("root file", () => {
  test("holds two roots while a commit is under way and one afterwards", async () => {
    const roots = await openRootFile("/root", { files: memoryFiles(), random });
    const [a, b] = [random.bytes(32), random.bytes(32)];
    await roots.prepare(at(1), a);
    await roots.prepare(at(2), b);
    expect(await roots.epochs()).toEqual([1, 2]);
    await roots.wipe(2, false);
    expect(await roots.epochs()).toEqual([2]);
    expect(await roots.load(TREE, 1)).toBeNull();
    expect((await roots.load(TREE, 2))?.equals(b)).toBe(true);
  });

  test("a wiped root's bytes are nowhere in the file", async () => {
    const roots = await open("wiped");
    const root = randomBytes(32);
    await roots.prepare(at(1), root);
    expect(readFileSync(join(folder, "wiped")).includes(root)).toBe(true);
    await roots.prepare(at(2), random.bytes(32));
    await roots.wipe(2, false);
    expect(readFileSync(join(folder, "wiped")).includes(root)).toBe(false);
    expect(readFileSync(join(folder, "wiped")).length).toBe(24_576);
    await roots.close();
  });

  test("a torn root does not count and is wiped all the same", async () => {
    const files = memoryFiles();
    const roots = await openRootFile("/root", { files, random });
    await roots.prepare(at(1), random.bytes(32));
    const torn = randomBytes(32);
    await roots.prepare(at(2), torn);
    const file = await files.open("/root", "existing");
    const there = Buffer.alloc(1);
    file.read(there, 2 * 4096 + 120);
    await file.write([Buffer.from([~(there[0] ?? 0) & 0xff])], 2 * 4096 + 120);
    expect(await roots.epochs()).toEqual([1]);
    await roots.wipe(1, false);
    const bytes = files.disk().contents.get(1);
    expect(bytes?.includes(torn)).toBe(false);
  });

  test("a later wipe of an elder keeper spares its successor's roots", async () => {
    const roots = await openRootFile("/root", { files: memoryFiles(), random });
    await roots.prepare(at(5), random.bytes(32));
    await roots.prepare(at(6), random.bytes(32));
    await roots.wipe(5, false);
    expect(await roots.epochs()).toEqual([5, 6]);
    await roots.wipe(5, true);
    expect(await roots.epochs()).toEqual([5]);
  });

  test("preparing an epoch that is held already is fenced and overwrites nothing", async () => {
    const roots = await openRootFile("/root", { files: memoryFiles(), random });
    const living = random.bytes(32);
    await roots.prepare(at(6), living);
    for (const epoch of [5, 6, 2]) {
      await expect(roots.prepare(at(epoch), random.bytes(32))).rejects.toMatchObject({
        code: "ERR_KEEPER_FENCED",
      });
    }
    expect((await roots.load(TREE, 6))?.equals(living)).toBe(true);
  });

  test("the newest whole mark counts, and a mark never goes back", async () => {
    const files = memoryFiles();
    const roots = await openRootFile("/root", { files, random });
    const mark = (sequence: number, assigned = 0) => ({ tree: TREE, epoch: 1, sequence, assigned });
    expect(await roots.mark()).toBeNull();
    for (const m of [mark(1), mark(2), mark(2, 9), mark(3, 9)]) await roots.setMark(m);
    expect(await roots.mark()).toEqual(mark(3, 9));
    await expect(roots.setMark(mark(2, 9))).rejects.toMatchObject({ code: "ERR_KEEPER_FENCED" });
    const file = await files.open("/root", "existing");
    await file.write([Buffer.from([255])], 5 * 4096 + 40); // the newest one, torn
    expect(await roots.mark()).toEqual(mark(2, 9));
  });

  test("preparing for a commit that does not follow the mark is fenced", async () => {
    const roots = await openRootFile("/root", { files: memoryFiles(), random });
    await roots.setMark({ tree: TREE, epoch: 1, sequence: 7, assigned: 0 });
    for (const sequence of [6, 7]) {
      const next = { tree: TREE, epoch: 2, sequence };
      await expect(roots.prepare(next, random.bytes(32))).rejects.toMatchObject({
        code: "ERR_KEEPER_FENCED",
      });
    }
    await roots.prepare({ tree: TREE, epoch: 2, sequence: 8 }, random.bytes(32));
    expect(await roots.epochs()).toEqual([2]);
  });

  test("another tree's root is not loaded", async () => {
    const roots = await openRootFile("/root", { files: memoryFiles(), random });
    await roots.prepare(at(1), random.bytes(32));
    expect(await roots.load(TREE.replace("00", "01"), 1)).toBeNull();
  });
});

describe("a copied root file", () => {
  // Where the medium is weak (a test run on tmpfs or overlay) the copy is only stated.
  test("is refused in its place", async () => {
    if ((await mediumWeakness(diskFiles, folder)) !== null) return;
    const path = join(folder, "original");
    const roots = await open("original");
    await roots.prepare(at(1), random.bytes(32));
    await roots.close();
    await (await open("original")).close();
    cpSync(path, `${path}.copy`);
    await expect(open("original.copy")).rejects.toMatchObject({ code: "ERR_KEY_ROOT_COPIED" });
    rmSync(path);
    cpSync(`${path}.copy`, path);
    await expect(open("original")).rejects.toMatchObject({ code: "ERR_KEY_ROOT_COPIED" });
  });

  test("a second name is a copy too", async () => {
    const roots = await open("linked");
    await roots.close();
    linkSync(join(folder, "linked"), join(folder, "linked.other"));
    await expect(open("linked")).rejects.toMatchObject({ code: "ERR_KEY_ROOT_COPIED" });
  });
});

describe("medium", () => {
  test.each([
    ["overlayfs", 0x794c7630],
    ["btrfs", 0x9123683e],
    ["zfs", 0x2fc12fc1],
    ["f2fs", 0xf2f52010],
    ["tmpfs", 0x01021994],
    ["nfs", 0x6969],
    ["file system 0x1234", 0x1234],
  ])("%s is refused unless the operator says why", async (name, type) => {
    const files = memoryFiles(EMPTY_DISK, { type });
    await expect(openRootFile("/root", { files, random })).rejects.toMatchObject({
      code: "ERR_KEY_ROOT_MEDIUM",
    });
    const roots = await openRootFile("/root", { files, random, allowWeak: "a laptop for trying" });
    expect(roots.weakness).toContain(name);
    expect(roots.weakness).toContain("a laptop for trying");
  });

  test.each([0xef53, 0x58465342])(
    "a file system that overwrites in place is accepted",
    async (t) => {
      const roots = await openRootFile("/root", {
        files: memoryFiles(EMPTY_DISK, { type: t }),
        random,
      });
      expect(roots.weakness).toBeNull();
    },
  );

  test("a journal of data keeps former roots", async () => {
    const files = {
      ...memoryFiles(),
      medium: async () => ({ type: 0xef53, options: "rw,data=journal" }),
    };
    expect(await mediumWeakness(files, "/")).toContain("data=journal");
  });
});

const MODULE = JSON.stringify(new URL("../../src/keys/root/lock-file.ts", import.meta.url).href);

/** A process that takes a lock, and dies without a word when it is told to. */
async function holderOf(path: string, within: readonly string[] = []) {
  const script = `import(${MODULE})
    .then(({ takeLock }) => takeLock(${JSON.stringify(path)}))
    .then(() => console.log("taken"));
    process.stdin.once("data", () => process.kill(process.pid, "SIGKILL"));`;
  const [program, ...args] = [...within, process.execPath, "-e", script] as const;
  const child = spawn(program ?? "", args);
  const ended = new Promise((resolve) => child.once("exit", resolve));
  await new Promise((resolve) => child.stdout.once("data", resolve));
  return async (): Promise<void> => {
    child.stdin.write("die\n");
    await ended;
  };
}

/** The second word keeps the holder from being the namespace's first, which nobody inside kills. */
const CONTAINER = ["unshare", "--pid", "--fork", "sh", "-c", '"$0" "$@"; exit 0'];
const canUnshare = spawnSync("unshare", ["--pid", "--fork", "true"]).status === 0;

describe("lock file", () => {
  const running = { code: "ERR_KEEPER_RUNNING" };

  test("a second keeper of the same process is refused until the first lets go", async () => {
    const path = join(folder, "lock-a");
    const lock = await takeLock(path);
    await expect(takeLock(path)).rejects.toMatchObject(running);
    lock.check();
    lock.release();
    expect(() => lock.check()).toThrow("no longer holds");
    (await takeLock(path)).release();
    expect(readdirSync(folder).filter((name) => name.startsWith("lock-a"))).toEqual([]);
  });

  test.each([
    ["", true, [], "lock-b"],
    [" in another container", canUnshare, CONTAINER, "lock-e"],
  ] as const)(
    "a dead process's lock%s is taken over, a living one's is not",
    async (_, isPossible, within, name) => {
      if (!isPossible) return;
      const path = join(folder, name);
      const die = await holderOf(path, within);
      await expect(takeLock(path)).rejects.toMatchObject(running);
      await die();
      const lock = await takeLock(path);
      lock.check();
      lock.release();
      expect(readdirSync(folder).filter((each) => each.startsWith(name))).toEqual([]);
    },
  );

  test.each([
    ["an earlier start of the machine", { boot: "00000000-0000-0000-0000-000000000000" }],
    ["a process number that was given to another since", { started: "1" }],
  ])("the lock of %s is stale", async (_, change) => {
    const path = join(folder, "lock-c");
    const lock = await takeLock(path);
    const holder = JSON.parse(readFileSync(path, "utf8")) as object;
    writeFileSync(path, JSON.stringify({ ...holder, token: "x", ...change }));
    expect(() => lock.check()).toThrow("no longer holds");
    (await takeLock(path)).release();
  });

  test.each([
    ["does not listen", { listens: false }],
    ["lost its life line", { token: "swept-away" }],
  ])("a holder in another container that %s is taken to live, and told how", async (_, change) => {
    const path = join(folder, "lock-d");
    writeFileSync(path, "");
    (await takeLock(path)).check();
    const holder = JSON.parse(readFileSync(path, "utf8")) as object;
    writeFileSync(
      path,
      JSON.stringify({ ...holder, pid: 999_999_999, namespace: "pid:[1]", ...change }),
    );
    await expect(takeLock(path)).rejects.toThrow(`if it is surely gone, remove ${path}`);
    rmSync(path);
  });
});

test.each(["/proc/self/keys", "/sys/keys", "/dev/keys"])(
  "keys in %s are refused at once, also behind a link",
  (place) => {
    const link = join(folder, `link-${place.split("/")[1] ?? ""}`);
    symlinkSync(dirname(place), link);
    for (const path of [place, join(link, "keys")]) {
      expect(() => makeKeyFolder(path)).toThrow(
        expect.objectContaining({ code: "ERR_KEY_ROOT_MEDIUM" }),
      );
    }
  },
);

test("folders are made one by one, private, and a place that takes none is an error", () => {
  const made = join(folder, "a", "b", "c");
  makeFolders(made);
  makeFolders(made);
  expect(statSync(join(folder, "a", "b")).mode & 0o777).toBe(0o700);
  expect(() => makeFolders("/proc/self/nothing")).toThrow("ENOENT");
});
