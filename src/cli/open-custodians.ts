/** Custodians as a document names them, opened. */
import { fileCustodian } from "../keys/custody/file-custodian.ts";
import { connectCustodian } from "../keys/custody/custodian-process.ts";
import type { Custodian } from "../keys/custody/custodian.ts";
import type { CliIo } from "./io.ts";
import type { CustodianEntry } from "./read-custodians.ts";

/** Opens them for a keeper. Throws what a slot file of the keeper's own may throw. */
export async function openCustodians(
  io: CliIo,
  entries: readonly CustodianEntry[],
  weakened: string | undefined,
): Promise<readonly Custodian[]> {
  const { clock, random } = io;
  const allowWeak = weakened === undefined ? {} : { allowWeak: weakened };
  const open: Custodian[] = [];
  try {
    for (const { name, kind, path } of entries) {
      open.push(
        kind === "socket"
          ? connectCustodian(name, path, { clock })
          : await fileCustodian(name, path, { random, ...allowWeak }),
      );
    }
    return open;
  } catch (error) {
    for (const custodian of open) await custodian.close();
    throw error;
  }
}
