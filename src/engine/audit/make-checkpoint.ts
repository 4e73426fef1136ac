/**
 * Gives committed leaves their places and signs the log as it then is. One signer at a time, in
 * batches; whoever writes leaves waits for none of it.
 *
 * Nothing is signed over what does not fit: the last checkpoint must bear our signature, the
 * stored hashes must lead to its root, and each new leaf must still be the one that was written.
 */
import { JikimError } from "../../base/errors.ts";
import type { Clock } from "../../base/clock.ts";
import { hex } from "../../store/column-value.ts";
import type { Database, Sql } from "../../store/database.ts";
import { appendLeaf, leafHash } from "./append-leaf.ts";
import { type Checkpoint, checkpointText, openCheckpoint } from "./checkpoint.ts";
import { logDamaged } from "./log-damaged.ts";
import type { Facts } from "./leaf-kinds.ts";
import { EMPTY_LOG, grow, HASH_BYTES, hashLeaf, isSame, joinHashes } from "./merkle.ts";
import type { Frontier, Subtree } from "./merkle.ts";
import { signersOf, signNote, type SigningKey, type VerifierKey } from "./note.ts";
import { insertNodes, isStored } from "./subtree-hashes.ts";

/** Most leaves that get their places in one transaction: each batch ends in a checkpoint. */
export const BATCH_LEAVES = 5_000;

const LOCK = 7_114_206_584; // any number; the same in every process that signs

/** A checkpoint with its signed text. */
export interface SignedCheckpoint extends Checkpoint {
  /** 0, 1, 2, … */
  readonly number: number;
  readonly note: string;
}

export interface LogNeeds {
  readonly db: Database;
  readonly key: SigningKey;
  readonly clock: Clock;
}

/**
 * Signs everything committed so far; also when nothing is new: a fresh time on an old root says
 * that the log still stands.
 *
 * Throws ERR_LOG_DAMAGED (`facts.reason`) and ERR_LOG_KEY_OTHER when the last checkpoint is not
 * signed with this key.
 */
export async function makeCheckpoint(log: LogNeeds): Promise<SignedCheckpoint> {
  for (;;) {
    const { checkpoint, more } = await log.db.transaction(async (tx) => signBatch(log, tx));
    if (!more) return checkpoint;
  }
}

/**
 * Goes on with a new key after the old one was lost or given up. The last checkpoint must bear the
 * old key's signature; a leaf tells of the change. Throws ERR_LOG_DAMAGED.
 */
export async function changeKey(log: LogNeeds, old: VerifierKey): Promise<SignedCheckpoint> {
  const { verifier } = log.key;
  await log.db.transaction(async (tx) => {
    await lockLog(tx);
    const last = await lastRow(tx);
    if (last === null || openCheckpoint(last.note, [verifier]) !== null) return;
    const frontier = trustedState(last, old);
    const [from, to] = [old, verifier].map(({ text }) => hex(hashLeaf(Buffer.from(text, "utf8"))));
    await appendLeaf(tx, log.clock.now(), "log_key_changed", { from: from ?? "", to: to ?? "" });
    await insertCheckpoint(log, tx, { number: last.number + 1, frontier });
  });
  return makeCheckpoint(log);
}

async function signBatch(
  log: LogNeeds,
  tx: Sql,
): Promise<{ checkpoint: SignedCheckpoint; more: boolean }> {
  await lockLog(tx);
  const last = await lastRow(tx);
  const before = last === null ? EMPTY_LOG : trustedState(last, log.key.verifier);
  await refuseStrangePlaces(tx, before.size);
  const leaves = await placeLeaves(tx, before.size);
  const nodes: (readonly [Subtree, Uint8Array])[] = [];
  const frontier = grow(before, leaves, (subtree, hash) => {
    if (isStored(subtree)) nodes.push([subtree, hash]);
  });
  await insertNodes(tx, nodes);
  const number = last === null ? 0 : last.number + 1;
  const checkpoint = await insertCheckpoint(log, tx, { number, frontier });
  return { checkpoint, more: leaves.length === BATCH_LEAVES };
}

