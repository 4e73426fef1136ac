/** Opens a sealed file as it streams by. */
import { openChunk } from "./chunk.ts";
import { type FileContext, type FileKey, readFileKey } from "./file-key.ts";
import { damagedFile, MAX_HEADER_BYTES, readHeader, SEALED_CHUNK_BYTES } from "./format.ts";
import type { Keeper } from "../keeper.ts";

/**
 * The plaintext in pieces of at most 64 KiB. Every piece is whole and in its place; that the file
 * is complete is known only when the iteration ends without an error, so keep nothing of it before.
 * Throws ERR_KEY_GONE, ERR_SEALED_VALUE_DAMAGED.
 * @example for await (const part of openFile(keeper, context, createReadStream(path))) play(part);
 */
export async function* openFile(
  keeper: Pick<Keeper, "open">,
  context: FileContext,
  sealed: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let file: FileKey | null = null;
  let start = Buffer.alloc(0);
  const chunk = Buffer.allocUnsafeSlow(SEALED_CHUNK_BYTES);
  let held = 0;
  let counter = 0;
  try {
    for await (const piece of sealed) {
      let part = piece;
      if (file === null) {
        start = Buffer.concat([start, piece]);
        const header = readHeader(start.subarray(0, MAX_HEADER_BYTES));
        if (header === null) continue;
        file = await readFileKey(keeper, context, header);
        part = start.subarray(header.bytes.length);
      }
      for (let at = 0; at < part.length;) {
        if (held === SEALED_CHUNK_BYTES) {
          yield openChunk(file, { counter, isLast: false }, chunk);
          counter += 1;
          held = 0;
        }
        const taken = Math.min(part.length - at, SEALED_CHUNK_BYTES - held);
        chunk.set(part.subarray(at, at + taken), held);
        at += taken;
        held += taken;
      }
    }
    if (file === null) throw damagedFile("its header is missing");
    yield openChunk(file, { counter, isLast: true }, chunk.subarray(0, held));
  } finally {
    file?.drop();
  }
}
