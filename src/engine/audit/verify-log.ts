/**
 * Verifies an exported log with the verifier key alone: every leaf against its hash, every hash
 * against the signed roots, and nothing left out or put in. It stops at the first thing that does
 * not fit and names it as exactly as the evidence allows: a leaf whose content is not that of its
 * hash, or a place that is empty or taken twice, by its number; where content and hash were changed
 * together, by the two signed states between which it happened.
 */
import { leafHash } from "./append-leaf.ts";
import { type Checkpoint, openCheckpoint } from "./checkpoint.ts";
import { type LeafLine, parseLine } from "./log-line.ts";
import { EMPTY_LOG, type Frontier, grow, isSame, joinHashes, type TreeHead } from "./merkle.ts";
import type { VerifierKey } from "./note.ts";
import { digitsOfReceipt, hashDigits } from "./receipt-code.ts";

/** What is wrong with a log. */
export type LogFault =
  /** Line `line` is not one that an export has. */
  | { readonly what: "malformed"; readonly line: number }
  /** Content and hash of this leaf do not belong together. */
  | { readonly what: "altered"; readonly leaf: number }
  /** No leaf has this place. */
  | { readonly what: "missing"; readonly leaf: number }
  /** A second leaf has this place, or one that no checkpoint covers. */
  | { readonly what: "added"; readonly leaf: number }
  /** One of the leaves from `first` up to `past` was altered, left out or put in: the log up to
   * `first` is as it was signed, the log up to `past` is not. */
  | { readonly what: "differs"; readonly first: number; readonly past: number }
  /** Checkpoint `checkpoint` is missing, out of order, or not signed with the key. */
  | { readonly what: "checkpoint"; readonly checkpoint: number }
  /** The log is not the continuation of a checkpoint that was kept elsewhere, of `size` leaves. */
  | { readonly what: "history"; readonly size: number };

export interface LogVerdict {
  /** Leaves and checkpoints that were read. */
  readonly leaves: number;
  readonly checkpoints: number;
  /** The last signed state that fits; null when there is none. */
  readonly last: Checkpoint | null;
  /** The first thing that does not fit; null when all does. */
  readonly fault: LogFault | null;
  /** The leaf of the receipt asked about, when it is among those that are proved. */
  readonly receipt: LeafLine | null;
}

export interface VerifyOptions {
  readonly keys: readonly VerifierKey[];
  /** Signed states kept elsewhere: the log must continue them. */
  readonly kept?: readonly TreeHead[];
  /** A receipt's code, short or long: the leaf it names is looked for. */
  readonly receipt?: string;
}

interface Progress {
  frontier: Frontier;
  checkpoints: number;
  last: Checkpoint | null;
  /** The leaf asked about; proved by the next checkpoint. */
  asked: LeafLine | null;
  proved: LeafLine | null;
  declared: { readonly leaves: number; readonly checkpoints: number } | null;
}

/** Verifies the lines of an export. */
export async function verifyLog(
  lines: AsyncIterable<string>,
  options: VerifyOptions,
): Promise<LogVerdict> {
  const state: Progress = {
    frontier: EMPTY_LOG,
    checkpoints: 0,
    last: null,
    asked: null,
    proved: null,
    declared: null,
  };
  const digits = digitsOfReceipt(options.receipt ?? "");
  let fault = faultOfHistory(state, options);
  let number = 0;
  for await (const text of lines) {
    if (fault !== null) break;
    number += 1;
    fault = faultOfLine(state, { text, number, digits }, options);
  }
  const { frontier, checkpoints, last } = state;
  return {
    leaves: frontier.size,
    checkpoints,
    last,
    fault: fault ?? faultOfEnd(state, options),
    receipt: state.proved,
  };
}

function faultOfLine(
  state: Progress,
  at: { readonly text: string; readonly number: number; readonly digits: string | null },
  options: VerifyOptions,
): LogFault | null {
  const line = parseLine(at.text);
  const isHead = line?.is === "head";
  if (line === null || isHead !== (at.number === 1)) return { what: "malformed", line: at.number };
  switch (line.is) {
    case "head":
      state.declared = line;
      return null;
    case "leaf": {
      const fault = faultOfLeaf(state, line);
      if (fault !== null) return fault;
      state.frontier = grow(state.frontier, [Buffer.from(line.hash, "hex")]);
      if (at.digits !== null && hashDigits(line.hash) === at.digits) state.asked ??= line;
      return faultOfHistory(state, options);
    }
    case "checkpoint":
      return faultOfCheckpoint(state, line, options.keys);
    default:
      throw new Error("unknown line", { cause: line satisfies never });
  }
}

function faultOfLeaf({ frontier: { size } }: Progress, line: LeafLine): LogFault | null {
  if (line.leaf > size) return { what: "missing", leaf: size };
  if (line.leaf < size) return { what: "added", leaf: line.leaf };
  return leafHash(line) === line.hash ? null : { what: "altered", leaf: line.leaf };
}

function faultOfCheckpoint(
  state: Progress,
  line: { readonly checkpoint: number; readonly note: string },
  keys: readonly VerifierKey[],
): LogFault | null {
  const expected = state.checkpoints;
  if (line.checkpoint !== expected) return { what: "checkpoint", checkpoint: expected };
  const checkpoint = openCheckpoint(line.note, keys);
  if (checkpoint === null) return { what: "checkpoint", checkpoint: expected };
  const first = state.last?.size ?? 0;
  if (checkpoint.size < first) return { what: "checkpoint", checkpoint: expected };
  const { size, hashes } = state.frontier;
  if (checkpoint.size !== size || !isSame(checkpoint.root, joinHashes(hashes))) {
    return { what: "differs", first, past: Math.max(size, checkpoint.size) };
  }
  state.checkpoints += 1;
  state.last = checkpoint;
  state.proved ??= state.asked;
  return null;
}

/** The tree as it is now is compared with every state of this size that was kept. */
function faultOfHistory({ frontier }: Progress, { kept = [] }: VerifyOptions): LogFault | null {
  const { size, hashes } = frontier;
  const other = kept.find((head) => head.size === size && !isSame(head.root, joinHashes(hashes)));
  return other === undefined ? null : { what: "history", size };
}

function faultOfEnd(state: Progress, { kept = [] }: VerifyOptions): LogFault | null {
  const { declared, last, checkpoints } = state;
  const { size } = state.frontier;
  if (declared === null) return { what: "malformed", line: 1 };
  const lost = kept.find((head) => head.size > size);
  if (lost !== undefined) return { what: "history", size: lost.size };
  if (size < declared.leaves) return { what: "missing", leaf: size };
  if (last === null || checkpoints < declared.checkpoints) {
    return { what: "checkpoint", checkpoint: checkpoints };
  }
  return size > last.size ? { what: "added", leaf: last.size } : null;
}
