/**
 * Node store on PostgreSQL: one row a node, one head row, compare-and-set on the sequence.
 * Dead row versions, WAL and backups hold former nodes for as long as they like.
 */
import { assert } from "../../base/assert.ts";
import { JikimError } from "../../base/errors.ts";
import type { NodeBlob, NodeStore, TreeHead } from "../tree/stores.ts";
import {
  asNumber,
  checkDurability,
  holdKeeperLock,
  takeKeeperLock,
  type KeyDatabase,
  type KeySql,
  type KeySqlValue,
} from "./key-database.ts";

/** Rows of one statement: half a megabyte of parameters. */
const ROWS = 64;

export interface PgNodesOptions {
  /** The operator's reason for using a server whose commits are no promise. */
  readonly allowWeak?: string;
  /** How long to wait for a dead keeper's session to end, in milliseconds; 10,000. */
  readonly waitMs?: number;
}

export interface PgNodes extends NodeStore {
  /** Why this store's commits are no promise; null when they are. */
  readonly weakness: string | null;
}

/**
 * Opens the node store and takes the keeper's lock for the session.
 * Throws ERR_KEY_STORE_UNSAFE, ERR_KEEPER_RUNNING.
 * @example const nodes = await openPgNodes(session, {});
 */
export async function openPgNodes(db: KeyDatabase, options: PgNodesOptions): Promise<PgNodes> {
  const weakness = await checkDurability(db, options.allowWeak ?? null);
  await takeKeeperLock(db, options.waitMs ?? 10_000);
  return Object.freeze<PgNodes>({
    weakness,
    head: () => readHead(db),
    get: (ids) => getNodes(db, ids),
    commit: (expected, next, nodes) =>
      db.transaction(async (tx) => {
        await holdKeeperLock(tx);
        await moveHead(tx, expected, next);
        let waiting: NodeBlob[] = [];
        for await (const batch of nodes) {
          waiting.push(...batch);
          if (waiting.length < ROWS) continue;
          await upsertNodes(tx, waiting);
          waiting = [];
        }
        await upsertNodes(tx, waiting);
      }),
    close: () => db.close(),
  });
}

async function readHead(db: KeySql): Promise<TreeHead | null> {
  const [row] = await db.query(
    `select encode(tree, 'hex') as tree, epoch, sequence, depth, leaves
       from key_head
      where one`,
  );
  if (row === undefined) return null;
  return Object.freeze({
    tree: String(row["tree"]),
    epoch: asNumber(row["epoch"]),
    sequence: asNumber(row["sequence"]),
    depth: asNumber(row["depth"]),
    leaves: asNumber(row["leaves"]),
  });
}

async function getNodes(db: KeySql, ids: readonly number[]): Promise<readonly Uint8Array[]> {
  const found = new Map<number, Uint8Array>();
  for (let from = 0; from < ids.length; from += ROWS) {
    const rows = await db.query(
      `select id, blob
         from key_node
        where id = any (cast($1 as bigint[]))`,
      [`{${ids.slice(from, from + ROWS).join(",")}}`],
    );
    for (const row of rows) {
      assert(row["blob"] instanceof Uint8Array, "bytea arrives as bytes");
      found.set(asNumber(row["id"]), row["blob"]);
    }
  }
  return ids.map((id) => {
    const blob = found.get(id);
    if (blob !== undefined) return blob;
    throw new JikimError("ERR_KEY_NODE_DAMAGED", "a node of the key tree is missing", { id });
  });
}

/** First of the commit's statements, so that a fenced keeper is refused before it writes. */
async function moveHead(tx: KeySql, expected: number | null, next: TreeHead): Promise<void> {
  const values = [next.tree, next.epoch, next.sequence, next.depth, next.leaves];
  const rows =
    expected === null
      ? await tx.query(
          `insert into key_head (tree, epoch, sequence, depth, leaves)
           values (decode($1, 'hex'), $2, $3, $4, $5)
               on conflict do nothing
        returning sequence`,
          values,
        )
      : await tx.query(
          `update key_head
              set epoch = $2, sequence = $3, depth = $4, leaves = $5
            where one
              and tree = decode($1, 'hex')
              and sequence = $6
        returning sequence`,
          [...values, expected],
        );
  if (rows.length === 1) return;
  throw new JikimError("ERR_KEEPER_FENCED", "another keeper has written to the key tree", {
    expected,
  });
}

async function upsertNodes(tx: KeySql, nodes: readonly NodeBlob[]): Promise<void> {
  for (let from = 0; from < nodes.length; from += ROWS) {
    const batch = nodes.slice(from, from + ROWS);
    const params = batch.flatMap(([id, blob]): KeySqlValue[] => [id, blob]);
    const rows = batch.map((_, i) => `($${i * 2 + 1}::bigint, $${i * 2 + 2}::bytea)`);
    await tx.query(
      `insert into key_node (id, blob)
       values ${rows.join(", ")}
           on conflict (id) do update set blob = excluded.blob`,
      params,
    );
  }
}
