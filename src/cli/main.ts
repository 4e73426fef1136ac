/** The program `jikim`: here, and only here, the command line meets the real world. */
import { systemClock, systemRandom } from "../engine/system.ts";
import type { CliIo } from "./io.ts";
import { runCli } from "./run-cli.ts";

const { JIKIM_WEAKENED: weakened, JIKIM_KEYS: keyUrl, JIKIM_LOOK: lookUrl } = process.env;
const { JIKIM_ARCHIVE: archiveUrl } = process.env;
const io: CliIo = {
  ...(weakened === undefined ? {} : { weakened }),
  ...(keyUrl === undefined ? {} : { keyUrl }),
  ...(archiveUrl === undefined ? {} : { archiveUrl }),
  ...(lookUrl === undefined ? {} : { lookUrl }),
  path: process.env["PATH"] ?? "",
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  colour: process.stdout.isTTY && (process.env["NO_COLOR"] ?? "") === "",
  live: process.stderr.isTTY && process.env["TERM"] !== "dumb",
  cwd: process.cwd(),
  clock: systemClock,
  random: systemRandom,
};

// A reader that has seen enough (`| head`) closes the pipe; that is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

process.exitCode = await runCli(process.argv.slice(2), io);