async function lockLog(tx: Sql): Promise<void> {
  await tx.query("select pg_advisory_xact_lock($1)", [LOCK]);
}

interface CheckpointRow {
  readonly number: number;
  readonly size: number;
  readonly frontier: Uint8Array;
  readonly note: string;
}

async function lastRow(tx: Sql): Promise<CheckpointRow | null> {
  const [row] = await tx.query<{
    number: number;
    size: number;
    frontier: Uint8Array;
    note: string;
  }>("select number, size, frontier, note from audit_checkpoint order by number desc limit 1");
  return row ?? null;
}

function stateOf({ size, frontier }: CheckpointRow): Frontier {
  const hashes = Array.from({ length: frontier.length / HASH_BYTES }, (_, index) =>
    frontier.slice(index * HASH_BYTES, (index + 1) * HASH_BYTES),
  );
  return { size, hashes };
}

/** The stored state, which is believed only because it leads to a root we signed. */
function trustedState(row: CheckpointRow, key: VerifierKey): Frontier {
  const signed = openCheckpoint(row.note, [key]);
  if (signed === null) {
    const others = signersOf(row.note);
    if (others.length > 0 && others.every(({ id }) => id !== key.id)) {
      throw new JikimError("ERR_LOG_KEY_OTHER", "the log was signed with another key", {
        signed: others.map(({ id }) => id),
        key: key.id,
      });
    }
    throw logDamaged("checkpoint", "the last checkpoint of the log is not one of ours");
  }
  const state = stateOf(row);
  if (signed.size !== state.size || !isSame(signed.root, joinHashes(state.hashes))) {
    throw logDamaged("nodes", "the stored state of the log does not lead to its signed root");
  }
  return state;
}

async function refuseStrangePlaces(tx: Sql, size: number): Promise<void> {
  const [row] = await tx.query<{ next: number }>(
    `select coalesce(max(position) + 1, 0) as next from audit_leaf where position is not null`,
  );
  if (row?.next !== size) {
    throw logDamaged("positions", "the log has more or fewer leaves than were signed");
  }
}

/** Gives the next committed leaves their places, in the order of their numbers. */
async function placeLeaves(tx: Sql, size: number): Promise<readonly Uint8Array[]> {
  const rows = await tx.query<{
    seq: number;
    position: number;
    at: number;
    kind: string;
    facts: Facts;
    hash: Uint8Array;
  }>(
    `with waiting as (
       select seq from audit_leaf where position is null order by seq limit ${BATCH_LEAVES}
     ), placed as (
       select seq, $1::bigint + row_number() over (order by seq) - 1 as position from waiting
     )
     update audit_leaf
        set position = placed.position
       from placed
      where audit_leaf.seq = placed.seq
     returning audit_leaf.seq, audit_leaf.position, at, kind, facts, hash`,
    [size],
  );
  return rows
    .toSorted((a, b) => a.position - b.position)
    .map(({ seq, hash, ...leaf }) => {
      if (leafHash(leaf) !== hex(hash)) {
        throw logDamaged("leaf", "a leaf is not the one that was written", seq);
      }
      return hash;
    });
}

async function insertCheckpoint(
  { key, clock }: LogNeeds,
  tx: Sql,
  { number, frontier }: { readonly number: number; readonly frontier: Frontier },
): Promise<SignedCheckpoint> {
  const { size, hashes } = frontier;
  const { name: origin } = key.verifier;
  const checkpoint = { origin, size, root: joinHashes(hashes), at: clock.now() };
  const note = signNote(checkpointText(checkpoint), key);
  await tx.query(
    "insert into audit_checkpoint (number, size, frontier, note) values ($1, $2, $3, $4)",
    [number, size, new Uint8Array(Buffer.concat(hashes)), note],
  );
  return Object.freeze({ ...checkpoint, number, note });
}
