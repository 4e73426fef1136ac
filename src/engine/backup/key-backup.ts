/**
 * Copies of the key tree, without its root. "The newest or nothing": after the next destruction a
 * copy opens nothing any more, by design, and an older one may not be put in a newer one's place,
 * or the tree would be lost and with it everything.
 */
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Random } from "../../base/clock.ts";
import { JikimError } from "../../base/errors.ts";
import { diskFiles } from "../../keys/files.ts";
import { LOG_HEADER_BYTES, readCommits } from "../../keys/nodes/log-format.ts";
import { takeLock } from "../../keys/root/lock-file.ts";
import { openRootFile } from "../../keys/root/root-file.ts";
import {
  type BackupFile,
  copyFile,
  makeBackupFolder,
  type Manifest,
  writeManifest,
} from "./manifest.ts";

/** The log of nodes first: a map of slots may be newer than the tree, never older. */
const FILES = ["tree.log", "slots"] as const;
const ROOT = "root";

/** Copies tree and slot map of a key folder, also while the keeper runs. */
export async function backUpKeys(folder: string, to: string, at: number): Promise<Manifest> {
  if (!diskFiles.exists(join(folder, FILES[0]))) {
    throw new JikimError("ERR_KEYS_MISSING", `there is no key tree in ${folder}`);
  }
  await makeBackupFolder(to);
  const files: BackupFile[] = [];
  for (const path of FILES) {
    files.push({ path, ...(await copyFile(join(folder, path), join(to, path))) });
  }
  const manifest: Manifest = { kind: "keys", at, files, tree: await headOf(join(to, FILES[0])) };
  await writeManifest(to, manifest);
  return manifest;
}

/** The last whole commit of a log. */
async function headOf(path: string): Promise<NonNullable<Manifest["tree"]>> {
  const file = await diskFiles.open(path, "existing");
  try {
    let head: NonNullable<Manifest["tree"]> | null = null;
    for (const { head: found } of readCommits(file, LOG_HEADER_BYTES)) {
      head = { id: found.tree, epoch: found.epoch, sequence: found.sequence };
    }
    if (head === null) throw new JikimError("ERR_KEYS_MISSING", "the key tree holds nothing yet");
    return head;
  } finally {
    await file.close();
  }
}

/**
 * Brings a copy of the tree back beside its root. Throws ERR_KEEPER_RUNNING; ERR_KEY_ROOT_LOST
 * without a root, for which a tree is no use; ERR_KEYS_OTHER for another tree's root; and
 * ERR_KEY_TREE_STALE when the root has seen a later state: then nothing is changed.
 */
export async function restoreKeys(
  from: string,
  folder: string,
  options: { readonly manifest: Manifest; readonly random: Random; readonly weakened?: string },
): Promise<void> {
  const { manifest, random, weakened } = options;
  if (!diskFiles.exists(join(folder, ROOT))) {
    throw new JikimError(
      "ERR_KEY_ROOT_LOST",
      `no root is in ${folder}: a tree alone opens nothing`,
    );
  }
  const lock = await takeLock(join(folder, "lock"));
  try {
    const weak = weakened === undefined ? {} : { allowWeak: weakened };
    const root = await openRootFile(join(folder, ROOT), { files: diskFiles, random, ...weak });
    const mark = await root.mark();
    await root.close();
    const { tree } = manifest;
    if (mark === null || tree === undefined || mark.tree !== tree.id) {
      throw new JikimError("ERR_KEYS_OTHER", "the root belongs to another key tree");
    }
    if (mark.epoch > tree.epoch || mark.sequence > tree.sequence) {
      throw new JikimError(
        "ERR_KEY_TREE_STALE",
        "this copy is older than the root: it opens nothing, and nothing was changed",
        { epoch: tree.epoch, known: mark.epoch },
      );
    }
    for (const path of FILES) {
      const fresh = join(folder, `${path}.restored`);
      await rm(fresh, { force: true });
      await copyFile(join(from, path), fresh);
      await rename(fresh, join(folder, path));
    }
    await rm(join(folder, `${FILES[0]}.index`), { force: true });
    await diskFiles.syncFolderOf(join(folder, ROOT));
  } finally {
    lock.release();
  }
}
