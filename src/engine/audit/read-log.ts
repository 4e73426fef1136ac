/** Reads the log: its last checkpoint, leaves, proofs. Nothing here writes. */
import { present } from "../../base/assert.ts";
import { hex } from "../../store/column-value.ts";
import type { Sql } from "../../store/database.ts";
import { type Leaf, leafHash, type LeafId } from "./append-leaf.ts";
import { type Checkpoint, openCheckpoint } from "./checkpoint.ts";
import type { Facts } from "./leaf-kinds.ts";
import { logDamaged } from "./log-damaged.ts";
import { consistencyRanges, inclusionRanges } from "./merkle.ts";
import type { VerifierKey } from "./note.ts";
import {
  hashDigits,
  isProof,
  packProof,
  parseProof,
  parseReceipt,
  verifyProof,
} from "./receipt-code.ts";
import { hashesOf } from "./subtree-hashes.ts";

/** A leaf of the log. */
export interface LoggedLeaf extends Leaf, LeafId {
  /** Its place in the tree; null until a checkpoint has given it one. */
  readonly position: number | null;
}

/** What is known of a receipt. */
export interface FoundReceipt {
  readonly leaf: LoggedLeaf;
  /** The last checkpoint, when it covers the leaf; null while the leaf waits for the next. */
  readonly checkpoint: Checkpoint | null;
  /** The long code, which is verified without us; null while there is no checkpoint. */
  readonly proof: string | null;
}

/** The last checkpoint with its signed text; null before the first. */
export async function lastCheckpoint(
  sql: Sql,
): Promise<{ readonly number: number; readonly size: number; readonly note: string } | null> {
  const [row] = await sql.query<{ number: number; size: number; note: string }>(
    "select number, size, note from audit_checkpoint order by number desc limit 1",
  );
  return row ?? null;
}

/** Leaves that wait for their place, at most a thousand and one are counted. */
export async function countWaiting(sql: Sql): Promise<number> {
  const rows = await sql.query(
    "select seq from audit_leaf where position is null order by seq limit 1001",
  );
  return rows.length;
}

/** The newest leaves, newest first. */
export async function newestLeaves(sql: Sql, count: number): Promise<readonly LoggedLeaf[]> {
  const rows = await sql.query<LeafRow>(
    `select seq, position, at, kind, facts, hash from audit_leaf order by seq desc limit $1`,
    [count],
  );
  return rows.map(leafOf);
}

interface LeafRow {
  readonly seq: number;
  readonly position: number | null;
  readonly at: number;
  readonly kind: string;
  readonly facts: Facts;
  readonly hash: Uint8Array;
  readonly [column: string]: unknown;
}

function leafOf({ seq, position, at, kind, facts, hash }: LeafRow): LoggedLeaf {
  return Object.freeze({ seq, position, at, kind, facts, hash: hex(hash) });
}

/** Proves that a leaf is in the log of a size. Throws ERR_LOG_DAMAGED. */
export async function provePlace(
  sql: Sql,
  position: number,
  size: number,
): Promise<readonly Uint8Array[]> {
  return hashesOf(sql, inclusionRanges(position, size));
}

/** Proves that the log of a size is the beginning of the larger one. Throws ERR_LOG_DAMAGED. */
export async function proveGrowth(
  sql: Sql,
  smaller: number,
  size: number,
): Promise<readonly Uint8Array[]> {
  return smaller === 0 || smaller === size ? [] : hashesOf(sql, consistencyRanges(smaller, size));
}

/**
 * What a receipt's code, short or long, leads to; null when there is no such leaf. An unknown
 * number and a known one with another hash get the same answer. Throws ERR_LOG_DAMAGED when the
 * leaf is not the one that was written, or the log not the one that was signed.
 */
export async function findReceipt(
  sql: Sql,
  code: string,
  key: VerifierKey,
): Promise<FoundReceipt | null> {
  const leaf = isProof(code) ? await leafOfProof(sql, code) : await leafOfShort(sql, code);
  if (leaf === null) return null;
  if (leafHash(leaf) !== leaf.hash) {
    throw logDamaged("leaf", "a leaf is not the one that was written", leaf.seq);
  }
  const last = await lastCheckpoint(sql);
  const checkpoint = last === null ? null : openCheckpoint(last.note, [key]);
  if (last !== null && checkpoint === null) {
    throw logDamaged("checkpoint", "the last checkpoint of the log is not one of ours");
  }
  const { position } = leaf;
  if (last === null || checkpoint === null || position === null || position >= checkpoint.size) {
    return { leaf, checkpoint: null, proof: null };
  }
  const path = await provePlace(sql, position, checkpoint.size);
  const proof = { position, hash: new Uint8Array(Buffer.from(leaf.hash, "hex")), path };
  if (verifyProof({ ...proof, note: last.note }, [key]) === null) {
    throw logDamaged("nodes", "the stored hashes of the log do not lead to its signed root");
  }
  return { leaf, checkpoint, proof: packProof({ ...proof, note: last.note }) };
}

async function leafOfShort(sql: Sql, code: string): Promise<LoggedLeaf | null> {
  const asked = parseReceipt(code);
  if (asked === null) return null;
  const [row] = await sql.query<LeafRow>(
    "select seq, position, at, kind, facts, hash from audit_leaf where seq = $1",
    [asked.seq],
  );
  const leaf = row === undefined ? null : leafOf(row);
  return leaf !== null && hashDigits(leaf.hash) === asked.digits ? leaf : null;
}

async function leafOfProof(sql: Sql, code: string): Promise<LoggedLeaf | null> {
  const proof = parseProof(code);
  if (proof === null || !Number.isSafeInteger(proof.position)) return null;
  const [row] = await sql.query<LeafRow>(
    "select seq, position, at, kind, facts, hash from audit_leaf where position = $1",
    [proof.position],
  );
  const leaf = row === undefined ? null : leafOf(row);
  return leaf !== null && leaf.hash === hex(proof.hash) ? leaf : null;
}

/** Most leaves read at once for an export. */
const PAGE_LEAVES = 1_000;
const PAGE_CHECKPOINTS = 100;

/** Leaves with their places, in order, up to a size. */
export async function* placedLeaves(sql: Sql, size: number): AsyncGenerator<LoggedLeaf> {
  for (let next = 0; next < size;) {
    const rows = await sql.query<LeafRow>(
      `select seq, position, at, kind, facts, hash
         from audit_leaf
        where position >= $1 and position < $2
        order by position
        limit ${PAGE_LEAVES}`,
      [next, size],
    );
    if (rows.length === 0) return;
    for (const row of rows) yield leafOf(row);
    next = present(rows.at(-1)?.position, "a placed leaf has its place") + 1;
  }
}

/** Signed checkpoints in order, up to a number. */
export async function* signedCheckpoints(
  sql: Sql,
  last: number,
): AsyncGenerator<{ readonly number: number; readonly size: number; readonly note: string }> {
  for (let next = 0; next <= last;) {
    const rows = await sql.query<{ number: number; size: number; note: string }>(
      `select number, size, note
         from audit_checkpoint
        where number >= $1 and number <= $2
        order by number
        limit ${PAGE_CHECKPOINTS}`,
      [next, last],
    );
    if (rows.length === 0) return;
    yield* rows;
    next = present(rows.at(-1), "not empty").number + 1;
  }
}
