/**
 * The master key in one local file: `JIKIMK01` | 32 bytes | SHA-256 of both. Readable by its owner
 * alone, written whole or not at all, never written over.
 */
import { createHash } from "node:crypto";
import { constants, type FileHandle, link, mkdir, open, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import type { Random } from "../base/clock.ts";
import { JikimError } from "../base/errors.ts";
import type { Keeper } from "./keeper.ts";
import { keeperFromMaster, MASTER_BYTES } from "./keeper-from-master.ts";

const MAGIC = Buffer.from("JIKIMK01", "latin1");
const HASH_BYTES = 32;
const FILE_BYTES = MAGIC.length + MASTER_BYTES + HASH_BYTES;

export interface KeyFileOptions {
  readonly random: Random;
  /** Make a new key when the file is absent (default). `false` where sealed values already exist:
   * a new key could open none of them. */
  readonly create?: boolean;
}

/**
 * Opens the key file, making it the first time. Throws ERR_KEY_FILE when it is damaged, when
 * others may read it, or when it is absent and may not be made.
 * @example const keeper = await openKeyFile("data/keys/master.key", { random });
 */
export async function openKeyFile(path: string, options: KeyFileOptions): Promise<Keeper> {
  let bytes = await readKeyFile(path);
  if (bytes === null) {
    if (options.create === false) throw refused("absent", "the key file is not there");
    await writeKeyFile(path, options.random);
    bytes = await readKeyFile(path);
  }
  if (bytes === null) throw refused("absent", "the key file is not there");
  const master = masterOf(bytes);
  bytes.fill(0);
  if (master === null) throw refused("damaged", "the key file is damaged");
  return keeperFromMaster(master, { random: options.random });
}

async function readKeyFile(path: string): Promise<Buffer | null> {
  let file: FileHandle;
  try {
    // A link in its place could be another file by the next look.
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw refused("unreadable", "the key file cannot be read");
  }
  try {
    const stat = await file.stat();
    // Windows keeps no such bits; there the folder's access list decides.
    if (process.platform !== "win32" && (stat.mode & 0o077) !== 0) {
      throw refused("readable", "others may read the key file: chmod 600 it");
    }
    if (!stat.isFile() || stat.size !== FILE_BYTES) {
      throw refused("damaged", "the key file is damaged");
    }
    return await file.readFile();
  } finally {
    await file.close();
  }
}

function masterOf(bytes: Buffer): Uint8Array | null {
  const body = bytes.subarray(0, FILE_BYTES - HASH_BYTES);
  const hash = createHash("sha256").update(body).digest();
  const sound =
    body.subarray(0, MAGIC.length).equals(MAGIC) && bytes.subarray(body.length).equals(hash);
  return sound ? Uint8Array.from(body.subarray(MAGIC.length)) : null;
}

async function writeKeyFile(path: string, random: Random): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const body = Buffer.concat([MAGIC, random.bytes(MASTER_BYTES)]);
  const whole = Buffer.concat([body, createHash("sha256").update(body).digest()]);
  const draft = `${path}.${Buffer.from(random.bytes(8)).toString("hex")}`;
  try {
    const file = await open(draft, "wx", 0o600);
    try {
      await file.writeFile(whole);
      await file.sync();
    } finally {
      await file.close();
    }
    // A link, not a rename: a rename would replace a key that another process made meanwhile.
    await link(draft, path).catch((error: unknown) => {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    });
    await unlink(draft);
    await syncFolder(folder);
  } catch {
    throw refused("unwritable", "the key file cannot be written");
  } finally {
    body.fill(0);
    whole.fill(0);
  }
}

/** The name is durable only when its folder is. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return; // folders cannot be opened there
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function refused(reason: string, message: string): JikimError {
  return new JikimError("ERR_KEY_FILE", message, { reason });
}
