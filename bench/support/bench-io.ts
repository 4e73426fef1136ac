/** Where a benchmark writes: its answer, and remarks for people. */
import type { CliIo } from "../../src/cli/io.ts";
import { systemClock, systemRandom } from "../../src/engine/system.ts";

export function benchIo(): CliIo {
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    colour: false,
    live: process.stderr.isTTY,
    cwd: process.cwd(),
    clock: systemClock,
    random: systemRandom,
  };
}
