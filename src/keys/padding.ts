/**
 * Lengths tell things apart (a phone number from an address), so plaintext is padded to the next
 * power of two from 32 bytes on before it is sealed. Four bytes at the head say how much is real.
 */
import { JikimError } from "../base/errors.ts";

const SMALLEST = 32;
const HEAD = 4;
/** Largest plaintext of one sealed value, in bytes. */
export const MAX_PLAIN_BYTES = 1_048_576 - HEAD;

/** Throws ERR_USAGE for more than {@link MAX_PLAIN_BYTES} bytes. */
export function pad(plain: Uint8Array): Buffer {
  if (plain.length > MAX_PLAIN_BYTES) {
    throw new JikimError("ERR_USAGE", "a sealed value holds at most 1 MiB", {
      bytes: plain.length,
    });
  }
  let size = SMALLEST;
  while (size < plain.length + HEAD) size *= 2;
  const padded = Buffer.alloc(size);
  padded.writeUInt32BE(plain.length);
  padded.set(plain, HEAD);
  return padded;
}

/** Takes the padding off; `null` when the head does not fit the length. */
export function unpad(padded: Buffer): Uint8Array | null {
  if (padded.length < SMALLEST) return null;
  const length = padded.readUInt32BE();
  if (length > padded.length - HEAD) return null;
  return new Uint8Array(padded.subarray(HEAD, HEAD + length));
}
