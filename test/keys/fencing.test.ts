/**
 * Two keepers on one tree, or a tree and a root that do not belong together: each is refused, and
 * a refusal changes nothing. The file log stands here without its lock file, as if that had
 * failed: the sequence alone must hold.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

import { afterAll, describe, expect, test } from "vitest";

import { openFileLog } from "../../src/keys/nodes/file-log.ts";
import { openPgNodes } from "../../src/keys/nodes/pg-nodes.ts";
import { openRootFile } from "../../src/keys/root/root-file.ts";
import { openShredTree, type ShredTree } from "../../src/keys/tree/shred-tree.ts";
import type { NodeStore, RootStore } from "../../src/keys/tree/stores.ts";
import { type Disk, memoryFiles, type MemoryFiles } from "./support/memory-files.ts";
import { systemRandom as random } from "./support/random.ts";
import { postgresPrograms, startPostgres } from "./support/temp-postgres.ts";

const SCHEMA = readFileSync(new URL("../../migrations/keys/000001.sql", import.meta.url), "utf8");

/** A tree's stores, opened anew as a new keeper would; the former keeper's stay as they are. */
interface Stand {
  nodes(): Promise<NodeStore>;
  roots(): Promise<RootStore>;
  saveNodes(): Promise<void>;
  restoreNodes(): Promise<void>;
  readonly files: MemoryFiles;
}

function withRoot(stand: Omit<Stand, "roots">): Stand {
  return { ...stand, roots: () => openRootFile("/root", { files: stand.files, random }) };
}

async function fileStand(): Promise<Stand> {
  const files = memoryFiles();
  let log = memoryFiles();
  let saved: Disk | null = null;
  return withRoot({
    files,
    nodes: () => openFileLog("/log", { files: log }),
    saveNodes: async () => {
      saved = log.disk();
    },
    restoreNodes: async () => {
      log = memoryFiles(saved ?? log.disk());
    },
  });
}

const programs = postgresPrograms();
const server = programs === null ? null : startPostgres(programs);
afterAll(() => server?.stop());
let databases = 0;

async function pgStand(): Promise<Stand> {
  if (server === null) throw new Error("no server");
  databases += 1;
  const name = `fence_${databases}`;
  await server.create(name);
  const admin = await server.connect(name);
  await admin.query(SCHEMA);
  return withRoot({
    files: memoryFiles(),
    async nodes() {
      // The former keeper is dead to the server: its session, and with it its lock, is ended.
      await admin.query(
        `select pg_terminate_backend(pid, 5000)
           from pg_stat_activity
          where datname = current_database() and pid <> pg_backend_pid()`,
      );
      return openPgNodes(await server.connect(name), {});
    },
    async saveNodes() {
      for (const table of ["key_head", "key_node"]) {
        await admin.query(`drop table if exists saved_${table}`);
        await admin.query(`create table saved_${table} as table ${table}`);
      }
    },
    async restoreNodes() {
      for (const table of ["key_head", "key_node"]) {
        await admin.query(`truncate ${table}`);
        await admin.query(`insert into ${table} select * from saved_${table}`);
      }
    },
  });
}

const stands = [{ name: "file log", make: fileStand }];
if (server !== null) stands.push({ name: "PostgreSQL", make: pgStand });

const openTree = async (nodes: NodeStore, roots: RootStore): Promise<ShredTree> =>
  openShredTree({ nodes, roots, random });

const keeper = async (stand: Stand): Promise<ShredTree> =>
  openTree(await stand.nodes(), await stand.roots());

const print = async (tree: ShredTree, slot: number): Promise<string> =>
  createHash("sha256")
    .update(await tree.key(slot))
    .digest("hex");

const code = (expected: string): object => ({ code: expected });

/** A store whose next commit, or a root store whose next wipe, waits to be let go. */
function gate<T extends object, K extends keyof T>(store: T, name: K) {
  const reached = Promise.withResolvers<void>();
  const open = Promise.withResolvers<void>();
  let armed = false;
  const method = store[name];
  if (typeof method !== "function") throw new Error("a gate stands before a method");
  const gated = async (...args: unknown[]): Promise<unknown> => {
    if (armed) {
      reached.resolve();
      await open.promise;
    }
    return Reflect.apply(method, store, args);
  };
  return {
    store: { ...store, [name]: gated } satisfies T,
    arm: () => {
      armed = true;
    },
    reached: reached.promise,
    open: open.resolve,
  };
}

