/** Opens the engine on the data a command names. */
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { Compiled } from "../compiler/compile.ts";
import type { Jikim } from "../engine/jikim.ts";
import { type DataPlace, openCompiled, type OpeningStep } from "../engine/open-jikim.ts";
import type { Input, Option } from "./command.ts";
import { usage } from "./command.ts";
import type { CliIo } from "./io.ts";
import { keeperOf } from "./keeper-option.ts";
import { showProgress } from "./progress.ts";

/** Options of every command that opens data. */
export const DATA_OPTIONS: Readonly<Record<"data" | "keys" | "weakened", Option>> = {
  data: { takes: "DATA", says: "data folder of a service, or postgres://…" },
  keys: { takes: "FOLDER", says: "key folder, when the data are in PostgreSQL" },
  weakened: {
    takes: "REASON",
    says: "why keys may lie where they are not surely forgotten (or JIKIM_WEAKENED)",
  },
};

/** Is this data of a server, not of a folder? */
export function isUrl(data: string): boolean {
  return /^postgres(?:ql)?:\/\//.test(data);
}

/** The data a command names. Throws ERR_USAGE without `--data`. */
export function dataPlace(input: Input, io: CliIo): DataPlace {
  const named = input.text("data");
  if (named === undefined) throw usage("say which data: --data ./data");
  return placeOf(io, named, input.text("keys"));
}

/** A folder, or a PostgreSQL with its keys in a folder or in the key database of the environment. */
export function placeOf(io: CliIo, named: string, keys: string | undefined): DataPlace {
  if (!isUrl(named)) return resolve(io.cwd, named);
  const folder = resolve(io.cwd, keys ?? "data/keys");
  // An address may hold a password: it comes by the environment, not by an option.
  const { keyUrl, archiveUrl, lookUrl } = io;
  return {
    url: named,
    keys: keyUrl === undefined ? folder : { url: keyUrl, root: folder },
    ...(archiveUrl === undefined ? {} : { archive: archiveUrl }),
    ...(lookUrl === undefined ? {} : { look: lookUrl }),
  };
}

/** Opens the engine. Throws ERR_USAGE without `--data` or when the folder is not there. */
export async function openData(input: Input, io: CliIo, compiled: Compiled): Promise<Jikim> {
  const data = dataPlace(input, io);
  if (typeof data === "string" && (await stat(data).catch(() => null)) === null) {
    // A mistyped folder must not become an empty service in which every promise is kept.
    throw usage(`there is no data folder ${input.text("data") ?? ""}`);
  }
  const weakened = input.text("weakened") ?? io.weakened;
  const keeper = await keeperOf(input, io);
  try {
    return await openCompiled(compiled, {
      data,
      clock: io.clock,
      random: io.random,
      progress: progressLine(io),
      ...(weakened === undefined ? {} : { weakened }),
      ...(keeper === null ? {} : { keeper }),
    });
  } catch (error) {
    await keeper?.close();
    throw error;
  }
}

const STEPS: Readonly<Record<OpeningStep, string>> = {
  "leaving-key-file": "sealing again under the key tree",
  "removing-dead-rows": "looking for rows whose keys are gone",
};

/** Progress of what must be done before the data open. */
function progressLine(io: CliIo): (step: OpeningStep, done: number, total: number) => void {
  return (step, done, total) => showProgress(io, STEPS[step], { done, total });
}
