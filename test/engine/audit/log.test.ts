/** The log in a database: places without holes, signed states, proofs, and what is never signed. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { appendLeaf, leafHash } from "../../../src/engine/audit/append-leaf.ts";
import { checkpointText, openCheckpoint } from "../../../src/engine/audit/checkpoint.ts";
import type { Facts } from "../../../src/engine/audit/leaf-kinds.ts";
import { changeKey, makeCheckpoint } from "../../../src/engine/audit/make-checkpoint.ts";
import {
  EMPTY_LOG,
  grow,
  isConsistent,
  isSame,
  joinHashes,
  rootOfPath,
} from "../../../src/engine/audit/merkle.ts";
import { signingKey, signNote } from "../../../src/engine/audit/note.ts";
import { findReceipt, proveGrowth, provePlace } from "../../../src/engine/audit/read-log.ts";
import { parseProof, receiptOf, verifyProof } from "../../../src/engine/audit/receipt-code.ts";
import { verifyLog } from "../../../src/engine/audit/verify-log.ts";
import type { Database } from "../../../src/store/database.ts";
import { eachDatabase } from "../../support/databases.ts";
import { streamOf, type TestLog, testLog } from "../../support/test-log.ts";

const unhex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "hex"));

async function positionsOf(db: Database): Promise<readonly (number | null)[]> {
  const rows = await db.query<{ position: number | null }>(
    "select position from audit_leaf order by position, seq",
  );
  return rows.map(({ position }) => position);
}

/** The root computed from the leaves alone, by another way than the log's own. */
async function rootOf(db: Database, size: number): Promise<Uint8Array> {
  const rows = await db.query<{ at: number; kind: string; facts: Facts }>(
    "select at, kind, facts from audit_leaf where position < $1 order by position",
    [size],
  );
  const leaves = rows.map((leaf) => unhex(leafHash(leaf)));
  return joinHashes(grow(EMPTY_LOG, leaves).hashes);
}

