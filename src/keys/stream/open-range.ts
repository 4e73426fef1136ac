/** Any part of a sealed file, by opening only the chunks it touches: playback and seeking. */
import { JikimError } from "../../base/errors.ts";
import type { Keeper } from "../keeper.ts";
import { openChunk } from "./chunk.ts";
import { type FileContext, type FileKey, readFileKey } from "./file-key.ts";
import {
  CHUNK_BYTES,
  damagedFile,
  type FileLayout,
  layoutOf,
  MAX_HEADER_BYTES,
  readHeader,
  SEALED_CHUNK_BYTES,
} from "./format.ts";

/** A sealed file that can be read at any position. */
export interface SealedSource {
  /** Length of the sealed file in bytes. */
  readonly size: number;
  /** Bytes from `position` on; fewer than asked for only at the end. */
  read(position: number, length: number): Promise<Uint8Array>;
}

export interface OpenRanges {
  /** Length of the plaintext in bytes, proven by the file's last chunk. */
  readonly plainBytes: number;
  /**
   * Plaintext from `start` up to but without `end`, in pieces of at most 64 KiB. Throws ERR_USAGE
   * for a range outside the file, ERR_SEALED_VALUE_DAMAGED.
   */
  range(start: number, end: number): AsyncGenerator<Uint8Array>;
  /** Drops the file key. A range that is still read ends with ERR_USAGE. */
  close(): void;
}

/**
 * Opens a file for reading in parts. Its last chunk is opened first: a file that was cut is
 * refused before anything of it is played. Throws ERR_KEY_GONE, ERR_SEALED_VALUE_DAMAGED.
 * @example
 * const file = await openRanges(keeper, context, source);
 * for await (const part of file.range(1_000_000, 2_000_000)) response.write(part);
 */
export async function openRanges(
  keeper: Pick<Keeper, "open">,
  context: FileContext,
  source: SealedSource,
): Promise<OpenRanges> {
  const header = readHeader(await source.read(0, Math.min(MAX_HEADER_BYTES, source.size)));
  if (header === null) throw damagedFile("its header is missing");
  const layout = layoutOf(header.bytes.length, source.size);
  const file = await readFileKey(keeper, context, header);
  const reading: Reading = { file, layout, source, closed: false };
  try {
    (await chunkAt(reading, layout.chunks - 1)).fill(0);
  } catch (error) {
    file.drop();
    throw error;
  }
  return Object.freeze<OpenRanges>({
    plainBytes: layout.plainBytes,
    async *range(start, end) {
      assertRange(start, end, layout.plainBytes);
      for (let at = start; at < end;) {
        const counter = Math.floor(at / CHUNK_BYTES);
        const from = at - counter * CHUNK_BYTES;
        const chunk = await chunkAt(reading, counter);
        const part = chunk.subarray(from, Math.min(chunk.length, from + end - at));
        at += part.length;
        yield part;
      }
    },
    close() {
      reading.closed = true;
      file.drop();
    },
  });
}

interface Reading {
  readonly file: FileKey;
  readonly layout: FileLayout;
  readonly source: SealedSource;
  closed: boolean;
}

async function chunkAt(reading: Reading, counter: number): Promise<Buffer> {
  const { file, layout, source } = reading;
  const position = file.header.bytes.length + counter * SEALED_CHUNK_BYTES;
  const length = Math.min(SEALED_CHUNK_BYTES, source.size - position);
  const sealed = await source.read(position, length);
  if (reading.closed) throw new JikimError("ERR_USAGE", "the file was closed while it was read");
  if (sealed.length !== length) throw damagedFile("it became shorter while it was read");
  return openChunk(file, { counter, isLast: counter === layout.chunks - 1 }, sealed);
}

function assertRange(start: number, end: number, plainBytes: number): void {
  const whole = Number.isSafeInteger(start) && Number.isSafeInteger(end);
  if (whole && start >= 0 && start <= end && end <= plainBytes) return;
  throw new JikimError("ERR_USAGE", "the range lies outside the file", { start, end, plainBytes });
}
