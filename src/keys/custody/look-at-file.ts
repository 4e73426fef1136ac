/** What a custodian's file holds, told without touching it: a keeper may be writing to it. */
import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";

import { JikimError } from "../../base/errors.ts";
import { diskFiles, type Files, type KeyFile } from "../files.ts";
import { mediumWeakness } from "../root/medium.ts";
import { openRootFile } from "../root/root-file.ts";
import { type CustodianStatus, rootCustodian } from "./custodian.ts";
import { SHARE_BYTES } from "./share.ts";

const refuse = async (): Promise<never> => {
  throw new JikimError("ERR_KEY_ROOT_LOST", "the file is no custodian's, or was never finished");
};

const lookingFiles: Files = Object.freeze<Files>({
  ...diskFiles,
  async open(path, how) {
    if (how === "create") return refuse();
    const file = await diskFiles.open(path, how);
    return Object.freeze<KeyFile>({ ...file, write: refuse, truncate: refuse });
  },
  rename: refuse,
  remove: refuse,
  syncFolderOf: async () => undefined,
});

/** Null when there is no such file. Throws ERR_KEY_ROOT_COPIED, ERR_KEY_ROOT_LOST. */
export async function lookAtFile(name: string, file: string): Promise<CustodianStatus | null> {
  const path = resolve(file);
  if (!existsSync(path)) return null;
  const roots = await openRootFile(path, {
    files: lookingFiles,
    random: { bytes: (size) => new Uint8Array(size) }, // only a wipe draws, and nothing is wiped
    allowWeak: "looked at",
    secretBytes: SHARE_BYTES,
  });
  try {
    const weakness = await mediumWeakness(diskFiles, dirname(path));
    return { ...(await rootCustodian(name, roots).status(null)), weakness };
  } finally {
    await roots.close();
  }
}
