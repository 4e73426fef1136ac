/**
 * Ground truth, for the examiner alone: everything that was ever sealed, what it belongs to and
 * whether it must be dead in the end. It stands for an adversary who has kept every copy of every
 * disk, log and backup: a superset of what any of them holds.
 */
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { SealContext } from "../../../src/keys/keeper.ts";

/** What is sealed: files, records where they were collected, their copies in the archive, what a
 * hold keeps, and what stands beside records (addresses, documents, references). */
export const KINDS = ["file", "record", "archived", "held", "beside"] as const;
export type Kind = (typeof KINDS)[number];

/** Something sealed, as it was at some time. */
export interface SealedThing {
  readonly kind: Kind;
  readonly context: SealContext;
  /** The sealed value, or a file's header and first chunk; base64. */
  readonly sealed: string;
  /** Must it be beyond everyone's reach in the end? `left`: it was sealed again since, and its copy
   * of before is of no use to anyone. */
  readonly fate: "dead" | "lives" | "left";
  /** It lived on the disks when they were copied. */
  readonly copied: boolean;
  /** It is in a row of a database in the end. */
  readonly stored: boolean;
}

export interface IndexedValue {
  readonly normalised: string;
  readonly dead: boolean;
}

export interface Truth {
  readonly things: readonly SealedThing[];
  readonly indexed: readonly IndexedValue[];
}

export function writeTruth(folder: string, truth: Truth): void {
  writeFileSync(join(folder, "truth.json"), JSON.stringify(truth));
}

export function readTruth(folder: string): Truth {
  return JSON.parse(readFileSync(join(folder, "truth.json"), "utf8")) as Truth;
}

const ID_BYTES = 8;
const BLOB_BYTES = 8236;

/** Writes a sealed node down, whatever becomes of it later. */
export function recordNode(folder: string, id: number, blob: Uint8Array): void {
  const head = Buffer.alloc(ID_BYTES);
  head.writeBigUInt64BE(BigInt(id));
  appendFileSync(join(folder, "nodes"), Buffer.concat([head, blob]));
}

/** Every node ever sealed, of every version, by node number. */
export function readNodes(folder: string): ReadonlyMap<number, readonly Buffer[]> {
  const bytes = readFileSync(join(folder, "nodes"));
  const nodes = new Map<number, Buffer[]>();
  for (let at = 0; at < bytes.length; at += ID_BYTES + BLOB_BYTES) {
    const id = Number(bytes.readBigUInt64BE(at));
    const blob = bytes.subarray(at + ID_BYTES, at + ID_BYTES + BLOB_BYTES);
    nodes.set(id, [...(nodes.get(id) ?? []), blob]);
  }
  return nodes;
}

/** Writes down every look-up tag a database holds; tags are asked for before and after. */
export function recordTags(folder: string, tags: readonly Uint8Array[]): void {
  appendFileSync(join(folder, "tags"), Buffer.concat(tags));
}

/** Every look-up tag ever stored, as hex. */
export function readTags(folder: string): ReadonlySet<string> {
  const bytes = readFileSync(join(folder, "tags"));
  const tags = new Set<string>();
  for (let at = 0; at < bytes.length; at += 16) tags.add(bytes.toString("hex", at, at + 16));
  return tags;
}
