/** One chunk of a sealed file (format.ts), sealed and opened. */
import { createCipheriv, createDecipheriv } from "node:crypto";

import { assert } from "../../base/assert.ts";
import { JikimError } from "../../base/errors.ts";
import type { FileKey } from "./file-key.ts";
import { CHUNK_BYTES, damagedFile, MAX_CHUNKS, PREFIX_BYTES, TAG_BYTES } from "./format.ts";

/** Which chunk it is: the one thing that tells it from all others of the file. */
export interface ChunkPlace {
  readonly counter: number;
  readonly isLast: boolean;
}

function nonceOf(prefix: Uint8Array, { counter, isLast }: ChunkPlace): Uint8Array {
  const nonce = Buffer.alloc(PREFIX_BYTES + 5);
  nonce.set(prefix);
  nonce.writeUInt32BE(counter, PREFIX_BYTES);
  nonce[PREFIX_BYTES + 4] = isLast ? 1 : 0;
  return nonce;
}

/** Throws ERR_USAGE behind the last counter: 256 TiB. */
export function sealChunk(file: FileKey, place: ChunkPlace, plain: Uint8Array): Uint8Array {
  assert(plain.length <= CHUNK_BYTES, "a chunk is at most 64 KiB");
  if (place.counter >= MAX_CHUNKS) throw new JikimError("ERR_USAGE", "a file holds 2^32 chunks");
  const cipher = createCipheriv("aes-256-gcm", file.key, nonceOf(file.header.prefix, place));
  cipher.setAAD(file.associated);
  const sealed = Buffer.allocUnsafeSlow(plain.length + TAG_BYTES);
  sealed.set(cipher.update(plain));
  cipher.final();
  sealed.set(cipher.getAuthTag(), plain.length);
  return sealed;
}

/** Throws ERR_SEALED_VALUE_DAMAGED: changed, at another place, or not the end it should be. */
export function openChunk(file: FileKey, place: ChunkPlace, sealed: Uint8Array): Buffer {
  const end = sealed.length - TAG_BYTES;
  if (end < 0 || (end === 0 && place.counter > 0)) throw damagedFile("its end is missing");
  const nonce = nonceOf(file.header.prefix, place);
  const decipher = createDecipheriv("aes-256-gcm", file.key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(file.associated);
  decipher.setAuthTag(sealed.subarray(end));
  const plain = decipher.update(sealed.subarray(0, end));
  try {
    decipher.final();
    return plain;
  } catch {
    plain.fill(0);
    throw damagedFile("a chunk was changed, moved, or is not the end it should be");
  }
}
