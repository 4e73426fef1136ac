/** A custodian's process for tests: name, socket, and a slot file or "memory". */
import { randomBytes } from "node:crypto";

import { rootCustodian } from "../../../src/keys/custody/custodian.ts";
import { serveCustodian } from "../../../src/keys/custody/custodian-process.ts";
import { memoryRoots } from "../../../src/keys/custody/memory-roots.ts";
import { SHARE_BYTES } from "../../../src/keys/custody/share.ts";
import { diskFiles } from "../../../src/keys/files.ts";
import { openRootFile } from "../../../src/keys/root/root-file.ts";

const [name = "", path = "", medium = "memory"] = process.argv.slice(2);
const roots =
  medium === "memory"
    ? memoryRoots()
    : await openRootFile(medium, {
        files: diskFiles,
        random: { bytes: (size) => randomBytes(size) },
        allowWeak: "wherever tests run",
        secretBytes: SHARE_BYTES,
      });
await serveCustodian(rootCustodian(name, roots), path);
