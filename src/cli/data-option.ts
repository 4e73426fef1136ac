/** Opens the engine on the data a command names. */
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { Compiled } from "../compiler/compile.ts";
import type { Jikim } from "../engine/jikim.ts";
import { openCompiled } from "../engine/open-jikim.ts";
import type { Input, Option } from "./command.ts";
import { usage } from "./command.ts";
import type { CliIo } from "./io.ts";

/** Options of every command that opens data. */
export const DATA_OPTIONS: Readonly<Record<"data" | "keys", Option>> = {
  data: { takes: "DATA", says: "data folder of a service, or postgres://…" },
  keys: { takes: "FILE", says: "key file, when the data are in PostgreSQL" },
};

/** Is this data of a server, not of a folder? */
export function isUrl(data: string): boolean {
  return /^postgres(?:ql)?:\/\//.test(data);
}

/** Opens the engine. Throws ERR_USAGE without `--data` or when the folder is not there. */
export async function openData(input: Input, io: CliIo, compiled: Compiled): Promise<Jikim> {
  const named = input.text("data");
  if (named === undefined) throw usage("say which data: --data ./data");
  const keys = input.text("keys");
  if (!isUrl(named) && (await stat(resolve(io.cwd, named)).catch(() => null)) === null) {
    // A mistyped folder must not become an empty service in which every promise is kept.
    throw usage(`there is no data folder ${named}`);
  }
  const data = isUrl(named)
    ? { url: named, ...(keys === undefined ? {} : { keyFile: resolve(io.cwd, keys) }) }
    : resolve(io.cwd, named);
  return openCompiled(compiled, { data, clock: io.clock, random: io.random });
}
