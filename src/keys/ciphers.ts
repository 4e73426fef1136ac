/**
 * AES-256-GCM and HMAC-SHA256 with keys that are plain bytes.
 *
 * Node looks for a key object in such bytes first, by an exception it catches: twice for each call,
 * each with a stack trace, on Node 24.21 two thirds of the time a small value takes. A key object
 * would spare that, but it holds a copy of the key until it is collected, and what we destroy is to
 * be gone when the receipt says so. So the bytes stay, and no trace is written while node looks.
 */
import { createCipheriv, createDecipheriv, createHmac, type Hmac } from "node:crypto";
import type { CipherGCM, DecipherGCM } from "node:crypto";
import { keyBuffer } from "./secret.ts";

const TAG_BYTES = 16;
/** The allocator hands out what it took back last, for pieces up to this size. Bytes. */
const PIECE_BYTES = 1024;

/** Seals under a key of 32 bytes; the nonce was never used with it before. */
export function cipherOf(key: Uint8Array, nonce: Uint8Array): CipherGCM {
  return withoutTraces(() => createCipheriv("aes-256-gcm", key, nonce));
}

/** Opens what {@link cipherOf} sealed. */
export function decipherOf(key: Uint8Array, nonce: Uint8Array): DecipherGCM {
  return withoutTraces(() =>
    createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: TAG_BYTES }),
  );
}

/**
 * Key bytes out of a decipher, into a fresh buffer, which the caller zeroes. Node decrypts into
 * room one byte larger than the answer, copies, and lets that room go as it is: a whole node of
 * keys would lie in freed memory until somebody wrote over it. In small pieces each one takes the
 * room of the one before, and the last is taken and zeroed here.
 */
export function openKeys(decipher: DecipherGCM, sealed: Uint8Array): Buffer {
  const keys = keyBuffer(sealed.length);
  for (let at = 0; at < sealed.length; at += PIECE_BYTES) {
    const piece = decipher.update(sealed.subarray(at, at + PIECE_BYTES));
    keys.set(piece, at);
    piece.fill(0);
    Buffer.allocUnsafeSlow(piece.length + 1).fill(0);
  }
  return keys;
}

export function hmacOf(key: Uint8Array): Hmac {
  return withoutTraces(() => createHmac("sha256", key));
}

/** Nothing else runs meanwhile: the work does not wait for anything. */
function withoutTraces<T>(work: () => T): T {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return work();
  } finally {
    Error.stackTraceLimit = limit;
  }
}