eachDatabase((kind, open) => {
  test("an empty log has a checkpoint, and one with leaves has their root", async () => {
    const log = await testLog(await open());
    const empty = await makeCheckpoint(log);
    expect(Buffer.from(empty.root).toString("hex")).toMatch(/^e3b0c44298fc1c14/);
    await log.append(3);
    const { size, root, number } = await makeCheckpoint(log);
    expect([size, number]).toEqual([3, 1]);
    expect(isSame(root, await rootOf(log.db, 3))).toBe(true);
  });

  test("what was rolled back leaves no hole and no leaf", async () => {
    const log = await testLog(await open());
    for (let round = 0; round < 4; round += 1) {
      await log.append(2);
      const failing = log.db.transaction(async (tx) => {
        await log.append(3, tx);
        throw new Error("rolled back");
      });
      await expect(failing).rejects.toThrow("rolled back");
      await makeCheckpoint(log);
    }
    expect(await positionsOf(log.db)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  // The embedded database has one connection: nobody else can write meanwhile.
  const withTwoConnections = kind === "pglite" ? null : test;
  withTwoConnections?.("nobody waits for a signer, and a late leaf comes after", async () => {
    const log = await testLog(await open());
    await log.append(1);
    const late = await log.db.transaction(async (tx) => {
      const [leaf] = await log.append(1, tx);
      // Another connection writes and signs while this leaf is not committed yet.
      await log.append(2);
      expect((await makeCheckpoint(log)).size).toBe(3);
      return leaf;
    });
    expect((await makeCheckpoint(log)).size).toBe(4);
    const [row] = await log.db.query<{ position: number }>(
      "select position from audit_leaf where seq = $1",
      [late?.seq ?? 0],
    );
    expect(row?.position).toBe(3);
    expect((await verifyLog(streamOf(await log.lines()), keysOf(log))).fault).toBeNull();
  });

  test("signers at the same time give every leaf one place", async () => {
    const log = await testLog(await open());
    const work = Array.from({ length: 6 }, async () => {
      await log.append(5);
      return makeCheckpoint(log);
    });
    await Promise.all(work);
    await makeCheckpoint(log);
    expect(await positionsOf(log.db)).toEqual(Array.from({ length: 30 }, (_, index) => index));
    expect((await verifyLog(streamOf(await log.lines()), keysOf(log))).fault).toBeNull();
  });

  test("after any sequence of appends and checkpoints every proof holds", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 6 }),
        async (batches) => {
          const log = await testLog(await open());
          const heads: { size: number; root: Uint8Array }[] = [];
          for (const batch of batches) {
            await log.append(batch);
            heads.push(await makeCheckpoint(log));
          }
          const last = heads.at(-1) ?? { size: 0, root: new Uint8Array() };
          expect(isSame(last.root, await rootOf(log.db, last.size))).toBe(true);
          for (const head of heads) {
            const path = await proveGrowth(log.db, head.size, last.size);
            expect(isConsistent(head, last, path)).toBe(true);
          }
          await everyLeafIsProved(log, last);
        },
      ),
      { numRuns: 6 },
    );
  });

  test("a log past two stored levels proves first, last and inner leaves from a few rows", async () => {
    const log = await testLog(await open());
    const count = 65_536 + 256 + 3;
    await fill(log, count);
    const checkpoint = await makeCheckpoint(log);
    expect(checkpoint.size).toBe(count);
    const nodes = await log.db.query<{ level: number; nodes: number }>(
      "select level, count(*) as nodes from audit_node group by level order by level",
    );
    expect(nodes).toEqual([
      { level: 8, nodes: 257 },
      { level: 16, nodes: 1 },
    ]);
    let rows = 0;
    const counting: Database = {
      ...log.db,
      async query(text, params) {
        const found = await log.db.query(text, params);
        rows += found.length;
        return found as never;
      },
    };
    for (const position of [0, 255, 256, 40_000, 65_535, 65_536, count - 1]) {
      rows = 0;
      const path = await provePlace(counting, position, count);
      expect(rows).toBeLessThan(800);
      const [leaf] = await log.db.query<{ hash: Uint8Array }>(
        "select hash from audit_leaf where position = $1",
        [position],
      );
      const from = { position, hash: leaf?.hash ?? new Uint8Array() };
      const root = rootOfPath(from, count, path);
      expect(root !== null && isSame(root, checkpoint.root), String(position)).toBe(true);
    }
    for (const smaller of [1, 255, 256, 5_000, 65_535, 65_536, count - 1]) {
      const root = await rootOf(log.db, smaller);
      const path = await proveGrowth(counting, smaller, count);
      expect(isConsistent({ size: smaller, root }, checkpoint, path), String(smaller)).toBe(true);
    }
  });

  describe("nothing is signed over", () => {
    test.each<[what: string, reason: string, sql: string]>([
      [
        "a leaf altered while it waits",
        "leaf",
        "update audit_leaf set facts = facts || '{\"items\": 9}' where seq = 7",
      ],
      [
        "a leaf whose time was changed while it waits",
        "leaf",
        "update audit_leaf set at = at + interval '1 ms' where seq = 7",
      ],
      [
        "a state that does not lead to its root",
        "nodes",
        "update audit_checkpoint set frontier = decode(repeat('00', octet_length(frontier)), 'hex')",
      ],
      ["a size that was not signed", "nodes", "update audit_checkpoint set size = size - 1"],
      [
        "a checkpoint that nobody signed",
        "checkpoint",
        "update audit_checkpoint set note = replace(note, '2026', '2025')",
      ],
      [
        "a checkpoint that is no note",
        "checkpoint",
        "update audit_checkpoint set note = 'trust me'",
      ],
      ["the last leaf taken away", "positions", "delete from audit_leaf where position = 5"],
      [
        "a place given by another hand",
        "positions",
        "update audit_leaf set position = 6 where seq = 7",
      ],
    ])("%s", async (_what, reason, sql) => {
      const log = await testLog(await open());
      await log.append(6);
      await makeCheckpoint(log);
      await log.append(1);
      await run(log.db, sql);
      const before = await log.db.query("select number from audit_checkpoint");
      await expect(makeCheckpoint(log)).rejects.toMatchObject({
        code: "ERR_LOG_DAMAGED",
        facts: { reason },
      });
      expect(await log.db.query("select number from audit_checkpoint")).toEqual(before);
    });

    test("the log of another key; a change of keys is told and verified with both", async () => {
      const log = await testLog(await open());
      await log.append(4);
      await makeCheckpoint(log);
      const key = signingKey("shop.example/audit", new Uint8Array(32).fill(9));
      const changed = { ...log, key };
      await expect(makeCheckpoint(changed)).rejects.toMatchObject({ code: "ERR_LOG_KEY_OTHER" });
      const stranger = signingKey("shop.example/audit", new Uint8Array(32).fill(8));
      await expect(changeKey(changed, stranger.verifier)).rejects.toMatchObject({
        code: "ERR_LOG_KEY_OTHER",
      });
      const { size } = await changeKey(changed, log.key.verifier);
      expect(size).toBe(5);
      await changeKey(changed, log.key.verifier);
      const kinds = await log.db.query("select 1 from audit_leaf where kind = 'log_key_changed'");
      expect(kinds).toHaveLength(1);
      const { note } = await makeCheckpoint(changed);
      expect(openCheckpoint(note, [key.verifier])?.size).toBe(5);
      expect(openCheckpoint(note, [log.key.verifier])).toBeNull();
    });
  });

  test("a receipt leads to its leaf before and after the checkpoint, and proves it alone", async () => {
    const log = await testLog(await open());
    const [first, second] = await log.append(2);
    if (first === undefined || second === undefined) throw new Error("two were appended");
    const code = receiptOf(first);
    const { verifier } = log.key;
    const early = await findReceipt(log.db, code, verifier);
    expect(early).toMatchObject({ leaf: { position: null, seq: first.seq }, proof: null });
    await makeCheckpoint(log);
    await log.append(30);
    await makeCheckpoint(log);
    const found = await findReceipt(log.db, code.toLowerCase().replaceAll("-", " "), verifier);
    expect(found?.leaf).toMatchObject({ position: 0, kind: "collected" });
    const proof = parseProof(found?.proof ?? "");
    if (proof === null) throw new Error("a proof was given");
    expect(verifyProof(proof, [verifier])?.size).toBe(32);
    expect(await findReceipt(log.db, found?.proof ?? "", verifier)).toMatchObject({
      leaf: { seq: first.seq },
    });
    const stranger = signingKey("shop.example/audit", new Uint8Array(32).fill(8)).verifier;
    expect(verifyProof(proof, [stranger])).toBeNull();
    expect(verifyProof({ ...proof, position: 1 }, [verifier])).toBeNull();
    expect(verifyProof({ ...proof, hash: unhex(second.hash) }, [verifier])).toBeNull();
    expect(verifyProof({ ...proof, path: proof.path.slice(1) }, [verifier])).toBeNull();
    // Another leaf's hash under this number is nobody's receipt.
    const mixed = receiptOf({ seq: first.seq, hash: second.hash });
    expect(await findReceipt(log.db, mixed, verifier)).toBeNull();
    for (const nonsense of [
      "",
      "x",
      "1-2-3",
      "🦊".repeat(30),
      "jikim-receipt-1.AAAA",
      "9".repeat(9_000),
    ]) {
      expect(await findReceipt(log.db, nonsense, verifier)).toBeNull();
    }
  });

  test("names that no policy has published are in no leaf, and nothing else is stored", async () => {
    const { db } = await testLog(await open());
    const facts = { occasion: "kimchulsoo", rules: {} };
    await expect(appendLeaf(db, 0, "collection_refused", facts)).rejects.toThrow(
      "names only what is published",
    );
    expect(await db.query("select seq from audit_leaf")).toEqual([]);
  });
});

