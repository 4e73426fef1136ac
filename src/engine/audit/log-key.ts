/**
 * The key that signs the log, in one small file that only its owner may read, beside the key folder
 * and never in the database: whoever changes rows must not be able to sign for them.
 */
import { constants, type FileHandle, link, mkdir, open, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { present } from "../../base/assert.ts";
import type { Random } from "../../base/clock.ts";
import { JikimError } from "../../base/errors.ts";
import { parseSigningKey, SEED_BYTES, type SigningKey, signingKey } from "./note.ts";

const LONGEST_FILE = 1_024;

/**
 * Opens the key file of a log, making it the first time. Throws ERR_LOG_KEY when others may read
 * it, or when it is damaged or cannot be written.
 * @param origin name of the log, for a new key
 * @example const key = await openLogKey("data/log.key", "www.example.com/audit", random);
 */
export async function openLogKey(
  path: string,
  origin: string,
  random: Random,
): Promise<SigningKey> {
  const found = await readKey(path);
  if (found !== null) return found;
  await writeKey(path, signingKey(origin, random.bytes(SEED_BYTES)), random);
  // Another process may have been first: its key is the one.
  return present(await readKey(path), "it was just written");
}

async function readKey(path: string): Promise<SigningKey | null> {
  let file: FileHandle;
  try {
    // A link in its place could be another file by the next look.
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw refused("unreadable", "the key file of the log cannot be read");
  }
  try {
    const stat = await file.stat();
    // Windows keeps no such bits; there the folder's access list decides.
    if (process.platform !== "win32" && (stat.mode & 0o077) !== 0) {
      throw refused("readable", "others may read the key file of the log: chmod 600 it");
    }
    const fits = stat.isFile() && stat.size <= LONGEST_FILE;
    const key = fits ? parseSigningKey(await file.readFile("utf8")) : null;
    if (key === null) throw refused("damaged", "the key file of the log is damaged");
    return key;
  } finally {
    await file.close();
  }
}

async function writeKey(path: string, key: SigningKey, random: Random): Promise<void> {
  const draft = `${path}.${Buffer.from(random.bytes(8)).toString("hex")}`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const file = await open(draft, "wx", 0o600);
    try {
      await file.writeFile(`${key.secret}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    // A link, not a rename: a rename would replace a key that another process made meanwhile.
    await link(draft, path).catch((error: unknown) => {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    });
    await unlink(draft);
  } catch {
    throw refused("unwritable", "the key file of the log cannot be written");
  }
}

function refused(reason: string, message: string): JikimError {
  return new JikimError("ERR_LOG_KEY", message, { reason });
}
