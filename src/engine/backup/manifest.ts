/** What a backup says about itself, in `backup.json` beside its files. Written last: whole or none. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, readdir, readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { JikimError } from "../../base/errors.ts";

const FILE = "backup.json";
const FORMAT = 1;
const MAX_MANIFEST_BYTES = 16_777_216;

export interface BackupFile {
  /** Path inside the backup. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface Manifest {
  readonly kind: "folder" | "postgres" | "keys";
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly files: readonly BackupFile[];
  /** Of a key tree: which, and how old. Only the newest may ever be brought back. */
  readonly tree?: { readonly id: string; readonly epoch: number; readonly sequence: number };
}

/** Told how many bytes are done. */
export type CopyProgress = (done: number, total: number) => void;

/** Makes the folder of a backup. Throws ERR_USAGE when there is anything in it. */
export async function makeBackupFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if ((await readdir(folder)).length > 0) {
    throw new JikimError("ERR_USAGE", `${folder} is not empty: a backup gets a folder of its own`);
  }
}

export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const file = await open(join(folder, FILE), "wx", 0o600);
  try {
    await file.writeFile(`${JSON.stringify({ jikim_backup: FORMAT, ...manifest }, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * Reads a manifest and compares every file with it. Throws ERR_BACKUP_DAMAGED when it is not whole.
 */
export async function readBackup(folder: string, progress: CopyProgress): Promise<Manifest> {
  const manifest = await readManifest(folder);
  const total = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
  let done = 0;
  for (const { path, bytes, sha256 } of manifest.files) {
    const found = await hashFile(join(folder, path)).catch(() => null);
    if (found?.bytes !== bytes || found.sha256 !== sha256) {
      throw damaged(`${path} is not the file that was backed up`);
    }
    done += bytes;
    progress(done, total);
  }
  return manifest;
}

async function readManifest(folder: string): Promise<Manifest> {
  const path = join(folder, FILE);
  const found = await stat(path).catch(() => null);
  if (found === null || found.size > MAX_MANIFEST_BYTES) throw damaged("there is no backup.json");
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, "utf8"));
  } catch {
    throw damaged("backup.json is damaged");
  }
  if (!isManifest(value)) throw damaged("backup.json is none of this version");
  return value;
}

function isManifest(value: unknown): value is Manifest {
  if (typeof value !== "object" || value === null) return false;
  const { jikim_backup: format, kind, files, tree } = value as Record<string, unknown>;
  const known = kind === "folder" || kind === "postgres" || kind === "keys";
  if (format !== FORMAT || !known || !Array.isArray(files)) return false;
  return files.every(isFile) && (kind !== "keys" || isTree(tree));
}

function isTree(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { id, epoch, sequence } = value as Record<string, unknown>;
  return typeof id === "string" && Number.isSafeInteger(epoch) && Number.isSafeInteger(sequence);
}

/** A path that leads out of the backup is none. */
function isFile(value: unknown): value is BackupFile {
  if (typeof value !== "object" || value === null) return false;
  const { path, bytes, sha256 } = value as Record<string, unknown>;
  if (typeof path !== "string" || path.startsWith("/") || path.split("/").includes("..")) {
    return false;
  }
  return Number.isSafeInteger(bytes) && typeof sha256 === "string";
}

/** Size and SHA-256 of a file. */
export async function hashFile(path: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of createReadStream(path)) {
    hash.update(chunk as Buffer);
    bytes += (chunk as Buffer).length;
  }
  return { bytes, sha256: hash.digest("hex") };
}

/** Copies a file durably and says what was copied. */
export async function copyFile(from: string, to: string): Promise<Omit<BackupFile, "path">> {
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  const hash = createHash("sha256");
  const file = await open(to, "wx", 0o600);
  let bytes = 0;
  try {
    for await (const chunk of createReadStream(from)) {
      hash.update(chunk as Buffer);
      bytes += (chunk as Buffer).length;
      await file.write(chunk as Buffer);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { bytes, sha256: hash.digest("hex") };
}

export function damaged(why: string): JikimError {
  return new JikimError("ERR_BACKUP_DAMAGED", why);
}
