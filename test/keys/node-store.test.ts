/** One contract, two node stores. */
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, describe, expect, test } from "vitest";

import { diskFiles } from "../../src/keys/files.ts";
import { openFileLog } from "../../src/keys/nodes/file-log.ts";
import { openPgNodes } from "../../src/keys/nodes/pg-nodes.ts";
import { BLOB_BYTES } from "../../src/keys/tree/node.ts";
import type { NodeBlob, NodeStore, TreeHead } from "../../src/keys/tree/stores.ts";
import { postgresPrograms, startPostgres } from "./support/temp-postgres.ts";

const SCHEMA = readFileSync(new URL("../../migrations/keys/000001.sql", import.meta.url), "utf8");
const TREE = "00112233445566778899aabbccddeeff";

function head(sequence: number, epoch = 1): TreeHead {
  return { tree: TREE, epoch, sequence, depth: 2, leaves: sequence };
}

async function* batches(...nodes: NodeBlob[]): AsyncGenerator<readonly NodeBlob[]> {
  for (const node of nodes) yield [node];
}

const blob = (): Buffer => randomBytes(BLOB_BYTES);

interface Place {
  readonly name: string;
  /** Opens the same store again and again; a fresh one for every name. */
  open(name: string): Promise<NodeStore>;
  end(): void;
}

const folder = mkdtempSync(join(tmpdir(), "jikim-nodes-"));
const programs = postgresPrograms();
const server = programs === null ? null : startPostgres(programs);
const made = new Set<string>();
const places: Place[] = [
  {
    name: "file log",
    open: (name) => openFileLog(join(folder, name), { files: diskFiles }),
    end: () => rmSync(folder, { recursive: true }),
  },
];
if (server !== null) {
  places.push({
    name: "PostgreSQL",
    async open(name) {
      const fresh = !made.has(name);
      made.add(name);
      if (fresh) await server.create(name);
      const db = await server.connect(name);
      if (fresh) await db.query(SCHEMA);
      return openPgNodes(db, {});
    },
    end: () => server.stop(),
  });
}

afterAll(() => {
  for (const place of places) place.end();
});

describe.each(places)("$name", (place) => {
  const open = (name: string) => place.open(name);
  test("an empty store has no head", async () => {
    const store = await open("empty");
    expect(await store.head()).toBeNull();
    await store.close();
  });

  test("what was committed is there after opening again, in the order asked for", async () => {
    const [a, b, c] = [blob(), blob(), blob()];
    const store = await open("again");
    await store.commit(null, head(1), batches([0, a], [2 ** 32, b]));
    await store.commit(1, head(2), batches([7, c], [0, c]));
    await store.close();
    const again = await open("again");
    expect(await again.head()).toEqual(head(2));
    const got = await again.get([2 ** 32, 7, 0]);
    expect(got.map((bytes) => Buffer.from(bytes).equals(b))).toEqual([true, false, false]);
    expect(got.map((bytes) => Buffer.from(bytes).equals(c))).toEqual([false, true, true]);
    await again.close();
  });

  test("a node that is not there is an error, not an empty answer", async () => {
    const store = await open("missing");
    await store.commit(null, head(1), batches([1, blob()]));
    await expect(store.get([1, 5])).rejects.toMatchObject({ code: "ERR_KEY_NODE_DAMAGED" });
    await store.close();
  });

  test.each([
    ["follows an older head", 1],
    ["follows a newer head", 3],
    ["claims to be the first", null],
  ])("a commit that %s is fenced and changes nothing", async (name, expected) => {
    const store = await open(`cas_${name.replaceAll(" ", "_")}`);
    const first = blob();
    await store.commit(null, head(1), batches([0, first]));
    await store.commit(1, head(2), batches());
    await expect(store.commit(expected, head(9), batches([0, blob()]))).rejects.toMatchObject({
      code: "ERR_KEEPER_FENCED",
    });
    expect(await store.head()).toEqual(head(2));
    expect(Buffer.from((await store.get([0]))[0] ?? []).equals(first)).toBe(true);
    await store.close();
  });

  test("a commit whose nodes fail half way leaves what was there", async () => {
    const store = await open("half");
    const first = blob();
    await store.commit(null, head(1), batches([0, first]));
    async function* failing(): AsyncGenerator<readonly NodeBlob[]> {
      yield [[0, blob()]];
      throw new Error("the disk of the tree is gone");
    }
    await expect(store.commit(1, head(2), failing())).rejects.toThrow("is gone");
    await store.close();
    const again = await open("half");
    expect(await again.head()).toEqual(head(1));
    expect(Buffer.from((await again.get([0]))[0] ?? []).equals(first)).toBe(true);
    await again.commit(1, head(2), batches([0, blob()]));
    expect(await again.head()).toEqual(head(2));
    await again.close();
  });

  test("300 nodes travel in one commit", async () => {
    const store = await open("many");
    const nodes = Array.from({ length: 300 }, (_, id): NodeBlob => [id, blob()]);
    async function* all(): AsyncGenerator<readonly NodeBlob[]> {
      yield nodes;
    }
    await store.commit(null, head(1), all());
    const got = await store.get(nodes.map(([id]) => id));
    expect(nodes.every(([, bytes], i) => Buffer.from(bytes).equals(got[i] ?? blob()))).toBe(true);
    await store.close();
  });
});

