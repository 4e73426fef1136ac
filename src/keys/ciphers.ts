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

const TAG_BYTES = 16;

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
