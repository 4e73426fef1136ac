/**
 * The key of one file. It is drawn for the file, sealed by the keeper under the file's own lock
 * (and those of its subject and day), and stands in the file's header: when a lock dies, every
 * copy of the file dies. A file that lives on when its subject's lock is renewed has only these
 * bytes of its header sealed again, never its content.
 *
 * While a file is being read or written, its key is with the process that does it, as is its
 * plaintext; it is zeroed when that ends. The keeper's own keys never leave the keeper.
 */
import type { Random } from "../../base/clock.ts";
import { assert, present } from "../../base/assert.ts";
import { bindFields } from "../bind-fields.ts";
import type { Keeper, SealContext } from "../keeper.ts";
import { copyOfKey, freshKey } from "../secret.ts";
import { KEY_BYTES } from "../tree/node.ts";
import { damagedFile, type FileHeader, makeHeader, PREFIX_BYTES } from "./format.ts";

/** What a file is bound to; `record` is the file's id. */
export type FileContext = SealContext;

export interface FileKey {
  /** 32 bytes; zeroes after `drop`. */
  readonly key: Uint8Array;
  readonly header: FileHeader;
  readonly associated: Uint8Array;
  drop(): void;
}

/**
 * Makes a file's key and header; for one file only, since its nonces count from zero.
 * @param context names the file's own lock as `ownLock` (out of the keeper's `reserve`), which is
 *   destroyed to destroy this file alone.
 * @example
 * const [ownLock] = await keeper.reserve(1);
 * const file = await makeFileKey(keeper, { ...context, ownLock }, random);
 */
export async function makeFileKey(
  keeper: Pick<Keeper, "seal">,
  context: FileContext,
  random: Random,
): Promise<FileKey> {
  const key = freshKey(random);
  try {
    const [wrapped] = await keeper.seal([{ context, plain: key }]);
    const prefix = random.bytes(PREFIX_BYTES);
    return fileKey(key, context.record, makeHeader(prefix, present(wrapped, "one sealed value")));
  } catch (error) {
    key.fill(0);
    throw error;
  }
}

/** The key of a file that is there. Throws ERR_KEY_GONE, ERR_SEALED_VALUE_DAMAGED. */
export async function readFileKey(
  keeper: Pick<Keeper, "open">,
  context: FileContext,
  header: FileHeader,
): Promise<FileKey> {
  const [key] = await keeper.open([{ context, sealed: header.wrapped }]);
  const opened = present(key, "one opened value");
  const held = copyOfKey(opened);
  opened.fill(0);
  if (held.length === KEY_BYTES) return fileKey(held, context.record, header);
  held.fill(0);
  throw damagedFile("its header holds no file key");
}

/** A key with what its chunks are bound to. The key is dropped with the result. */
export function fileKey(key: Uint8Array, fileId: string, header: FileHeader): FileKey {
  assert(key.length === KEY_BYTES, "a file key is 32 bytes");
  return Object.freeze({
    key,
    header,
    associated: Buffer.concat([header.bytes, bindFields([fileId])]),
    drop: () => void key.fill(0),
  });
}
