/**
 * One node of the shred tree: 256 keys of 32 bytes, sealed under the node's own key.
 * Leaves hold slot keys, inner nodes hold their children's node keys; all zeros means "no key":
 * never minted, or destroyed. The sealed form may leak anywhere, for ever.
 *
 * Format `KTN1` (8,236 bytes; a new layout takes a new name):
 *   "KTN1" | level u8 | 3 zero bytes | index u64 | nonce 12 | AES-256-GCM of 8,192 bytes | tag 16
 * The first 16 bytes are the associated data: a node cannot stand in for another one.
 */
import { assert } from "../../base/assert.ts";
import { JikimError } from "../../base/errors.ts";
import { cipherOf, decipherOf, openKeys } from "../ciphers.ts";
import { copyOfKey } from "../secret.ts";

/** Keys in a node, children of an inner node. */
export const FANOUT = 256;
export const KEY_BYTES = 32;
/** Bytes of a node's keys. */
export const NODE_BYTES = FANOUT * KEY_BYTES;
const HEADER_BYTES = 16;
export const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Bytes of a sealed node. */
export const BLOB_BYTES = HEADER_BYTES + NONCE_BYTES + NODE_BYTES + TAG_BYTES;

/** Where a node stands: level 0 is a leaf, and leaf `i` holds the slots from 256 × i. */
export interface NodePlace {
  readonly level: number;
  readonly index: number;
}

function writeHeader(blob: Buffer, place: NodePlace): void {
  blob.write("KTN1", 0, "latin1");
  blob.writeUInt8(place.level, 4);
  blob.fill(0, 5, 8);
  blob.writeBigUInt64BE(BigInt(place.index), 8);
}

/** Seals a node's keys. The nonce must be fresh: grown nodes are sealed again under one key. */
export function sealNode(
  place: NodePlace,
  keys: Uint8Array,
  nodeKey: Uint8Array,
  nonce: Uint8Array,
): Buffer {
  assert(keys.length === NODE_BYTES && nodeKey.length === KEY_BYTES, "a node holds 256 keys");
  const blob = Buffer.allocUnsafeSlow(BLOB_BYTES);
  writeHeader(blob, place);
  blob.set(nonce, HEADER_BYTES);
  const cipher = cipherOf(nodeKey, nonce);
  cipher.setAAD(blob.subarray(0, HEADER_BYTES));
  blob.set(cipher.update(keys), HEADER_BYTES + NONCE_BYTES);
  cipher.final();
  blob.set(cipher.getAuthTag(), BLOB_BYTES - TAG_BYTES);
  return blob;
}

/**
 * Opens a node's keys into a fresh buffer, which the caller zeroes.
 * Throws ERR_KEY_NODE_DAMAGED when the bytes are not this node under this key.
 */
export function openNode(place: NodePlace, blob: Uint8Array, nodeKey: Uint8Array): Buffer {
  const damaged = new JikimError("ERR_KEY_NODE_DAMAGED", "a node of the key tree does not open", {
    ...place,
  });
  if (blob.length !== BLOB_BYTES) throw damaged;
  const header = Buffer.allocUnsafeSlow(HEADER_BYTES);
  writeHeader(header, place);
  if (!header.equals(blob.subarray(0, HEADER_BYTES))) throw damaged;
  const nonce = blob.subarray(HEADER_BYTES, HEADER_BYTES + NONCE_BYTES);
  const decipher = decipherOf(nodeKey, nonce);
  decipher.setAAD(header);
  decipher.setAuthTag(blob.subarray(BLOB_BYTES - TAG_BYTES));
  const sealed = blob.subarray(HEADER_BYTES + NONCE_BYTES, BLOB_BYTES - TAG_BYTES);
  const keys = openKeys(decipher, sealed);
  try {
    decipher.final();
  } catch {
    keys.fill(0);
    throw damaged;
  }
  return keys;
}

/** Is the key at this position absent (never minted, or destroyed)? */
export function isAbsent(keys: Uint8Array, position: number): boolean {
  const end = (position + 1) * KEY_BYTES;
  for (let at = position * KEY_BYTES; at < end; at += 1) if (keys[at] !== 0) return false;
  return true;
}

/** A copy of the key at a position, which the caller zeroes; null when absent. */
export function copyKey(keys: Buffer, position: number): Buffer | null {
  if (isAbsent(keys, position)) return null;
  return copyOfKey(keyAt(keys, position));
}

/** A view of the key at a position. */
export function keyAt(keys: Buffer, position: number): Buffer {
  return keys.subarray(position * KEY_BYTES, (position + 1) * KEY_BYTES);
}
