/**
 * A sealed file: recordings, attachments, mail. Cut into chunks, so that a file of any size is
 * sealed and opened in small buffers and a player can begin in the middle.
 *
 *   file    header | chunk 0 | chunk 1 | … | last chunk
 *   header  "JKFILE1\0" | nonce prefix 7 | length u16 | sealed file key
 *   chunk   AES-256-GCM(file key, prefix 7 | counter u32 | last u8, aad, ≤ 65,536 bytes) | tag 16
 *   aad     header | file id, its length u32 before it
 *
 * This is STREAM (Hoang, Reyhanitabar, Rogaway, Vizár, "Online Authenticated-Encryption and its
 * Nonce-Reuse Misuse-Resistance", CRYPTO 2015): the counter keeps the order, and only the end of
 * the file carries last = 1, so that a file cut short does not pass for a whole one. Every chunk
 * but the last is full, and the last is empty only in an empty file: one file, one form.
 */
import { JikimError } from "../../base/errors.ts";

export const CHUNK_BYTES = 65_536;
export const TAG_BYTES = 16;
export const SEALED_CHUNK_BYTES = CHUNK_BYTES + TAG_BYTES;
export const PREFIX_BYTES = 7;
/** A counter of 32 bits never comes round. */
export const MAX_CHUNKS = 2 ** 32;

const MAGIC = "JKFILE1\0";
const FIXED_BYTES = MAGIC.length + PREFIX_BYTES + 2;
/** A sealed file key is some 130 bytes, and 120 more for a file of two people. */
const MAX_WRAPPED_BYTES = 1024;
/** Enough of a file's beginning to hold any header. */
export const MAX_HEADER_BYTES = FIXED_BYTES + MAX_WRAPPED_BYTES;

export interface FileHeader {
  /** The header as it stands in the file. */
  readonly bytes: Uint8Array;
  readonly prefix: Uint8Array;
  /** The file key, sealed by the keeper. */
  readonly wrapped: Uint8Array;
}

/** Throws ERR_USAGE when the wrapped key is longer than any keeper makes it. */
export function makeHeader(prefix: Uint8Array, wrapped: Uint8Array): FileHeader {
  if (prefix.length !== PREFIX_BYTES || wrapped.length > MAX_WRAPPED_BYTES) {
    throw new JikimError("ERR_USAGE", "a file header has a prefix of 7 bytes and one sealed key");
  }
  const bytes = Buffer.alloc(FIXED_BYTES + wrapped.length);
  bytes.write(MAGIC, 0, "latin1");
  bytes.set(prefix, MAGIC.length);
  bytes.writeUInt16BE(wrapped.length, FIXED_BYTES - 2);
  bytes.set(wrapped, FIXED_BYTES);
  return readHeader(bytes) ?? neverShort();
}

/** Reads a header from a file's beginning; null while that is too short to hold it. Throws
 * ERR_SEALED_VALUE_DAMAGED. */
export function readHeader(start: Uint8Array): FileHeader | null {
  const view = Buffer.from(start.buffer, start.byteOffset, start.length);
  const magic = view.toString("latin1", 0, Math.min(view.length, MAGIC.length));
  if (!MAGIC.startsWith(magic)) throw damagedFile("this is no sealed file of a known version");
  if (view.length < FIXED_BYTES) return null;
  const length = view.readUInt16BE(FIXED_BYTES - 2);
  if (length > MAX_WRAPPED_BYTES)
    throw damagedFile("a file key is longer than any keeper makes it");
  if (view.length < FIXED_BYTES + length) return null;
  const bytes = new Uint8Array(view.subarray(0, FIXED_BYTES + length));
  return Object.freeze({
    bytes,
    prefix: bytes.subarray(MAGIC.length, MAGIC.length + PREFIX_BYTES),
    wrapped: bytes.subarray(FIXED_BYTES),
  });
}

/** Where the chunks of a sealed file of `sealedBytes` lie. */
export interface FileLayout {
  readonly chunks: number;
  /** Length of the plaintext in bytes, if the last chunk proves to be the last. */
  readonly plainBytes: number;
}

/** Throws ERR_SEALED_VALUE_DAMAGED for a length no file has. */
export function layoutOf(headerBytes: number, sealedBytes: number): FileLayout {
  const body = sealedBytes - headerBytes;
  const chunks = Math.ceil(body / SEALED_CHUNK_BYTES);
  const last = body - (chunks - 1) * SEALED_CHUNK_BYTES;
  const emptyEnd = last === TAG_BYTES && chunks > 1;
  if (body < TAG_BYTES || last < TAG_BYTES || emptyEnd || chunks > MAX_CHUNKS) {
    throw damagedFile("a sealed file of this length was never written: it was cut");
  }
  return Object.freeze({ chunks, plainBytes: body - chunks * TAG_BYTES });
}

export function damagedFile(why: string): JikimError {
  return new JikimError("ERR_SEALED_VALUE_DAMAGED", `a sealed file does not open: ${why}`);
}

function neverShort(): never {
  throw new Error("assertion failed: a header that was just made is whole");
}
