import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { finished } from "node:stream/promises";
import type { AuditLog } from "../engine/audit/open-log.ts";
import type { Command, Input } from "./command.ts";
import { usage } from "./command.ts";
import { DATA_OPTIONS, openData } from "./data-option.ts";
import type { CliIo, ExitCode } from "./io.ts";
import { printJson } from "./io.ts";
import { KEEPER_OPTION } from "./keeper-option.ts";
import { counted } from "./issue-lines.ts";
import { readVerifierKeys } from "./verifier-keys.ts";
import { compilePolicy } from "./load-policy.ts";
import { showProgress } from "./progress.ts";

const ACTS = ["export", "key", "new-key"] as const;
type Act = (typeof ACTS)[number];

/** `jikim log`: the audit log for those who look at it from outside. */
export const logCommand: Command = {
  name: "log",
  says: "the audit log: export it, print its verifier key, go on with a new key",
  takes: ["ACT", "[policy]"],
  options: {
    ...DATA_OPTIONS,
    ...KEEPER_OPTION,
    out: { takes: "FILE", says: "write to a new file" },
    old: { takes: "KEY", says: "new-key: the verifier key of the log so far, or a file of it" },
    law: { takes: "FILE", says: "the law (default: the one the policy names)" },
  },
  examples: [
    "jikim log key policies/remotemeeting --data ./data        # publish it, keep it elsewhere",
    "jikim log export policies/remotemeeting --data ./data --out log.jsonl",
    "jikim log new-key policies/remotemeeting --data ./data --old old-key.txt",
  ],
  exits: "exit codes: 0 done, 1 the log does not fit what was signed, 2 misuse",
  run: log,
};

async function log(input: Input, io: CliIo): Promise<ExitCode> {
  const act = ACTS.find((each) => each === input.words[0]);
  if (act === undefined) throw usage(`say what: jikim log ${ACTS.join(", jikim log ")}`);
  const compiled = await compilePolicy(io, input.words[1], input.text("law"));
  const jikim = await openData(input, io, compiled);
  try {
    await DO[act](input, io, jikim.log);
    return 0;
  } finally {
    await jikim.close();
  }
}

const DO: Readonly<Record<Act, (input: Input, io: CliIo, log: AuditLog) => Promise<void>>> = {
  export: exportTo,
  async key(input, io, { verifierKey }) {
    const out = input.text("out");
    if (out !== undefined) await writeNew(io, out, `${verifierKey}\n`);
    if (input.json) printJson(io, { key: verifierKey });
    else io.out(`${verifierKey}\n`);
  },
  async "new-key"(input, io, log) {
    const [old] = await readVerifierKeys(io, input.text("old"), "old");
    if (old === undefined) throw usage("say which key signed so far: --old FILE");
    const { size } = await log.changeKey(old);
    if (input.json) printJson(io, { key: log.verifierKey, leaves: size });
    else io.out(`${log.verifierKey}\n${counted(size, "leaf", "leaves")} signed with it\n`);
  },
};

/** Everything until now is signed first, so that an export has no unproved end. */
async function exportTo(input: Input, io: CliIo, log: AuditLog): Promise<void> {
  const out = input.text("out");
  const until = await log.checkpoint();
  if (out === undefined) {
    if (input.json) throw usage("an export is JSON Lines already; --json goes with --out FILE");
    for await (const line of log.lines(until)) io.out(line);
    return;
  }
  const file = createWriteStream(resolve(io.cwd, out), { flags: "wx", mode: 0o600 });
  await once(file, "open").catch(() => {
    throw usage(`${out} is there already, or cannot be written`);
  });
  let [done, bytes] = [0, 0];
  for await (const line of log.lines(until)) {
    bytes += Buffer.byteLength(line);
    if (!file.write(line)) await once(file, "drain");
    done += line.startsWith('{"leaf"') ? 1 : 0;
    if (done % 1_000 === 0) showProgress(io, "exporting", { done, total: until.size + 1 });
  }
  file.end();
  await finished(file);
  const { size, number } = until;
  if (input.json) printJson(io, { out, leaves: size, checkpoints: number + 1, bytes });
  else {
    const what = `${counted(size, "leaf", "leaves")}, ${counted(number + 1, "checkpoint")}`;
    io.out(`${out}: ${what}\n`);
  }
}

async function writeNew(io: CliIo, out: string, text: string): Promise<void> {
  await writeFile(resolve(io.cwd, out), text, { flag: "wx" }).catch(() => {
    throw usage(`${out} is there already, or cannot be written`);
  });
}
