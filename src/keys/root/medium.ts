/**
 * Overwriting in place forgets only where the file system writes in place. On a copy-on-write or
 * log-structured one, and in its snapshots, every former root stays readable.
 */
import { JikimError } from "../../base/errors.ts";
import type { Files } from "../files.ts";

/** statfs(2) f_type of those that overwrite data blocks in place. */
const IN_PLACE = new Map([
  [0xef53, "ext"],
  [0x58465342, "xfs"],
  [0x4d44, "vfat"],
]);
const KNOWN_OTHERS = new Map([
  [0x794c7630, "overlayfs"],
  [0x9123683e, "btrfs"],
  [0x2fc12fc1, "zfs"],
  [0xf2f52010, "f2fs"],
  [0xca451a4e, "bcachefs"],
  [0x3434, "nilfs"],
  [0x01021994, "tmpfs"],
  [0x858458f6, "ramfs"],
  [0x6969, "nfs"],
  [0xff534d42, "cifs"],
  [0xfe534d42, "smb2"],
  [0x65735546, "fuse"],
  [0x1a, "apfs"],
]);

/**
 * Why a root file in this folder could not be trusted to forget; null when it can.
 * What no program can see stays open: flash translation, virtual disks and their snapshots.
 */
export async function mediumWeakness(files: Files, folder: string): Promise<string | null> {
  const { type, options } = await files.medium(folder);
  if (!IN_PLACE.has(type)) {
    const name = KNOWN_OTHERS.get(type) ?? `file system 0x${type.toString(16)}`;
    return `${name} does not overwrite in place, or forgets at a restart`;
  }
  if (/(^|,)data=journal(,|$)/.test(options))
    return "data=journal copies every root to the journal";
  return null;
}

/** Refuses a weak medium unless the operator has said why it is used all the same. */
export async function checkMedium(
  files: Files,
  folder: string,
  allowWeak: string | null,
): Promise<string | null> {
  const weakness = await mediumWeakness(files, folder);
  if (weakness === null) return null;
  if (allowWeak === null) {
    throw new JikimError("ERR_KEY_ROOT_MEDIUM", `the root may not lie here: ${weakness}`, {
      weakness,
    });
  }
  return `${weakness} (allowed: ${allowWeak})`;
}