describe.each(stands)("$name", ({ make }) => {
  test("a dead keeper's delayed commit is refused, and no living key is lost", async () => {
    const stand = await make();
    const commit = gate(await stand.nodes(), "commit");
    const elder = await openTree(commit.store, await stand.roots());
    await elder.mint(1);
    const living = await print(elder, 9);
    commit.arm();
    const delayed = elder.destroy([3]);
    delayed.catch(() => undefined);
    await commit.reached; // the new root is prepared, the commit is not yet sent
    const younger = await keeper(stand);
    expect(await print(younger, 9)).toBe(living);
    commit.open();
    await expect(delayed).rejects.toThrow();
    await expect(elder.key(9)).rejects.toThrow(); // the elder knows that it is none any more
    expect(await print(younger, 9)).toBe(living);
    expect((await younger.key(3)).length).toBe(32);
    await younger.destroy([4]);
    const next = await keeper(stand);
    expect(await print(next, 9)).toBe(living);
  });

  test("a delayed commit of new leaves is refused too", async () => {
    const stand = await make();
    const commit = gate(await stand.nodes(), "commit");
    const elder = await openTree(commit.store, await stand.roots());
    commit.arm();
    const delayed = elder.mint(1);
    delayed.catch(() => undefined);
    await commit.reached;
    const younger = await keeper(stand);
    await younger.mint(2);
    const living = await print(younger, 300);
    commit.open();
    await expect(delayed).rejects.toThrow();
    expect(await print(await keeper(stand), 300)).toBe(living);
  });

  test("an elder that wakes late cannot overwrite its successor's root", async () => {
    const stand = await make();
    const prepare = gate(await stand.roots(), "prepare");
    const elder = await openTree(await stand.nodes(), prepare.store);
    await elder.mint(1);
    prepare.arm();
    const delayed = elder.destroy([3]);
    delayed.catch(() => undefined);
    await prepare.reached;
    const younger = await keeper(stand);
    const living = await print(younger, 9);
    await younger.destroy([4]); // the same epoch, the same block of the root file
    prepare.open();
    await expect(delayed).rejects.toMatchObject(code("ERR_KEEPER_FENCED"));
    expect(await print(await keeper(stand), 9)).toBe(living);
  });

  test("an elder that wakes before its wipe does not wipe its successor's root", async () => {
    const stand = await make();
    const wipe = gate(await stand.roots(), "wipe");
    const elder = await openTree(await stand.nodes(), wipe.store);
    await elder.mint(1);
    wipe.arm();
    const delayed = elder.destroy([3]);
    await wipe.reached; // committed; the old root is still there
    const younger = await keeper(stand);
    const living = await print(younger, 9);
    await younger.destroy([4]);
    wipe.open();
    await delayed.catch(() => undefined);
    const next = await keeper(stand);
    expect(await print(next, 9)).toBe(living);
    await expect(next.key(3)).rejects.toMatchObject(code("ERR_KEY_GONE"));
  });

  test("a second keeper fences the first, which says so", async () => {
    const stand = await make();
    const first = await keeper(stand);
    await first.mint(1);
    const second = await keeper(stand);
    await expect(first.destroy([0])).rejects.toThrow();
    await expect(first.key(1)).rejects.toThrow();
    expect((await second.destroy([1])).destroyed).toBe(1);
  });

  test.each([
    ["before a destruction", async (tree: ShredTree) => tree.destroy([5])],
    ["before new leaves", async (tree: ShredTree) => tree.mint(1)],
    ["before the last opening", async () => undefined],
  ])("a tree restored from %s is refused, and the newest still opens", async (_, change) => {
    const stand = await make();
    const tree = await keeper(stand);
    await tree.mint(1);
    await stand.saveNodes();
    const opened = await keeper(stand);
    await change(opened);
    const living = await print(opened, 9);
    const files = stand.files.disk();
    const newest = await stand.nodes();
    const head = await newest.head();
    const top = await newest.get([2 ** 32, 0]);
    await stand.restoreNodes();
    await expect(keeper(stand)).rejects.toMatchObject(code("ERR_KEY_TREE_STALE"));
    expect(stand.files.disk()).toEqual(files); // no root was touched
    const store = await stand.nodes(); // bring the newest back
    const old = await store.head();
    if (head === null || old === null) throw new Error("a tree was made");
    await store.commit(
      old.sequence,
      head,
      (async function* () {
        yield [
          [2 ** 32, top[0] ?? new Uint8Array()] as const,
          [0, top[1] ?? new Uint8Array()] as const,
        ];
      })(),
    );
    if (head.leaves === 1) expect(await print(await keeper(stand), 9)).toBe(living);
  });

  test("an empty node store under a root that knows a tree is refused", async () => {
    const stand = await make();
    await stand.saveNodes();
    const tree = await keeper(stand);
    await tree.mint(1);
    await stand.restoreNodes();
    await expect(keeper(stand)).rejects.toMatchObject(code("ERR_KEY_TREE_STALE"));
  });

  test("an older copy of the root, and none at all, are told apart and refused", async () => {
    const stand = await make();
    const tree = await keeper(stand);
    await tree.mint(1);
    const old = stand.files.disk();
    await tree.destroy([0]);
    const nodes = () => stand.nodes();
    const staleRoot = () => openRootFile("/root", { files: memoryFiles(old), random });
    await expect(openTree(await nodes(), await staleRoot())).rejects.toMatchObject(
      code("ERR_KEY_ROOT_STALE"),
    );
    const noRoot = () => openRootFile("/root", { files: memoryFiles(), random });
    await expect(openTree(await nodes(), await noRoot())).rejects.toMatchObject(
      code("ERR_KEY_ROOT_LOST"),
    );
    expect((await (await keeper(stand)).key(1)).length).toBe(32);
  });

  test("another tree's root is refused", async () => {
    const [one, two] = [await make(), await make()];
    await keeper(one);
    await keeper(two);
    await expect(openTree(await one.nodes(), await two.roots())).rejects.toMatchObject(
      code("ERR_KEY_ROOT_LOST"),
    );
  });

  test("a slot map older than the root's mark is refused", async () => {
    const stand = await make();
    const tree = await keeper(stand);
    await tree.mint(1);
    await tree.setAssigned(10);
    const [nodes, roots] = [await stand.nodes(), await stand.roots()];
    await expect(openShredTree({ nodes, roots, random, assigned: 9 })).rejects.toMatchObject(
      code("ERR_KEY_MAP_STALE"),
    );
    const [again, rootsAgain] = [await stand.nodes(), await stand.roots()];
    await openShredTree({ nodes: again, roots: rootsAgain, random, assigned: 10 });
  });
});

