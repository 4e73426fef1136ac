/**
 * Hashes of complete subtrees, from what is stored: leaf hashes, and one node for 256, 65,536, …
 * leaves. A node in between is at most 127 hashes away, so a proof about a million leaves reads a
 * few hundred rows by their keys, and the tree costs a hundredth of what all its nodes would.
 */
import { present } from "../../base/assert.ts";
import type { Sql } from "../../store/database.ts";
import { logDamaged } from "./log-damaged.ts";
import { hashNode, joinHashes, type Range, type Subtree, subtreesOf } from "./merkle.ts";

/** Levels between stored nodes. */
export const LEVEL_STEP = 8;

/** Is the hash of this subtree stored as a node? */
export function isStored({ level }: Subtree): boolean {
  return level > 0 && level % LEVEL_STEP === 0;
}

export async function insertNodes(
  sql: Sql,
  nodes: readonly (readonly [Subtree, Uint8Array])[],
): Promise<void> {
  if (nodes.length === 0) return;
  await sql.query(
    `insert into audit_node (level, number, hash)
     select level, number, decode(hash, 'hex')
       from unnest($1::smallint[], $2::bigint[], $3::text[]) as fresh (level, number, hash)`,
    [
      nodes.map(([{ level }]) => String(level)),
      nodes.map(([{ number }]) => String(number)),
      nodes.map(([, hash]) => Buffer.from(hash).toString("hex")),
    ],
  );
}

/**
 * The hash over each range of leaves that have their place. Throws ERR_LOG_DAMAGED when a row that
 * must be there is not.
 */
export async function hashesOf(sql: Sql, ranges: readonly Range[]): Promise<readonly Uint8Array[]> {
  const parts = ranges.map(subtreesOf);
  const below = parts.flat().map(storedBelow);
  const leaves = await selectLeaves(
    sql,
    below.filter(({ level }) => level === 0),
  );
  const nodes = await selectNodes(
    sql,
    below.filter(({ level }) => level > 0),
  );
  const stored = (level: number, number: number): Uint8Array => {
    const hash = level === 0 ? leaves.get(number) : nodes.get(`${level}/${number}`);
    if (hash === undefined) throw logDamaged("nodes", "hashes of the log are missing");
    return hash;
  };
  return parts.map((subtrees) =>
    joinHashes(
      subtrees.map((subtree) => {
        const { level, first, past } = storedBelow(subtree);
        const row = Array.from({ length: past - first }, (_, index) =>
          stored(level, first + index),
        );
        return fold(row);
      }),
    ),
  );
}

interface Run extends Range {
  readonly level: number;
}

/** The stored hashes a subtree is made of: numbers `first` up to `past` at a level. */
function storedBelow({ level, number }: Subtree): Run {
  const below = level - (level % LEVEL_STEP);
  const width = 2 ** (level - below);
  return { level: below, first: number * width, past: (number + 1) * width };
}

/** The root over a power of two of neighbours. */
function fold(row: readonly Uint8Array[]): Uint8Array {
  let hashes = row;
  while (hashes.length > 1) {
    const pairs: Uint8Array[] = [];
    for (let at = 0; at < hashes.length; at += 2) {
      const right = present(hashes[at + 1], "a complete subtree has no odd neighbour");
      pairs.push(hashNode(present(hashes[at], "within the row"), right));
    }
    hashes = pairs;
  }
  return present(hashes[0], "a subtree has leaves");
}

async function selectLeaves(
  sql: Sql,
  runs: readonly Run[],
): Promise<ReadonlyMap<number, Uint8Array>> {
  if (runs.length === 0) return new Map();
  const rows = await sql.query<{ position: number; hash: Uint8Array }>(
    `select position, hash
       from unnest($1::bigint[], $2::bigint[]) as run (first, past)
       join audit_leaf on position is not null and position >= run.first and position < run.past`,
    [runs.map(({ first }) => String(first)), runs.map(({ past }) => String(past))],
  );
  return new Map(rows.map(({ position, hash }) => [position, hash]));
}

async function selectNodes(
  sql: Sql,
  runs: readonly Run[],
): Promise<ReadonlyMap<string, Uint8Array>> {
  if (runs.length === 0) return new Map();
  const rows = await sql.query<{ level: number; number: number; hash: Uint8Array }>(
    `select audit_node.level, number, hash
       from unnest($1::smallint[], $2::bigint[], $3::bigint[]) as run (level, first, past)
       join audit_node on audit_node.level = run.level
                      and number >= run.first and number < run.past`,
    [
      runs.map(({ level }) => String(level)),
      runs.map(({ first }) => String(first)),
      runs.map(({ past }) => String(past)),
    ],
  );
  return new Map(rows.map(({ level, number, hash }) => [`${level}/${number}`, hash]));
}