describe("file log only", () => {
  test("a torn tail never happened, wherever it is cut", async () => {
    const path = join(folder, "torn");
    const store = await openFileLog(path, { files: diskFiles });
    await store.commit(null, head(1), batches([0, blob()]));
    const whole = store.size();
    await store.commit(1, head(2), batches([0, blob()], [1, blob()]));
    const bytes = readFileSync(path);
    await store.close();
    for (const cut of [1, 15, 16, 8252, 8260, 16504, 16520, 16591]) {
      const { memoryFiles } = await import("./support/memory-files.ts");
      const files = memoryFiles({
        contents: new Map([[1, bytes.subarray(0, whole + cut)]]),
        names: new Map([["/log", 1]]),
      });
      const log = await openFileLog("/log", { files });
      expect(await log.head(), `cut ${cut} bytes into the second commit`).toEqual(head(1));
      await log.commit(1, head(2, 2), batches([0, blob()]));
      await log.close();
      const again = await openFileLog("/log", { files });
      expect(await again.head()).toEqual(head(2, 2));
    }
  });

  test("compaction keeps every living node and drops the dead ones", async () => {
    const path = join(folder, "compact");
    const store = await openFileLog(path, { files: diskFiles });
    const nodes = Array.from({ length: 20 }, (_, id): NodeBlob => [id, blob()]);
    await store.commit(null, head(1), batches(...nodes));
    for (let sequence = 2; sequence < 30; sequence += 1) {
      await store.commit(sequence - 1, head(sequence), batches([3, nodes[3]?.[1] ?? blob()]));
    }
    const before = store.size();
    await store.compact();
    expect(store.size()).toBeLessThan(before / 2);
    await store.commit(29, head(30), batches([5, nodes[5]?.[1] ?? blob()]));
    await store.close();
    const again = await openFileLog(path, { files: diskFiles });
    expect(await again.head()).toEqual(head(30));
    const got = await again.get(nodes.map(([id]) => id));
    expect(nodes.every(([, bytes], i) => Buffer.from(bytes).equals(got[i] ?? blob()))).toBe(true);
    await again.close();
  });

  test("waste sets a compaction off by itself", async () => {
    const path = join(folder, "waste");
    const store = await openFileLog(path, { files: diskFiles, wasteBytes: 100_000 });
    for (let sequence = 1; sequence < 60; sequence += 1) {
      await store.commit(
        sequence === 1 ? null : sequence - 1,
        head(sequence),
        batches([0, blob()]),
      );
    }
    expect(store.size()).toBeLessThan(150_000);
    await store.close();
  });

  test("a snapshot of the index that is not this log's is not used", async () => {
    const { memoryFiles } = await import("./support/memory-files.ts");
    const files = memoryFiles();
    const log = await openFileLog("/log", { files });
    await log.commit(null, head(1), batches([0, blob()]));
    await log.close();
    const old = files.disk();
    const log2 = await openFileLog("/log", { files });
    const newest = blob();
    await log2.commit(1, head(2), batches([0, newest]));
    await log2.close();
    const index = files.disk();
    // the newest log with the old snapshot, and the old log with the newest snapshot
    const mixed = (log: typeof old, idx: typeof old) =>
      memoryFiles({
        contents: new Map([
          [1, log.contents.get(log.names.get("/log") ?? -1) ?? blob()],
          [2, idx.contents.get(idx.names.get("/log.index") ?? -1) ?? blob()],
        ]),
        names: new Map([
          ["/log", 1],
          ["/log.index", 2],
        ]),
      });
    const forward = await openFileLog("/log", { files: mixed(index, old) });
    expect(await forward.head()).toEqual(head(2));
    expect(Buffer.from((await forward.get([0]))[0] ?? []).equals(newest)).toBe(true);
    const backward = await openFileLog("/log", { files: mixed(old, index) });
    expect(await backward.head()).toEqual(head(1));
  });

  test("a second writer's commit is seen before ours is written", async () => {
    const path = join(folder, "second");
    const first = await openFileLog(path, { files: diskFiles });
    await first.commit(null, head(1), batches([0, blob()]));
    const second = await openFileLog(path, { files: diskFiles });
    await second.commit(1, head(2), batches([0, blob()]));
    await expect(first.commit(1, head(2), batches([0, blob()]))).rejects.toMatchObject({
      code: "ERR_KEEPER_FENCED",
    });
    await second.compact();
    const third = await openFileLog(path, { files: diskFiles });
    await third.compact();
    await expect(second.commit(2, head(3), batches())).rejects.toMatchObject({
      code: "ERR_KEEPER_FENCED",
    });
    for (const store of [first, second, third]) await store.close();
  });
});

describe.skipIf(server === null)("PostgreSQL only", () => {
  test.each(["synchronous_commit", "fsync", "full_page_writes"])(
    "a server with %s=off is refused unless the operator says so",
    async (setting) => {
      const name = `off_${setting}`;
      const loose = startPostgres(programs ?? "", [`${setting}=off`]);
      try {
        await loose.create(name);
        const db = await loose.connect(name);
        await expect(openPgNodes(db, {})).rejects.toMatchObject({
          code: "ERR_KEY_STORE_UNSAFE",
          facts: { settings: [setting] },
        });
        const nodes = await openPgNodes(db, { allowWeak: "a test of the notice" });
        expect(nodes.weakness).toContain(`${setting}=off`);
        expect(nodes.weakness).toContain("a test of the notice");
        await nodes.close();
      } finally {
        loose.stop();
      }
    },
  );

  test("a second keeper is refused while the first one's session lives", async () => {
    await server?.create("two_keepers");
    const first = await server?.connect("two_keepers");
    const second = await server?.connect("two_keepers");
    if (first === undefined || second === undefined) throw new Error("no server");
    await first.query(SCHEMA);
    const nodes = await openPgNodes(first, {});
    await expect(openPgNodes(second, { waitMs: 20 })).rejects.toMatchObject({
      code: "ERR_KEEPER_RUNNING",
    });
    await nodes.close();
    await (await openPgNodes(second, {})).close();
  });
});
