import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { policyTypes } from "../compiler/policy-types.ts";
import type { Command, Input } from "./command.ts";
import type { CliIo, ExitCode } from "./io.ts";
import { printJson } from "./io.ts";
import { compilePolicy } from "./load-policy.ts";

/** `jikim types`: names of the policy as TypeScript, so that a wrong one does not compile. */
export const typesCommand: Command = {
  name: "types",
  says: "the names of the policy as TypeScript: a wrong item or purpose does not compile",
  takes: ["[policy]"],
  options: {
    out: { takes: "FILE", says: "write to a file instead of the terminal" },
    law: { takes: "FILE", says: "the law (default: the one the policy names)" },
  },
  examples: [
    "jikim types policies/remotemeeting --out remotemeeting.policy.d.ts",
    "typed<RemotemeetingPolicy>(await openJikim(…))      in your program",
  ],
  run: types,
};

async function types(input: Input, io: CliIo): Promise<ExitCode> {
  const compiled = await compilePolicy(io, input.words[0], input.text("law"));
  const text = policyTypes(compiled.plan);
  const out = input.text("out");
  if (input.json) printJson(io, { policy: compiled.policy.id, hash: compiled.hash, text });
  else if (out === undefined) io.out(text);
  else {
    await writeFile(resolve(io.cwd, out), text);
    io.err(`wrote ${out}\n`);
  }
  return 0;
}
