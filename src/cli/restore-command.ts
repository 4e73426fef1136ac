import { resolve } from "node:path";
import { usedArchive } from "../engine/archive/used-archive.ts";
import { restoreFolder, restoreInto } from "../engine/backup/data-backup.ts";
import { restoreKeys } from "../engine/backup/key-backup.ts";
import { type Manifest, readBackup } from "../engine/backup/manifest.ts";
import type { Jikim } from "../engine/jikim.ts";
import { keyFolder } from "../engine/open-keeper-of.ts";
import { keyPlaceOf } from "../engine/open-jikim.ts";
import type { Command, Input } from "./command.ts";
import { usage } from "./command.ts";
import { DATA_OPTIONS, dataPlace, openData } from "./data-option.ts";
import type { CliIo, ExitCode } from "./io.ts";
import { printJson } from "./io.ts";
import { KEEPER_OPTION, keeperOf } from "./keeper-option.ts";
import { counted } from "./issue-lines.ts";
import { compilePolicy } from "./load-policy.ts";
import { showProgress } from "./progress.ts";

/** `jikim restore`: brings a copy back, and removes what was destroyed since. */
export const restoreCommand: Command = {
  name: "restore",
  says: "brings a copy back; rows whose keys are gone are removed before anyone is let in",
  takes: ["FOLDER", "[policy]"],
  options: {
    ...DATA_OPTIONS,
    ...KEEPER_OPTION,
    replace: { takes: null, says: "let the data go that are there" },
    law: { takes: "FILE", says: "the law (default: the one the policy names)" },
  },
  examples: [
    "jikim restore ./backup-monday policies/remotemeeting --data ./data",
    "jikim restore ./backup-monday policies/remotemeeting --data ./data --replace --json",
    "jikim restore ./backup-monday policies/remotemeeting --data ./beside --keeper /run/jikim-keeper/s",
  ],
  exits: "exit codes: 0 restored, 1 refused or failed, 2 misuse",
  run: restore,
};

async function restore(input: Input, io: CliIo): Promise<ExitCode> {
  const [folder = "", policy] = input.words;
  const from = resolve(io.cwd, folder);
  const compiled = await compilePolicy(io, policy, input.text("law"));
  const progress = (says: string) => (done: number, total: number) =>
    showProgress(io, says, { done, total });
  const manifest = await readBackup(from, progress("reading the copy"));
  // Before anything is replaced: with nobody to ask for keys the copy would not open.
  const keeper = await keeperOf(input, io);
  await keeper?.close();
  if (manifest.kind === "keys" && keeper !== null) {
    throw usage("the key tree is brought back where it lies, while no keeper runs: --keys FOLDER");
  }
  await bringBack(input, io, { from, manifest, copying: progress("copying") });
  if (manifest.kind === "keys") {
    if (input.json) printJson(io, { kind: manifest.kind, epoch: manifest.tree?.epoch });
    else io.out(`the key tree is back, at epoch ${manifest.tree?.epoch ?? 0}\n`);
    return 0;
  }
  const jikim = await openData(input, io, compiled);
  const archived = await countArchived(jikim);
  const { db } = jikim.context;
  const [row] = await db.query<{ records: number; removed: number }>(
    `select (select count(*) from record) as records,
            (select coalesce(sum(records), 0)::int8 from destruction
              where reason = 'restore' and requested_at >= to_timestamp($1::float8 / 1000))
              as removed`,
    [io.clock.now()],
  );
  await jikim.close();
  const { records = 0, removed = 0 } = row ?? {};
  if (input.json) printJson(io, { kind: manifest.kind, records, archived, removed });
  else {
    const apart = archived === 0 ? "" : `, ${archived} in the archive`;
    io.out(`${counted(records, "record")} restored${apart}\n`);
    io.out(`${counted(removed, "record")} removed again: destroyed since this copy was made\n`);
  }
  return 0;
}

/** Opening the archive removes what was destroyed since, like the opening of the records. */
async function countArchived(jikim: Jikim): Promise<number> {
  try {
    const archive = await usedArchive(jikim.context);
    if (archive === null) return 0;
    const [row] = await archive.query<{ records: number }>(
      "select count(*) as records from archived_record",
    );
    return row?.records ?? 0;
  } catch (error) {
    await jikim.close();
    throw error;
  }
}

async function bringBack(
  input: Input,
  io: CliIo,
  what: {
    readonly from: string;
    readonly manifest: Manifest;
    readonly copying: (done: number, total: number) => void;
  },
): Promise<void> {
  const { from, manifest, copying } = what;
  const data = dataPlace(input, io);
  const replace = input.on("replace");
  const place = keyPlaceOf(data);
  const keys = keyFolder(place);
  if (manifest.kind === "keys") {
    if (typeof place !== "string") throw usage("a key database is never brought back from a copy");
    const weakened = input.text("weakened") ?? io.weakened;
    const weak = weakened === undefined ? {} : { weakened };
    await restoreKeys(from, keys, { manifest, random: io.random, ...weak });
  } else if (typeof data === "string") {
    if (manifest.kind !== "folder") throw usage("this copy is of a PostgreSQL, not of a folder");
    await restoreFolder(from, data, { replace, progress: copying });
  } else {
    if (manifest.kind !== "postgres") throw usage("this copy is of a folder, not of a PostgreSQL");
    const urls = { data: data.url, archive: io.archiveUrl };
    await restoreInto(urls, from, { replace, keyFolder: keys });
  }
}
