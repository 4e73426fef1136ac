/** Folders for keys and sockets: private, and where a file system of the disk is. */
import { existsSync, mkdirSync, realpathSync } from "node:fs";
import { dirname, resolve } from "node:path";

import { JikimError } from "../../base/errors.ts";

/** Trees the kernel makes up: nothing in them is kept, and some answer `mkdir` in odd ways. */
const KERNEL_TREES = ["/proc", "/sys", "/dev"];
/** A tmpfs like others, for the medium's check to judge (medium.ts). */
const SHARED_MEMORY = "/dev/shm";

/**
 * Makes a folder for keys, mode 0700. Throws ERR_KEY_ROOT_MEDIUM under /proc, /sys and /dev, also
 * when a link leads there.
 * @example makeKeyFolder("/var/lib/jikim/keys");
 */
export function makeKeyFolder(folder: string): void {
  const path = resolve(folder);
  const real = realpathSync(nearestExisting(path));
  const tree = kernelTreeOf(path) ?? kernelTreeOf(real);
  if (tree !== null) {
    throw new JikimError(
      "ERR_KEY_ROOT_MEDIUM",
      `the root may not lie here: ${tree} keeps nothing`,
      {
        weakness: `${tree} keeps nothing`,
      },
    );
  }
  makeFolders(path);
}

/**
 * Makes a folder and those above it that are missing, mode 0700, one by one: with `recursive`,
 * Node 24 asks for ever where a folder is there and yet nothing can be made in it.
 */
export function makeFolders(folder: string): void {
  if (existsSync(folder)) return;
  makeFolders(dirname(folder));
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

function kernelTreeOf(path: string): string | null {
  const isIn = (tree: string): boolean => path === tree || path.startsWith(`${tree}/`);
  return isIn(SHARED_MEMORY) ? null : (KERNEL_TREES.find(isIn) ?? null);
}

function nearestExisting(path: string): string {
  return existsSync(path) ? path : nearestExisting(dirname(path));
}
