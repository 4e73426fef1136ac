/**
 * Copies of the data. They need no care: what was destroyed stands in them as ciphertext whose key
 * is gone. The keys are never part of them.
 */
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { JikimError } from "../../base/errors.ts";
import { makeKeyFolder } from "../../keys/root/key-folder.ts";
import { takeLock } from "../../keys/root/lock-file.ts";
import { lockFolder } from "../../store/folder-lock.ts";
import { openSession } from "../../store/open-session.ts";
import {
  type BackupFile,
  copyFile,
  type CopyProgress,
  hashFile,
  makeBackupFolder,
  type Manifest,
  writeManifest,
} from "./manifest.ts";
import { dumpDatabase, restoreDatabase } from "./pg-tools.ts";

const RECORDS = "records";
const DUMP = "data.dump";

/**
 * Copies the embedded database of a data folder, which nobody may have open meanwhile.
 * Throws ERR_STORE_LOCKED, ERR_USAGE.
 */
export async function backUpFolder(
  data: string,
  to: string,
  { at, progress }: { readonly at: number; readonly progress: CopyProgress },
): Promise<Manifest> {
  const records = join(data, RECORDS);
  if ((await stat(records).catch(() => null))?.isDirectory() !== true) {
    throw new JikimError("ERR_USAGE", `there are no data in ${data}`);
  }
  await makeBackupFolder(to);
  const lock = await lockFolder(records);
  try {
    const files = await copyTree(records, join(to, RECORDS), progress);
    const manifest: Manifest = {
      kind: "folder",
      at,
      files: files.map((file) => ({ ...file, path: `${RECORDS}/${file.path}` })),
    };
    await writeManifest(to, manifest);
    return manifest;
  } finally {
    await lock.release();
  }
}

/** Dumps a PostgreSQL as one consistent state, also while the service runs. */
export async function backUpDatabase(url: string, to: string, at: number): Promise<Manifest> {
  await makeBackupFolder(to);
  await dumpDatabase(url, join(to, DUMP));
  const file = await hashFile(join(to, DUMP));
  const manifest: Manifest = { kind: "postgres", at, files: [{ ...file, path: DUMP }] };
  await writeManifest(to, manifest);
  return manifest;
}

/**
 * Brings a copy back into a data folder. The new state is whole beside the old one before it takes
 * its place. Throws ERR_STORE_LOCKED, and ERR_USAGE when there are data that may not be replaced.
 */
export async function restoreFolder(
  from: string,
  data: string,
  { replace, progress }: { readonly replace: boolean; readonly progress: CopyProgress },
): Promise<void> {
  const records = join(data, RECORDS);
  await mkdir(data, { recursive: true, mode: 0o700 });
  const there = (await stat(records).catch(() => null)) !== null;
  if (there && !replace) throw wouldReplace(data);
  const lock = await lockFolder(records);
  try {
    const [fresh, old] = [`${records}.new`, `${records}.old`];
    await rm(fresh, { recursive: true, force: true });
    await copyTree(join(from, RECORDS), fresh, progress);
    await rm(old, { recursive: true, force: true });
    if (there) await rename(records, old);
    await rename(fresh, records);
    await rm(old, { recursive: true, force: true });
  } finally {
    await lock.release();
  }
}

/**
 * Brings a dump back into a database, all of it or nothing. Nobody may hold the keys meanwhile: a
 * service that runs must not see its data change under it. Throws ERR_KEEPER_RUNNING, ERR_USAGE.
 */
export async function restoreInto(
  url: string,
  from: string,
  { replace, keyFolder }: { readonly replace: boolean; readonly keyFolder: string },
): Promise<void> {
  makeKeyFolder(keyFolder);
  const lock = await takeLock(join(keyFolder, "lock"));
  try {
    const session = await openSession(url);
    try {
      const [found] = await session.query("select to_regclass('record') is not null as data");
      if (found?.["data"] === true && !replace) throw wouldReplace("the database");
    } finally {
      await session.close();
    }
    await restoreDatabase(url, join(from, DUMP));
  } finally {
    lock.release();
  }
}

async function copyTree(
  from: string,
  to: string,
  progress: CopyProgress,
): Promise<readonly BackupFile[]> {
  const entries = await readdir(from, { recursive: true, withFileTypes: true });
  const paths: string[] = [];
  let total = 0;
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    // The server wants its empty folders too.
    if (entry.isDirectory()) {
      await mkdir(join(to, path.slice(from.length + 1)), { recursive: true, mode: 0o700 });
    } else {
      paths.push(path.slice(from.length + 1));
      total += (await stat(path)).size;
    }
  }
  const files: BackupFile[] = [];
  let done = 0;
  for (const path of paths.toSorted()) {
    const copied = await copyFile(join(from, path), join(to, path));
    files.push({ path, ...copied });
    done += copied.bytes;
    progress(done, total);
  }
  return files;
}

function wouldReplace(what: string): JikimError {
  return new JikimError("ERR_USAGE", `${what} holds data already; --replace lets them go`);
}
