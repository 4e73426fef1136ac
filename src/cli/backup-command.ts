import { resolve } from "node:path";
import { backUpDatabase, backUpFolder } from "../engine/backup/data-backup.ts";
import { backUpKeys } from "../engine/backup/key-backup.ts";
import type { Manifest } from "../engine/backup/manifest.ts";
import { keyFolder } from "../engine/open-keeper-of.ts";
import { keyPlaceOf } from "../engine/open-jikim.ts";
import type { Command, Input } from "./command.ts";
import { usage } from "./command.ts";
import { isUrl, placeOf } from "./data-option.ts";
import type { CliIo, ExitCode } from "./io.ts";
import { printJson } from "./io.ts";
import { counted } from "./issue-lines.ts";
import { showProgress } from "./progress.ts";

/** `jikim backup`: copies the data; or the key tree, which is another matter. */
export const backupCommand: Command = {
  name: "backup",
  says: "copies the data, without their keys: what was destroyed opens in no copy",
  takes: ["DATA"],
  options: {
    to: { takes: "FOLDER", says: "an empty folder for the copy" },
    keys: { takes: null, says: "the key tree instead, without its root" },
    "key-folder": { takes: "FOLDER", says: "where the keys are, when the data are in PostgreSQL" },
  },
  examples: [
    "jikim backup ./data --to ./backup-monday",
    "jikim backup postgres://… --to ./backup-monday",
    "jikim backup ./data --keys --to ./keys-now   # opens nothing after the next destruction",
  ],
  exits: "exit codes: 0 the copy is whole, 1 there is none, 2 misuse",
  run: backup,
};

async function backup(input: Input, io: CliIo): Promise<ExitCode> {
  const named = input.words[0] ?? "";
  const wanted = input.text("to");
  if (wanted === undefined) throw usage("say where to: --to ./backup-monday");
  const manifest = await copy(input, io, { named, to: resolve(io.cwd, wanted) });
  const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
  const { kind, tree } = manifest;
  if (input.json) {
    const epoch = tree === undefined ? {} : { epoch: tree.epoch };
    printJson(io, { kind, to: wanted, files: manifest.files.length, bytes, ...epoch });
    return 0;
  }
  io.out(`${wanted}: ${counted(manifest.files.length, "file")}, ${bytes} bytes\n`);
  if (tree !== undefined) {
    io.out(`key tree at epoch ${tree.epoch}: it opens nothing after the next destruction\n`);
  }
  return 0;
}

async function copy(
  input: Input,
  io: CliIo,
  { named, to }: { readonly named: string; readonly to: string },
): Promise<Manifest> {
  const at = io.clock.now();
  const progress = (done: number, total: number): void =>
    showProgress(io, "copying", { done, total });
  const data = placeOf(io, named, input.text("key-folder"));
  if (input.on("keys")) {
    const keys = keyPlaceOf(data);
    if (typeof keys !== "string") {
      throw usage(
        "a key database is replicated by PostgreSQL itself: it may never be brought back",
      );
    }
    return backUpKeys(keyFolder(keys), to, at);
  }
  if (isUrl(named)) return backUpDatabase({ data: named, archive: io.archiveUrl }, to, at);
  return backUpFolder(resolve(io.cwd, named), to, { at, progress });
}
