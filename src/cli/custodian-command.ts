import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { JikimError } from "../base/errors.ts";
import { fileCustodian } from "../keys/custody/file-custodian.ts";
import { connectCustodian, serveCustodian } from "../keys/custody/custodian-process.ts";
import { type Custodian, type CustodianStatus, rootCustodian } from "../keys/custody/custodian.ts";
import { lookAtFile } from "../keys/custody/look-at-file.ts";
import { memoryRoots } from "../keys/custody/memory-roots.ts";
import { readAction } from "./action.ts";
import type { Command, Input } from "./command.ts";
import { usage } from "./command.ts";
import type { CliIo, ExitCode } from "./io.ts";
import { printJson, styled } from "./io.ts";
import { type CustodianEntry, isCustodianName, readCustodians } from "./read-custodians.ts";

const ACTIONS = {
  serve: { needs: ["name", "socket"], may: ["root", "memory", "weakened"] },
  status: { needs: ["custodians"] },
} as const;

/** `jikim custodian`: one of the three who hold the root. */
export const custodianCommand: Command = {
  name: "custodian",
  says: "one of the three who hold the root: serve, status",
  takes: ["serve|status"],
  options: {
    name: { takes: "NAME", says: "serve: who it is, as the keeper's list says" },
    socket: { takes: "PATH", says: "serve: where the keeper asks it; for its user alone" },
    root: { takes: "FILE", says: "serve: holds its share in this file, overwritten in place" },
    memory: { takes: null, says: "serve: holds its share in memory alone" },
    weakened: { takes: "REASON", says: "serve: why the file may lie where it is not forgotten" },
    custodians: { takes: "FILE", says: "status: the three, as JSON" },
  },
  examples: [
    'jikim custodian serve --name "second disk" --socket /run/jikim/b/s --root /mnt/b/share',
    "jikim custodian serve --name memory --socket /run/jikim/c/s --memory",
    "jikim custodian status --custodians custodians.json --json",
  ],
  exits: "exit codes: 0 ended as told, or all three hold the newest root; 1 not; 2 misuse",
  run: (input, io) => RUN[readAction("custodian", input, ACTIONS)](input, io),
};

const RUN = { serve, status } as const satisfies Record<keyof typeof ACTIONS, Command["run"]>;

async function serve(input: Input, io: CliIo): Promise<ExitCode> {
  const name = input.text("name") ?? "";
  if (!isCustodianName(name)) {
    throw usage("--name is up to 64 letters, digits, blanks, dots and hyphens");
  }
  const custodian = await openOne(input, io, name);
  const { promise: told, resolve: tell } = Promise.withResolvers<void>();
  process.once("SIGTERM", tell);
  process.once("SIGINT", tell);
  const socket = resolve(io.cwd, input.text("socket") ?? "");
  try {
    const server = await serveCustodian(custodian, socket);
    io.err(`custodian ${name} answers\n`);
    await told;
    await server.retire();
    return 0;
  } catch (error) {
    await custodian.close();
    throw error;
  } finally {
    process.removeListener("SIGTERM", tell);
    process.removeListener("SIGINT", tell);
  }
}

async function openOne(input: Input, io: CliIo, name: string): Promise<Custodian> {
  const root = input.text("root");
  if ((root === undefined) !== input.on("memory")) {
    throw usage("a custodian holds its share in a file or in memory: --root FILE or --memory");
  }
  if (root === undefined) return rootCustodian(name, memoryRoots());
  const weakened = input.text("weakened") ?? io.weakened;
  const { random } = io;
  const weak = weakened === undefined ? {} : { allowWeak: weakened };
  return fileCustodian(name, resolve(io.cwd, root), { random, ...weak });
}

/** What a custodian is for whoever reads the table. */
const STATES = {
  newest: "green",
  none: "dim",
  behind: "yellow",
  away: "red",
} as const;
type State = keyof typeof STATES;

interface Seen {
  readonly name: string;
  readonly kind: CustodianEntry["kind"];
  /** Code of what was wrong when it was asked; null when it answered. */
  readonly trouble: string | null;
  readonly status: CustodianStatus | null;
}

async function status(input: Input, io: CliIo): Promise<ExitCode> {
  const entries = readCustodians(io, input.text("custodians") ?? "");
  const seen = await Promise.all(entries.map((entry) => look(io, entry)));
  const marks = seen.flatMap(({ status: found }) => found?.mark ?? []);
  const epoch = marks.length === 0 ? null : Math.max(...marks.map((mark) => mark.epoch));
  const trees = new Set(marks.map(({ tree }) => tree));
  const rows = seen.map((each) => ({ ...each, state: stateOf(each.status, epoch) }));
  const holding = rows.filter(({ state }) => state === "newest").length;
  const ok = trees.size <= 1 && (holding === rows.length || rows.every((r) => r.state === "none"));
  if (input.json) {
    const list = rows.map(({ name, kind, state, trouble, status: found }) => ({
      name,
      kind,
      state,
      trouble,
      epoch: found?.mark?.epoch ?? null,
      shares: found?.shares.map((share) => share.epoch) ?? [],
      weakness: found?.weakness ?? null,
    }));
    printJson(io, { ok, epoch, trees: [...trees], holding, custodians: list });
    return ok ? 0 : 1;
  }
  const width = Math.max(...rows.map(({ name }) => name.length));
  for (const { name, kind, state, trouble, status: found } of rows) {
    const word = styled(io, STATES[state], state.padEnd(6));
    const shares = found?.shares.map((share) => share.epoch).join(", ") ?? "";
    const says = trouble ?? (shares === "" ? "holds no share" : `share of epoch ${shares}`);
    const weak = found?.weakness ? `  weak: ${found.weakness}` : "";
    io.out(`${name.padEnd(width)}  ${kind.padEnd(6)}  ${word}  ${says}${weak}\n`);
  }
  io.out(`${summary(epoch, holding, trees.size)}\n`);
  return ok ? 0 : 1;
}

/** Asks one, who counts as away when he does not answer by his own name. */
async function look(io: CliIo, { name, kind, path }: CustodianEntry): Promise<Seen> {
  try {
    const found = kind === "root" ? await lookAtFile(name, path) : await ask(io, name, path);
    if (found === null) return { name, kind, trouble: "nothing is there", status: null };
    if (found.name === name) return { name, kind, trouble: null, status: found };
    return { name, kind, trouble: `answers as ${found.name}`, status: null };
  } catch (error) {
    if (!(error instanceof JikimError)) throw error;
    return { name, kind, trouble: error.code, status: null };
  }
}

async function ask(io: CliIo, name: string, path: string): Promise<CustodianStatus | null> {
  if (!existsSync(path)) return null;
  const remote = connectCustodian(name, path, { clock: io.clock });
  try {
    return await remote.status(null);
  } finally {
    await remote.close();
  }
}

function stateOf(status: CustodianStatus | null, epoch: number | null): State {
  if (status === null) return "away";
  if (epoch === null) return "none";
  const isNewest = status.mark?.epoch === epoch && status.shares.some((s) => s.epoch === epoch);
  return isNewest ? "newest" : "behind";
}

function summary(epoch: number | null, holding: number, trees: number): string {
  if (trees > 1) return "they belong to different key trees: one of them is not this keeper's";
  if (epoch === null) return "no root is known to those who answer";
  const held = `${holding} of 3 hold the root of epoch ${epoch}`;
  if (holding === 3) return `${held}: any one of them may be lost`;
  if (holding === 2) return `${held}: neither may be lost until the third is back`;
  return `${held}: too few to open the keys or to destroy; bring another one back`;
}
