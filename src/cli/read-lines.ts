/** A file line by line, in bounded memory. */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { usage } from "./command.ts";

/** A line longer than this is handed on cut off: no reader of ours takes one. */
const LONGEST = 131_072;

/**
 * The lines of a file, without their newlines. What is not UTF-8 becomes U+FFFD. Throws ERR_USAGE
 * when there is no such file.
 * @param told how many bytes were read, of how many
 */
export async function* readLines(
  path: string,
  told: (done: number, total: number) => void,
): AsyncGenerator<string> {
  const found = await stat(path).catch(() => null);
  if (found === null || !found.isFile()) throw usage(`there is no file ${path}`);
  let rest = "";
  let done = 0;
  for await (const chunk of createReadStream(path, { encoding: "utf8" })) {
    const text = String(chunk);
    done += Buffer.byteLength(text);
    const lines = (rest + text).split("\n");
    rest = (lines.pop() ?? "").slice(0, LONGEST);
    yield* lines;
    told(Math.min(done, found.size - 1), found.size);
  }
  if (rest !== "") yield rest;
  told(found.size, found.size);
}
