/**
 * The key file of the first releases, kept only to leave it: what was sealed with it opens once
 * more, to be sealed under the key tree, and then the file is overwritten and removed.
 *
 *   file   = "JIKIMK01" | master 32 | SHA-256 of both
 *   lock   = HMAC-SHA256(master, label and fields with their lengths)
 *   pair   = HKDF-SHA256(lockOfSubject | lockOfDay, salt "jikim/2lock/v1", info = place)
 *   sealed = 1 | nonce 12 | AES-256-GCM(pair, nonce, aad = place, padded) | tag 16
 */
import { createDecipheriv, createHash, createHmac } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import type { Random } from "../base/clock.ts";
import { JikimError } from "../base/errors.ts";
import { bindFields } from "./bind-fields.ts";
import type { SealContext } from "./keeper.ts";
import { unpad } from "./padding.ts";

const MAGIC = Buffer.from("JIKIMK01", "latin1");
const MASTER_BYTES = 32;
const HASH_BYTES = 32;
const FILE_BYTES = MAGIC.length + MASTER_BYTES + HASH_BYTES;
const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Stood for the day of a record whose clock had not started. */
const UNTIL_EVENT = "until-event";

export interface StandIn {
  /** Opens a value of the first format. Throws ERR_SEALED_VALUE_DAMAGED. */
  open(place: SealContext, sealed: Uint8Array): Uint8Array;
  /** The tag by which a store knew its key file. */
  tag(item: string, normalised: string): Uint8Array;
  /** Zeroes the key in memory. */
  close(): void;
}

/**
 * Opens the file; null when there is none. Throws ERR_KEY_FILE (`facts.reason`) when it is damaged
 * or no file of its owner's alone.
 */
export async function openStandIn(path: string): Promise<StandIn | null> {
  const file = await openFile(path);
  if (file === null) return null;
  const bytes = Buffer.allocUnsafeSlow(FILE_BYTES);
  try {
    const stat = await file.stat();
    if (process.platform !== "win32" && (stat.mode & 0o077) !== 0) {
      throw refused("readable", "others may read the key file: chmod 600 it");
    }
    const whole = stat.isFile() && stat.size === FILE_BYTES;
    if (!whole || (await file.read(bytes, 0, FILE_BYTES, 0)).bytesRead !== FILE_BYTES) {
      throw refused("damaged", "the key file is damaged");
    }
    const body = bytes.subarray(0, FILE_BYTES - HASH_BYTES);
    const hash = createHash("sha256").update(body).digest();
    if (
      !body.subarray(0, MAGIC.length).equals(MAGIC) ||
      !bytes.subarray(body.length).equals(hash)
    ) {
      throw refused("damaged", "the key file is damaged");
    }
    const master = Buffer.allocUnsafeSlow(MASTER_BYTES);
    master.set(body.subarray(MAGIC.length));
    return standInOf(master);
  } finally {
    bytes.fill(0);
    await file.close();
  }
}

function standInOf(master: Buffer): StandIn {
  const derive = (label: string, fields: readonly string[]): Buffer =>
    createHmac("sha256", master)
      .update(bindFields([label, ...fields]))
      .digest();
  return Object.freeze<StandIn>({
    open(place, sealed) {
      const day = place.expiresOn ?? UNTIL_EVENT;
      const ofSubject = derive("jikim/subject/v1", [place.subject, place.compartment]);
      const ofDay = derive("jikim/day/v1", [place.recordClass, day]);
      const info = [place.subject, place.compartment, place.recordClass, day];
      const key = pairKey(ofSubject, ofDay, info);
      try {
        const column = place.column ?? "items";
        const aad = bindFields(["record", String(VERSION), column, place.record, ...info]);
        return openValue(key, aad, sealed);
      } finally {
        for (const secret of [ofSubject, ofDay, key]) secret.fill(0);
      }
    },
    tag(item, normalised) {
      const key = derive("jikim/tag/v1", []);
      const whole = createHmac("sha256", key)
        .update(bindFields([item, normalised]))
        .digest();
      key.fill(0);
      return new Uint8Array(whole.subarray(0, TAG_BYTES));
    },
    close: () => void master.fill(0),
  });
}

/** HKDF-SHA256 (RFC 5869) of one block. */
function pairKey(ofSubject: Buffer, ofDay: Buffer, info: readonly string[]): Buffer {
  const extracted = createHmac("sha256", "jikim/2lock/v1").update(ofSubject).update(ofDay).digest();
  const key = createHmac("sha256", extracted)
    .update(bindFields(info))
    .update(Uint8Array.of(1))
    .digest();
  extracted.fill(0);
  return key;
}

function openValue(key: Buffer, aad: Uint8Array, sealed: Uint8Array): Uint8Array {
  const body = 1 + NONCE_BYTES;
  const end = sealed.length - TAG_BYTES;
  if (end < body || sealed[0] !== VERSION) throw damaged();
  const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(1, body), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(aad);
  decipher.setAuthTag(sealed.subarray(end));
  const padded = decipher.update(sealed.subarray(body, end));
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

/** Overwrites the file in place, then removes it. A file that is not there is no error. */
export async function wipeStandIn(path: string, random: Random): Promise<void> {
  const file = await openFile(path);
  if (file === null) return;
  try {
    const { size } = await file.stat();
    for (const fill of [random.bytes(size), new Uint8Array(size)]) {
      await file.write(fill, 0, size, 0);
      await file.datasync();
    }
  } finally {
    await file.close();
  }
  await unlink(path);
  if (process.platform === "win32") return; // folders cannot be opened there
  const folder = await open(dirname(path), "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function openFile(path: string): Promise<FileHandle | null> {
  try {
    // A link in its place could be another file by the next look.
    return await open(path, constants.O_RDWR | constants.O_NOFOLLOW);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw refused("unreadable", "the key file cannot be opened");
  }
}

function refused(reason: string, message: string): JikimError {
  return new JikimError("ERR_KEY_FILE", message, { reason });
}

function damaged(): JikimError {
  return new JikimError(
    "ERR_SEALED_VALUE_DAMAGED",
    "a sealed value does not open with the key file: it was changed, moved or sealed otherwise",
  );
}
