/** `npm run bench gdprbench`: see run.ts for what it does, `--help` for its options. */
import { benchIo } from "../support/bench-io.ts";
import { gdprbench } from "./run.ts";

process.exitCode = await gdprbench(process.argv.slice(2), benchIo());