const keysOf = (log: TestLog) => ({ keys: [log.key.verifier] });

/** Statements of an intruder; written down in the table above. */
async function run(db: Database, statement: string): Promise<void> {
  await db.query(statement);
}

async function everyLeafIsProved(
  log: TestLog,
  last: { readonly size: number; readonly root: Uint8Array },
): Promise<void> {
  const rows = await log.db.query<{ position: number; hash: Uint8Array }>(
    "select position, hash from audit_leaf where position is not null order by position",
  );
  expect(rows.map(({ position }) => position)).toEqual(rows.map((_, index) => index));
  for (const leaf of rows) {
    const path = await provePlace(log.db, leaf.position, last.size);
    const root = rootOfPath(leaf, last.size, path);
    expect(root !== null && isSame(root, last.root)).toBe(true);
  }
}

/** Many leaves in few statements. */
async function fill(log: TestLog, count: number): Promise<void> {
  const at = log.clock.now();
  for (let from = 0; from < count; from += 8_192) {
    const size = Math.min(8_192, count - from);
    const numbers = Array.from({ length: size }, (_, index) => from + index + 1);
    const hashes = numbers.map((n) =>
      leafHash({ at, kind: "use_refused", facts: { purpose: null, rules: { "too-much": n } } }),
    );
    await log.db.query(
      `insert into audit_leaf (at, kind, facts, hash)
       select $1::timestamptz, 'use_refused',
              jsonb_build_object('purpose', null, 'rules', jsonb_build_object('too-much', n::bigint)),
              decode(hash, 'hex')
         from unnest($2::text[], $3::text[]) as fresh (n, hash)`,
      [new Date(at).toISOString(), numbers.map(String), hashes],
    );
  }
}

test("the signed text is the one the format asks for", () => {
  const root = new Uint8Array(32).fill(1);
  const at = Date.UTC(2026, 10, 23, 3);
  const text = checkpointText({ origin: "shop.example/audit", size: 7, root, at });
  expect(text).toBe(
    "shop.example/audit\n7\nAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n" +
      "jikim-time 2026-11-23T03:00:00.000Z\n",
  );
  const key = signingKey("shop.example/audit", new Uint8Array(32).fill(2));
  expect(openCheckpoint(signNote(text, key), [key.verifier])).toEqual({
    origin: "shop.example/audit",
    size: 7,
    root,
    at,
  });
});
