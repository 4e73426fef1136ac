/**
 * A checkpoint: how large the log was, its root, and when (C2SP tlog-checkpoint). The moment stands
 * in an extension line, because a time that is not signed proves nothing.
 */
import { decodeBase64, type OpenedNote, openNote, type VerifierKey } from "./note.ts";
import { HASH_BYTES, MOST_LEAVES, type TreeHead } from "./merkle.ts";

export interface Checkpoint extends TreeHead {
  /** The name of the log; also of its key. */
  readonly origin: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

const TIME = "jikim-time ";

/** The text that is signed. */
export function checkpointText({ origin, size, root, at }: Checkpoint): string {
  const encoded = Buffer.from(root).toString("base64");
  return `${origin}\n${size}\n${encoded}\n${TIME}${new Date(at).toISOString()}\n`;
}

/** The checkpoint in a note that one of these keys signed; null otherwise. */
export function openCheckpoint(note: string, keys: readonly VerifierKey[]): Checkpoint | null {
  const opened = openNote(note, keys);
  return opened === null ? null : checkpointOf(opened);
}

function checkpointOf({ text, key }: OpenedNote): Checkpoint | null {
  const [origin, count = "", encoded = "", ...more] = text.slice(0, -1).split("\n");
  const root = decodeBase64(encoded);
  const size = Number(count);
  const time = more.find((line) => line.startsWith(TIME))?.slice(TIME.length) ?? "";
  const at = Date.parse(time);
  if (origin !== key.name || !/^(?:0|[1-9]\d*)$/.test(count) || size > MOST_LEAVES) return null;
  if (root === null || root.length !== HASH_BYTES || !Number.isSafeInteger(at)) return null;
  if (new Date(at).toISOString() !== time) return null;
  return Object.freeze({ origin, size, root: new Uint8Array(root), at });
}
