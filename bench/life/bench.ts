/** `npm run bench life`: see run.ts for what it does, `--help` for its options. */
import { benchIo } from "../support/bench-io.ts";
import { lifeBench } from "./run.ts";

process.exitCode = await lifeBench(process.argv.slice(2), benchIo());
