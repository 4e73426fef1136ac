/**
 * Copies of the data and of the archive beside them. They need no care: what was destroyed stands
 * in them as ciphertext whose key is gone. The keys are never part of them.
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
const ARCHIVE = "archive";
const DUMP = "data.dump";
const ARCHIVE_DUMP = "archive.dump";

/**
 * Copies the embedded databases of a data folder, which nobody may have open meanwhile.
 * Throws ERR_STORE_LOCKED, ERR_USAGE.
 */
export async function backUpFolder(
  data: string,
  to: string,
  { at, progress }: { readonly at: number; readonly progress: CopyProgress },
): Promise<Manifest> {
  if (!(await isThere(join(data, RECORDS)))) {
    throw new JikimError("ERR_USAGE", `there are no data in ${data}`);
  }
  await makeBackupFolder(to);
  return withLocks(data, async () => {
    const files: BackupFile[] = [];
    for (const part of [RECORDS, ARCHIVE]) {
      if (!(await isThere(join(data, part)))) continue; // nothing was ever moved to the archive
      const copied = await copyTree(join(data, part), join(to, part), progress);
      files.push(...copied.map((file) => ({ ...file, path: `${part}/${file.path}` })));
    }
    const manifest: Manifest = { kind: "folder", at, files };
    await writeManifest(to, manifest);
    return manifest;
  });
}

/**
 * Dumps a PostgreSQL, and the archive when there is one, each as one consistent state, also while
 * the service runs. The archive is dumped last: what moves meanwhile is in both, and in neither
 * never. Throws ERR_ARCHIVE_UNSET when something was moved to an archive that is not named.
 */
export async function backUpDatabase(
  urls: { readonly data: string; readonly archive: string | undefined },
  to: string,
  at: number,
): Promise<Manifest> {
  await refuseWithoutArchive(urls);
  await makeBackupFolder(to);
  const dumps = [{ url: urls.data, path: DUMP }];
  if (urls.archive !== undefined) dumps.push({ url: urls.archive, path: ARCHIVE_DUMP });
  const files: BackupFile[] = [];
  for (const { url, path } of dumps) {
    await dumpDatabase(url, join(to, path));
    files.push({ ...(await hashFile(join(to, path))), path });
  }
  const manifest: Manifest = { kind: "postgres", at, files };
  await writeManifest(to, manifest);
  return manifest;
}

/** A copy without the archive would lose what the law obliges to keep. */
async function refuseWithoutArchive(urls: {
  readonly data: string;
  readonly archive: string | undefined;
}): Promise<void> {
  if (urls.archive !== undefined) return;
  const session = await openSession(urls.data);
  try {
    const [has] = await session.query("select to_regclass('setting') is not null as settings");
    if (has?.["settings"] !== true) return;
    const used = await session.query("select from setting where name = 'archive'");
    if (used.length === 0) return;
    throw new JikimError("ERR_ARCHIVE_UNSET", "these data have an archive: name it to copy it too");
  } finally {
    await session.close();
  }
}

/**
 * Brings a copy back into a data folder. The new state is whole beside the old one before it takes
 * its place; an archive stays as it is when the copy has none. Throws ERR_STORE_LOCKED, and
 * ERR_USAGE when there are data that may not be replaced.
 */
export async function restoreFolder(
  from: string,
  data: string,
  { replace, progress }: { readonly replace: boolean; readonly progress: CopyProgress },
): Promise<void> {
  await mkdir(data, { recursive: true, mode: 0o700 });
  if ((await isThere(join(data, RECORDS))) && !replace) throw wouldReplace(data);
  await withLocks(data, async () => {
    const parts: string[] = [];
    for (const part of [RECORDS, ARCHIVE]) {
      if (!(await isThere(join(from, part)))) continue;
      const fresh = `${join(data, part)}.new`;
      await rm(fresh, { recursive: true, force: true });
      await copyTree(join(from, part), fresh, progress);
      parts.push(join(data, part));
    }
    for (const part of parts) await putInPlace(part);
  });
}

async function putInPlace(part: string): Promise<void> {
  const old = `${part}.old`;
  await rm(old, { recursive: true, force: true });
  if (await isThere(part)) await rename(part, old);
  await rename(`${part}.new`, part);
  await rm(old, { recursive: true, force: true });
}

async function isThere(folder: string): Promise<boolean> {
  return (await stat(folder).catch(() => null))?.isDirectory() === true;
}

/** Nobody may have either database of a folder open meanwhile. */
async function withLocks<T>(data: string, work: () => Promise<T>): Promise<T> {
  const records = await lockFolder(join(data, RECORDS));
  try {
    const archive = await lockFolder(join(data, ARCHIVE));
    try {
      return await work();
    } finally {
      await archive.release();
    }
  } finally {
    await records.release();
  }
}

/**
 * Brings a dump back into a database, all of it or nothing. Nobody may hold the keys meanwhile: a
 * service that runs must not see its data change under it. Throws ERR_KEEPER_RUNNING, ERR_USAGE.
 */
export async function restoreInto(
  urls: { readonly data: string; readonly archive: string | undefined },
  from: string,
  { replace, keyFolder }: { readonly replace: boolean; readonly keyFolder: string },
): Promise<void> {
  const hasArchive = (await stat(join(from, ARCHIVE_DUMP)).catch(() => null)) !== null;
  if (hasArchive && urls.archive === undefined) {
    throw new JikimError("ERR_ARCHIVE_UNSET", "this copy has an archive: say where it goes");
  }
  makeKeyFolder(keyFolder);
  const lock = await takeLock(join(keyFolder, "lock"));
  try {
    const parts = [{ url: urls.data, path: DUMP, table: "record" }];
    if (hasArchive && urls.archive !== undefined) {
      parts.push({ url: urls.archive, path: ARCHIVE_DUMP, table: "archived_record" });
    }
    for (const part of parts) if (!replace) await refuseToReplace(part);
    for (const { url, path } of parts) await restoreDatabase(url, join(from, path));
  } finally {
    lock.release();
  }
}

async function refuseToReplace(part: {
  readonly url: string;
  readonly table: string;
}): Promise<void> {
  const session = await openSession(part.url);
  try {
    const [found] = await session.query("select to_regclass($1) is not null as data", [part.table]);
    if (found?.["data"] === true) throw wouldReplace("the database");
  } finally {
    await session.close();
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
