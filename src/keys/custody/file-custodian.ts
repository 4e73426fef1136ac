/** A custodian whose medium is a slot file: locked, so that no two of them share one. */
import { dirname, resolve } from "node:path";

import type { Random } from "../../base/clock.ts";
import { diskFiles } from "../files.ts";
import { makeKeyFolder } from "../root/key-folder.ts";
import { takeLock } from "../root/lock-file.ts";
import { openRootFile } from "../root/root-file.ts";
import type { RootStore } from "../tree/stores.ts";
import { type Custodian, rootCustodian } from "./custodian.ts";
import { SHARE_BYTES } from "./share.ts";

export interface FileCustodianOptions {
  readonly random: Random;
  /** The operator's reason for a medium that may not forget. */
  readonly allowWeak?: string;
}

/**
 * Opens a custodian's file, or makes it. Throws ERR_KEEPER_RUNNING, ERR_KEY_ROOT_MEDIUM,
 * ERR_KEY_ROOT_COPIED.
 * @example const custodian = await fileCustodian("second disk", "/mnt/b/root", { random });
 */
export async function fileCustodian(
  name: string,
  file: string,
  { random, allowWeak }: FileCustodianOptions,
): Promise<Custodian> {
  const path = resolve(file);
  makeKeyFolder(dirname(path));
  const lock = await takeLock(`${path}.lock`);
  try {
    const roots = await openRootFile(path, {
      files: diskFiles,
      random,
      guard: () => lock.check(),
      secretBytes: SHARE_BYTES,
      ...(allowWeak === undefined ? {} : { allowWeak }),
    });
    const close = async (): Promise<void> => {
      await roots.close();
      lock.release();
    };
    return rootCustodian(name, Object.freeze<RootStore>({ ...roots, close }));
  } catch (error) {
    lock.release();
    throw error;
  }
}
