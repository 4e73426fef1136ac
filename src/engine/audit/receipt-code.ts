/**
 * Codes of receipts. The short one names a leaf and can be read out; the page `/receipt` resolves
 * it. The long one carries the proof and is verified with nothing but the log's verifier key.
 *
 * Neither holds what the leaf says. The short one has 75 bits of the leaf hash: who does not hold
 * a receipt cannot find a person's leaf by trying numbers, because that leaf holds a random handle.
 */
import type { LeafId } from "./append-leaf.ts";
import { type Checkpoint, openCheckpoint } from "./checkpoint.ts";
import { HASH_BYTES, isSame, MOST_LEAVES, rootOfPath } from "./merkle.ts";
import { LONGEST_NOTE, type VerifierKey } from "./note.ts";

// Crockford's alphabet: no I, L, O, U, which are misread.
const DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const HASH_DIGITS = 15;
const SEQ_DIGITS = 11;
const GROUP = 5;
/** Longest code that is looked at, in characters. */
export const LONGEST_CODE = 8_192;

/**
 * The short code of a leaf.
 * @example receiptOf({ seq: 4211, hash: "9f…" }) // "43K-KW9D2-7ZQ0M-1ABCD"
 */
export function receiptOf({ seq, hash }: LeafId): string {
  const digits = hashDigits(hash);
  const groups = [0, 1, 2].map((group) => digits.slice(group * GROUP, (group + 1) * GROUP));
  return [encode(BigInt(seq)), ...groups].join("-");
}

/** Number of the leaf and the digits of its hash; null when it is no short code. Spaces, case and
 * letters that are misread (O, I, L) do not matter. */
export function parseReceipt(
  code: string,
): { readonly seq: number; readonly digits: string } | null {
  if (code.length > LONGEST_CODE) return null;
  const plain = code
    .toUpperCase()
    .replaceAll(/[\s-]/g, "")
    .replaceAll("O", "0")
    .replaceAll(/[IL]/g, "1");
  const seqDigits = plain.slice(0, -HASH_DIGITS);
  if (!/^[0-9A-HJKMNP-TV-Z]+$/.test(plain) || seqDigits === "") return null;
  if (seqDigits.length > SEQ_DIGITS || plain.length <= HASH_DIGITS) return null;
  const seq = Array.from(seqDigits).reduce((sum, digit) => sum * 32 + DIGITS.indexOf(digit), 0);
  return Number.isSafeInteger(seq) ? { seq, digits: plain.slice(-HASH_DIGITS) } : null;
}

/** The digits of the leaf hash in a code, short or long; null when it is none. */
export function digitsOfReceipt(code: string): string | null {
  if (!isProof(code)) return parseReceipt(code)?.digits ?? null;
  const proof = parseProof(code);
  return proof === null ? null : hashDigits(Buffer.from(proof.hash).toString("hex"));
}

/** The first 75 bits of a leaf hash as digits of a code. */
export function hashDigits(hash: string): string {
  return encode(BigInt(`0x${hash.slice(0, 20)}`) >> 5n).padStart(HASH_DIGITS, "0");
}

function encode(value: bigint): string {
  let digits = "";
  for (let rest = value; rest > 0n; rest /= 32n) digits = DIGITS[Number(rest % 32n)] + digits;
  return digits === "" ? "0" : digits;
}

/** A leaf's place in the log, with the path to the root of a signed checkpoint. */
export interface Proof {
  readonly position: number;
  readonly hash: Uint8Array;
  readonly path: readonly Uint8Array[];
  /** The signed checkpoint. */
  readonly note: string;
}

const PROOF = "jikim-receipt-1.";
const HEAD_BYTES = 8 + HASH_BYTES + 1;
const MOST_PATH = 64;

/** The long code: place (8 bytes), leaf hash, length of the path, the path, the note. */
export function packProof({ position, hash, path, note }: Proof): string {
  const head = Buffer.alloc(8);
  head.writeBigUInt64BE(BigInt(position));
  const bytes = Buffer.concat([head, hash, Uint8Array.of(path.length), ...path, Buffer.from(note)]);
  return PROOF + bytes.toString("base64url");
}

/** Is this meant to be a long code? */
export function isProof(code: string): boolean {
  return code.trim().startsWith(PROOF);
}

/** The proof in a long code; null when it is none. Nothing is verified. */
export function parseProof(code: string): Proof | null {
  const text = code.replaceAll(/\s/g, "");
  if (!text.startsWith(PROOF) || text.length > LONGEST_CODE) return null;
  const bytes = Buffer.from(text.slice(PROOF.length), "base64url");
  const count = bytes[HEAD_BYTES - 1] ?? 0;
  const noteAt = HEAD_BYTES + count * HASH_BYTES;
  if (count > MOST_PATH || bytes.length <= noteAt || bytes.length - noteAt > 2 * LONGEST_NOTE) {
    return null;
  }
  const position = Number(bytes.readBigUInt64BE(0));
  const hashAt = (at: number): Uint8Array => new Uint8Array(bytes.subarray(at, at + HASH_BYTES));
  return {
    position,
    hash: hashAt(8),
    path: Array.from({ length: count }, (_, index) => hashAt(HEAD_BYTES + index * HASH_BYTES)),
    note: bytes.subarray(noteAt).toString("utf8"),
  };
}

/** The checkpoint a proof leads to, when one of these keys signed it; null when it does not hold. */
export function verifyProof(
  { position, hash, path, note }: Proof,
  keys: readonly VerifierKey[],
): Checkpoint | null {
  const checkpoint = openCheckpoint(note, keys);
  if (checkpoint === null || position >= MOST_LEAVES) return null;
  const root = rootOfPath({ position, hash }, checkpoint.size, path);
  return root !== null && isSame(root, checkpoint.root) ? checkpoint : null;
}
