/**
 * The audit log's leaves: what happened, by code, with handles, counts and reasons. Nothing a
 * person told us and no name that came from outside is ever in one.
 */
import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import { present } from "../../base/assert.ts";
import { bytes, moment } from "../../store/column-value.ts";
import type { Sql } from "../../store/database.ts";

/** Everything that leaves a leaf. */
export const LEAF_KINDS = [
  "policy_in_force",
  "collected",
  "collection_refused",
  "use_refused",
  "consent_given",
  "consent_withdrawn",
  "event_recorded",
  "destroyed",
  "clock_went_back",
  "processor_active",
  "processor_ended",
  "processor_exported",
  "processor_export_refused",
  "processor_ordered",
  "processor_order_late",
  "processor_answered",
  "processor_answer_refused",
  "processor_forgotten",
] as const;
export type LeafKind = (typeof LEAF_KINDS)[number];

export type Facts = Readonly<
  Record<
    string,
    string | number | boolean | null | readonly string[] | Readonly<Record<string, number>>
  >
>;

const LEAF_PREFIX = Uint8Array.of(0); // RFC 9162 §2.1.1: a leaf is hashed behind 0x00, a node 0x01

/** RFC 9162 leaf hash of the canonical JSON (RFC 8785) of a leaf, as lower-case hex. */
export function leafHash(leaf: { at: number; kind: LeafKind; facts: Facts }): string {
  const text = present(canonicalize(leaf), "a leaf is JSON");
  return createHash("sha256").update(LEAF_PREFIX).update(text, "utf8").digest("hex");
}

/**
 * Appends a leaf, in the transaction of what it tells of.
 * @param at milliseconds since the epoch
 */
export async function appendLeaf(
  sql: Sql,
  at: number,
  kind: LeafKind,
  facts: Facts,
): Promise<void> {
  await sql.query("insert into audit_leaf (at, kind, facts, hash) values ($1, $2, $3, $4)", [
    moment(at),
    kind,
    JSON.stringify(facts),
    bytes(leafHash({ at, kind, facts })),
  ]);
}
