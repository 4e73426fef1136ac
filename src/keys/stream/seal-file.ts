/** Seals a file as it streams by, one chunk in memory at a time. */
import { JikimError } from "../../base/errors.ts";
import { sealChunk } from "./chunk.ts";
import type { FileKey } from "./file-key.ts";
import { CHUNK_BYTES } from "./format.ts";

/** Largest file when the caller says nothing: 64 GiB, some days of recorded video. */
const MAX_FILE_BYTES = 68_719_476_736;

export interface SealFileOptions {
  /** Largest plaintext in bytes; 64 GiB when not said. */
  readonly maxBytes?: number;
}

/**
 * The sealed file, header first, in pieces of at most 64 KiB and a tag. Drops the key when it ends
 * or is given up. Throws ERR_USAGE when the file is larger than allowed.
 * @param file key out of `makeFileKey`; for this file only.
 * @example await pipeline(Readable.from(sealFile(file, recording)), createWriteStream(path));
 */
export async function* sealFile(
  file: FileKey,
  plain: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: SealFileOptions = {},
): AsyncGenerator<Uint8Array> {
  const { maxBytes = MAX_FILE_BYTES } = options;
  const chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  let held = 0;
  let counter = 0;
  try {
    yield file.header.bytes;
    for await (const part of plain) {
      for (let at = 0; at < part.length;) {
        // Only when more comes is a full chunk known not to be the last.
        if (held === CHUNK_BYTES) {
          yield sealChunk(file, { counter, isLast: false }, chunk);
          counter += 1;
          held = 0;
        }
        const taken = Math.min(part.length - at, CHUNK_BYTES - held);
        chunk.set(part.subarray(at, at + taken), held);
        at += taken;
        held += taken;
        if (counter * CHUNK_BYTES + held > maxBytes) throw tooLarge(maxBytes);
      }
    }
    yield sealChunk(file, { counter, isLast: true }, chunk.subarray(0, held));
  } finally {
    chunk.fill(0);
    file.drop();
  }
}

function tooLarge(maxBytes: number): JikimError {
  return new JikimError("ERR_USAGE", "the file is larger than allowed", { maxBytes });
}
