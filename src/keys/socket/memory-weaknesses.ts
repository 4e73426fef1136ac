/**
 * Ways out of memory that zeroing does not close: a core dump writes the whole process to a file,
 * swap writes parts of it to a disk. Said by `doctor`, not promised by this code.
 */
import { readFileSync } from "node:fs";

/** What could write this process's memory to a disk, in words; empty where nothing was found. */
export function memoryWeaknesses(read: (path: string) => string = readText): readonly string[] {
  const found: string[] = [];
  const limit = /^Max core file size +(\S+)/m.exec(read("/proc/self/limits"))?.[1];
  if (limit !== undefined && limit !== "0") found.push("core dumps are on: set `ulimit -c 0`");
  const swaps = read("/proc/swaps").trim().split("\n").slice(1);
  if (swaps.length > 0) found.push("swap is on: turn it off, or give it a key of its own per boot");
  return found;
}

/** Empty where the system has no such file. */
function readText(path: string): string {
  try {
    return readFileSync(path, "utf8").slice(0, 65_536);
  } catch {
    return "";
  }
}
