/**
 * A value sealed at its place:
 *
 *   sealed = head (locks.ts) | nonce 12 | AES-256-GCM(key, nonce, aad, padded plaintext) | tag 16
 *   aad    = head | info (pair-key.ts) | column | record, the last two with their lengths
 *
 * Moved to another row, class, day or subject, or with other slots in its head, it does not open.
 */
import { cipherOf, decipherOf, openKeys } from "../ciphers.ts";
import type { SealContext } from "../keeper.ts";
import { pad, unpad } from "../padding.ts";
import { damaged } from "./locks.ts";

export const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** A value's key with what it is bound to. */
export interface BoundKey {
  readonly key: Uint8Array;
  readonly head: Uint8Array;
  readonly info: Uint8Array;
}

function associated(bound: BoundKey, context: SealContext): Uint8Array {
  const column = context.column ?? "items";
  const fixed = bound.head.length + bound.info.length;
  const bytes = Buffer.allocUnsafe(fixed + 8 + column.length * 3 + context.record.length * 3);
  bytes.set(bound.head);
  bytes.set(bound.info, bound.head.length);
  let at = fixed;
  for (const field of [column, context.record]) {
    const length = bytes.write(field, at + 4);
    at = bytes.writeUInt32BE(length, at) + length;
  }
  return bytes.subarray(0, at);
}

/**
 * Pads and seals. Throws ERR_USAGE for a value beyond the limit (padding.ts).
 * @param value nonce of 12 bytes never used before with this key, and the plaintext.
 */
export function sealAt(
  bound: BoundKey,
  context: SealContext,
  value: { readonly nonce: Uint8Array; readonly plain: Uint8Array },
): Uint8Array {
  const { head, key } = bound;
  const cipher = cipherOf(key, value.nonce);
  cipher.setAAD(associated(bound, context));
  const padded = pad(value.plain);
  const sealed = new Uint8Array(head.length + NONCE_BYTES + padded.length + TAG_BYTES);
  sealed.set(head);
  sealed.set(value.nonce, head.length);
  sealed.set(cipher.update(padded), head.length + NONCE_BYTES);
  padded.fill(0);
  cipher.final();
  sealed.set(cipher.getAuthTag(), sealed.length - TAG_BYTES);
  return sealed;
}

/** Opens what `sealAt` sealed. Throws ERR_SEALED_VALUE_DAMAGED. */
export function openAt(bound: BoundKey, context: SealContext, sealed: Uint8Array): Uint8Array {
  const from = bound.head.length;
  const end = sealed.length - TAG_BYTES;
  if (end < from + NONCE_BYTES) throw damaged();
  const nonce = sealed.subarray(from, from + NONCE_BYTES);
  const decipher = decipherOf(bound.key, nonce);
  decipher.setAAD(associated(bound, context));
  decipher.setAuthTag(sealed.subarray(end));
  const padded = decipher.update(sealed.subarray(from + NONCE_BYTES, end));
  try {
    decipher.final();
    const plain = unpad(padded);
    if (plain !== null) return plain;
  } catch {
    // told below, the same way whatever was wrong
  } finally {
    padded.fill(0);
  }
  throw damaged();
}

/** A data key wrapped under a branch of an any-of value. */
export function wrapKey(pair: Uint8Array, nonce: Uint8Array, dataKey: Uint8Array): Buffer {
  const cipher = cipherOf(pair, nonce);
  return Buffer.concat([nonce, cipher.update(dataKey), cipher.final(), cipher.getAuthTag()]);
}

/** The data key out of a wrap, for the caller to zero. Throws ERR_SEALED_VALUE_DAMAGED. */
export function unwrapKey(pair: Uint8Array, wrapped: Uint8Array): Buffer {
  const decipher = decipherOf(pair, wrapped.subarray(0, NONCE_BYTES));
  decipher.setAuthTag(wrapped.subarray(wrapped.length - TAG_BYTES));
  const dataKey = openKeys(decipher, wrapped.subarray(NONCE_BYTES, wrapped.length - TAG_BYTES));
  try {
    decipher.final();
    return dataKey;
  } catch {
    dataKey.fill(0);
    throw damaged();
  }
}
