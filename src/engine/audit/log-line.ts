/**
 * One line of an exported log. A line has one spelling: what `JSON.stringify` makes of it, with
 * just these members, so that nothing unhashed can be read into it.
 */
import { parseVerifierKey } from "./note.ts";
import type { Leaf } from "./append-leaf.ts";
import type { Facts } from "./leaf-kinds.ts";
import { MOST_LEAVES } from "./merkle.ts";

/** Format of the file, in its first line. */
export const LOG_FORMAT = "jikim-log-1";
/** Longest line that is looked at, in characters. */
export const LONGEST_LINE = 65_536;

export interface LeafLine extends Leaf {
  readonly is: "leaf";
  /** Its place, from 0. */
  readonly leaf: number;
  /** Leaf hash, hex. */
  readonly hash: string;
}

export type LogLine =
  | { readonly is: "head"; readonly leaves: number; readonly checkpoints: number }
  | LeafLine
  | { readonly is: "checkpoint"; readonly checkpoint: number; readonly note: string };

/** The line in a text; null when it is none. */
export function parseLine(text: string): LogLine | null {
  if (text.length > LONGEST_LINE) return null;
  const value = parseObject(text);
  if (value === null || JSON.stringify(value) !== text) return null;
  switch (Object.keys(value).join()) {
    case "format,key,leaves,checkpoints": {
      const { format, key, leaves, checkpoints } = value;
      if (format !== LOG_FORMAT || typeof key !== "string" || parseVerifierKey(key) === null) {
        return null;
      }
      return isPlace(leaves) && isPlace(checkpoints) ? { is: "head", leaves, checkpoints } : null;
    }
    case "leaf,at,kind,facts,hash": {
      const { leaf, at, kind, facts, hash } = value;
      if (!isPlace(leaf) || !Number.isSafeInteger(at) || typeof kind !== "string") return null;
      if (!isFacts(facts) || typeof hash !== "string" || !/^[0-9a-f]{64}$/.test(hash)) return null;
      return { is: "leaf", leaf, at: Number(at), kind, facts, hash };
    }
    case "checkpoint,note": {
      const { checkpoint, note } = value;
      if (!isPlace(checkpoint) || typeof note !== "string") return null;
      return { is: "checkpoint", checkpoint, note };
    }
    default:
      return null;
  }
}

function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : null;
  } catch {
    return null;
  }
}

function isPlace(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) < MOST_LEAVES;
}

/** Facts of any version: their kinds may be newer than we are, their form is not. */
function isFacts(value: unknown): value is Facts {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