describe.skipIf(server === null)("PostgreSQL only", () => {
  test("while a dead keeper's transaction is open, no other keeper gets in", async () => {
    databases += 1;
    const name = `fence_${databases}`;
    await server?.create(name);
    const first = await server?.connect(name);
    const second = await server?.connect(name);
    if (first === undefined || second === undefined) throw new Error("no server");
    await first.query(SCHEMA);
    const roots = await openRootFile("/root", { files: memoryFiles(), random });
    const nodes = await openPgNodes(first, {});
    await openTree(nodes, roots);
    const wait = Promise.withResolvers<void>();
    const inside = Promise.withResolvers<void>();
    const head = await nodes.head();
    if (head === null) throw new Error("a tree was made");
    const commit = nodes.commit(
      head.sequence,
      { ...head, epoch: head.epoch + 1, sequence: head.sequence + 1 },
      // eslint-disable-next-line require-yield
      (async function* () {
        inside.resolve();
        await wait.promise;
      })(),
    );
    await inside.promise;
    await expect(openPgNodes(second, { waitMs: 20 })).rejects.toMatchObject(
      code("ERR_KEEPER_RUNNING"),
    );
    wait.resolve();
    await commit;
    await nodes.close();
    const next = await openPgNodes(second, {});
    expect((await next.head())?.epoch).toBe(2); // the younger sees what the elder decided
    await next.close();
  });

  test("a keeper whose session lost the lock to another is refused inside its commit", async () => {
    databases += 1;
    const name = `fence_${databases}`;
    await server?.create(name);
    const first = await server?.connect(name);
    const second = await server?.connect(name);
    if (first === undefined || second === undefined) throw new Error("no server");
    await first.query(SCHEMA);
    const nodes = await openPgNodes(first, {});
    await first.query("select pg_advisory_unlock_all()"); // what a pooler between does
    await openPgNodes(second, {});
    const head = { tree: "00".repeat(16), epoch: 1, sequence: 1, depth: 2, leaves: 0 };
    const none = (async function* (): AsyncGenerator<never> {})();
    await expect(nodes.commit(null, head, none)).rejects.toMatchObject(code("ERR_KEEPER_FENCED"));
    expect(await nodes.head()).toBeNull();
    await nodes.close();
    await second.close();
  });
});
