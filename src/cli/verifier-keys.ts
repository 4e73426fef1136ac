import { resolve } from "node:path";
import { parseVerifierKey, type VerifierKey } from "../engine/audit/note.ts";
import { usage } from "./command.ts";
import type { CliIo } from "./io.ts";
import { readSmallFile } from "./read-small-file.ts";

/**
 * The verifier keys in an option: one as text, or a file with one a line. Throws ERR_USAGE when
 * there is none or one of them is no key.
 */
export async function readVerifierKeys(
  io: CliIo,
  named: string | undefined,
  option: string,
): Promise<readonly VerifierKey[]> {
  if (named === undefined) throw usage(`say with which key: --${option} KEY, or a file of it`);
  const literal = parseVerifierKey(named);
  if (literal !== null) return [literal];
  const lines = (await readSmallFile(resolve(io.cwd, named))).split("\n");
  const keys = lines.filter((line) => line.trim() !== "").map(parseVerifierKey);
  const whole = keys.filter((key) => key !== null);
  if (whole.length === 0 || whole.length < keys.length) {
    throw usage(`${named} holds no verifier key, or something else beside it`);
  }
  return whole;
}
