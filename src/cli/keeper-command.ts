import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { JikimError } from "../base/errors.ts";
import { supervise } from "../keys/socket/keeper-process.ts";
import type { KeeperStatus } from "../keys/socket/keeper-wire.ts";
import { readAction } from "./action.ts";
import type { Command, Input } from "./command.ts";
import type { CliIo, ExitCode } from "./io.ts";
import { printJson, styled } from "./io.ts";
import { reachKeeper } from "./keeper-option.ts";
import { runServedKeeper } from "./run-served-keeper.ts";
import { readCustodians } from "./read-custodians.ts";
import type { ServedKeys } from "./open-served-keeper.ts";

const ACTIONS = {
  serve: {
    needs: ["folder", "socket"],
    may: ["database", "custodians", "weakened", "unwatched"],
  },
  status: { needs: ["socket"] },
  restart: { needs: ["socket"] },
} as const;

/** `jikim keeper`: the process that alone holds the keys. */
export const keeperCommand: Command = {
  name: "keeper",
  says: "the process that alone holds the keys: serve, status, restart",
  takes: ["serve|status|restart"],
  options: {
    socket: { takes: "PATH", says: "where others ask it; its folder is made, for its user alone" },
    folder: { takes: "DIR", says: "serve: its lock, and what no database or custodian holds" },
    database: { takes: "URL", says: "serve: a key database, only for keys (or JIKIM_KEYS)" },
    custodians: { takes: "FILE", says: "serve: the three who hold the root, as JSON" },
    weakened: {
      takes: "REASON",
      says: "serve: why keys may lie where they are not surely forgotten (or JIKIM_WEAKENED)",
    },
    unwatched: { takes: null, says: "serve: without the watcher that starts it again (exit 75)" },
  },
  examples: [
    "jikim keeper serve --folder /var/lib/jikim/keys --socket /run/jikim/keeper/s",
    "jikim keeper serve --folder keys --socket run/s --custodians custodians.json",
    "jikim keeper restart --socket /run/jikim/keeper/s      after a run of destructions",
  ],
  exits: "exit codes: 0 done or ended as told, 1 not, 2 misuse",
  run: (input, io) => RUN[readAction("keeper", input, ACTIONS)](input, io),
};

const RUN = { serve, status, restart } as const satisfies Record<
  keyof typeof ACTIONS,
  Command["run"]
>;

async function serve(input: Input, io: CliIo): Promise<ExitCode> {
  const socket = pathOf(input, io, "socket");
  const named = input.text("custodians");
  const keys: ServedKeys = {
    folder: pathOf(input, io, "folder"),
    database: input.text("database") ?? io.keyUrl,
    custodians: named === undefined ? null : readCustodians(io, named),
    weakened: input.text("weakened") ?? io.weakened,
  };
  if (input.on("unwatched")) {
    // Sockets and timers are still open: only leaving ends such a process for certain.
    process.exit(await runServedKeeper(io, keys, socket));
  }
  const main = new URL("main.ts", import.meta.url).pathname;
  const watched = supervise([main, ...againAs(input, io)], io.clock);
  const stop = (): void => void watched.stop();
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
  return (await watched.ended) === 0 ? 0 : 1;
}

/** The same command line for the process that is watched. */
function againAs(input: Input, io: CliIo): readonly string[] {
  const paths = ["folder", "socket", "custodians"] as const;
  const given = [
    ...paths.filter((name) => input.text(name)).map((name) => [name, pathOf(input, io, name)]),
    ...["database", "weakened"].map((name) => [name, input.text(name)]),
  ];
  const options = given.flatMap(([name, value]) => (value ? [`--${name}=${value}`] : []));
  return ["keeper", "serve", ...options, "--unwatched"];
}

async function status(input: Input, io: CliIo): Promise<ExitCode> {
  const keeper = await reachKeeper(io, input.text("socket") ?? "");
  try {
    const found = await keeper.status();
    if (input.json) printJson(io, found);
    else io.out(statusLines(io, found));
    return 0;
  } finally {
    await keeper.close();
  }
}

function statusLines(io: CliIo, found: KeeperStatus): string {
  const { pid, startedAt, forgetAt, tree, epoch, custodians } = found;
  const rows = [
    ["process", `${pid}, since ${iso(startedAt)}`],
    ["tree", `${tree}, epoch ${epoch}`],
    ["root", `held by ${custodians.join(", ")}`],
    ["memory", forgetAt === null ? "nothing to forget" : `forgets by a restart ${iso(forgetAt)}`],
    ...found.weaknesses.map((reason) => ["weakened", styled(io, "yellow", reason)]),
    ...found.memory.map((reason) => ["warning", styled(io, "yellow", reason)]),
  ];
  return rows.map(([name = "", says = ""]) => `${name.padEnd(9)} ${says}\n`).join("");
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

/** How long a new process may take until it answers. */
const ATTEMPTS = 300;
const PAUSE_MS = 100;

async function restart(input: Input, io: CliIo): Promise<ExitCode> {
  const keeper = await reachKeeper(io, input.text("socket") ?? "");
  try {
    const before = await keeper.status();
    await keeper.restart();
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const now = await keeper.status().catch(() => before);
      if (now.startedAt !== before.startedAt || now.pid !== before.pid) {
        if (input.json) printJson(io, { before: before.pid, now: now.pid, epoch: now.epoch });
        else io.out(`process ${before.pid} is gone with its memory; ${now.pid} has its place\n`);
        return 0;
      }
      await sleep(PAUSE_MS);
    }
    throw new JikimError("ERR_PEER_UNREACHABLE", "it ended, and nobody started it again");
  } finally {
    await keeper.close();
  }
}

function pathOf(input: Input, io: CliIo, name: string): string {
  return resolve(io.cwd, input.text(name) ?? "");
}
