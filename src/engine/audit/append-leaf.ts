/**
 * The audit log's leaves: what happened, by code, with handles, counts and reasons. Nothing a
 * person told us and no name that came from outside is ever in one, and no key points from a leaf
 * to a person: it stays when they are gone.
 */
import canonicalize from "canonicalize";
import { assert, present } from "../../base/assert.ts";
import { bytes, hex, moment } from "../../store/column-value.ts";
import type { Sql } from "../../store/database.ts";
import { checkFacts } from "./check-facts.ts";
import type { Facts, LeafKind } from "./leaf-kinds.ts";
import { hashLeaf } from "./merkle.ts";

/** Which leaf it is, before it has its place in the tree; `receiptOf` makes a code of it. */
export interface LeafId {
  /** Its number in the store; not its place in the tree. */
  readonly seq: number;
  /** Its leaf hash, hex. */
  readonly hash: string;
}

/** A leaf as it is hashed. */
export interface Leaf {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly kind: string;
  readonly facts: Facts;
}

/** RFC 9162 leaf hash of the canonical JSON (RFC 8785) of a leaf, as lower-case hex. */
export function leafHash({ at, kind, facts }: Leaf): string {
  const text = present(canonicalize({ at, kind, facts }), "a leaf is JSON");
  return hex(hashLeaf(Buffer.from(text, "utf8")));
}

/**
 * Appends a leaf, in the transaction of what it tells of. Facts that are not those of the kind, and
 * names that no published policy and no rule of ours has, stop the work: nothing is written.
 * @param at milliseconds since the epoch
 */
export async function appendLeaf(
  sql: Sql,
  at: number,
  kind: LeafKind,
  facts: Facts,
): Promise<LeafId> {
  const names = checkFacts(kind, facts);
  const hash = leafHash({ at, kind, facts });
  const [added] = await sql.query<{ seq: number }>(
    // One look at a small table, in the same statement: 0.07 ms on PostgreSQL.
    `insert into audit_leaf (at, kind, facts, hash)
     select $1::timestamptz, $2, $3::jsonb, $4::bytea
      where (select count(*) from audit_name where name = any ($5::text[]))
            = cardinality($5::text[])
     returning seq`,
    [moment(at), kind, JSON.stringify(facts), bytes(hash), [...new Set(names)]],
  );
  assert(added !== undefined, `a ${kind} leaf names only what is published`);
  return { seq: added.seq, hash };
}
