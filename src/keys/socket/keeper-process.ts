/**
 * The keeper's process and who watches over it. After a run of destructions the process ends by
 * itself and is started anew: its memory, where a runtime may have left copies no program can
 * zero, goes back to the system. No core is ever dumped of it (`ulimit -c 0`).
 */
import { type ChildProcess, spawn } from "node:child_process";

import type { Clock } from "../../base/clock.ts";
import type { TreeKeeper } from "../open-keeper.ts";
import { serveKeeper, type ServeKeeperOptions } from "./serve-keeper.ts";

/** Exit code of a process that wants to be replaced (EX_TEMPFAIL of sysexits.h). */
export const RESTART_CODE = 75;
/** Exit code of a process that starting again would not help (EX_CONFIG). */
export const REFUSED_CODE = 78;
/** Crashes within a minute after which the watcher gives up: it stays down, it fails closed. */
const MAX_CRASHES = 5;
const CRASH_WINDOW_MS = 60_000;

/**
 * Opens a keeper and serves it until SIGTERM or SIGINT, or until it wants to be replaced. Returns
 * the code to exit with: 0 or {@link RESTART_CODE}.
 * @example process.exit(await runKeeperProcess(() => openKeys(folder, options), path, { clock }));
 */
export async function runKeeperProcess(
  open: () => Promise<TreeKeeper>,
  path: string,
  options: ServeKeeperOptions,
): Promise<number> {
  const keeper = await open();
  const server = await serveKeeper(keeper, path, options).catch(async (error: unknown) => {
    await keeper.close();
    throw error;
  });
  const stop = (): void => void server.close();
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
  return (await server.ended) === "restart" ? RESTART_CODE : 0;
}

export interface Supervised {
  /** Process id of the present child; undefined between two. */
  readonly pid: number | undefined;
  /** How often the process was replaced, as it wanted or after a crash. */
  readonly restarts: number;
  /** The last exit code, when no further process is started: 0, {@link REFUSED_CODE}, or that of
   * the last crash. */
  readonly ended: Promise<number>;
  /** Asks the process to end (SIGTERM) and waits. */
  stop(): Promise<void>;
}

/**
 * Keeps a program running: started again at once when it wants to be replaced, and after a crash
 * a few times, unless it says that this would not help.
 * @param program a module for this Node, and its arguments.
 * @example const keeper = supervise(["keeper.ts", "/var/lib/jikim/keys"], systemClock);
 */
export function supervise(program: readonly string[], clock: Clock): Supervised {
  const { promise: ended, resolve } = Promise.withResolvers<number>();
  let child: ChildProcess | null = null;
  let stopping = false;
  let restarts = 0;
  let crashes: readonly number[] = [];
  const start = (): void => {
    child = spawnWithoutCores(program);
    child.once("error", () => finish(1));
    child.once("exit", (code) => finish(code ?? 1));
  };
  const finish = (code: number): void => {
    if (child === null) return;
    child = null;
    const now = clock.now();
    if (code !== RESTART_CODE)
      crashes = [...crashes.filter((at) => now - at < CRASH_WINDOW_MS), now];
    if (stopping || code === 0 || code === REFUSED_CODE || crashes.length >= MAX_CRASHES) {
      resolve(code);
      return;
    }
    restarts += 1;
    start();
  };
  start();
  return Object.freeze<Supervised>({
    get pid() {
      return child?.pid;
    },
    get restarts() {
      return restarts;
    },
    ended,
    async stop() {
      stopping = true;
      child?.kill("SIGTERM");
      await ended;
    },
  });
}

/** The shell replaces itself by Node, so that the child's number is Node's. */
function spawnWithoutCores(program: readonly string[]): ChildProcess {
  const run = 'ulimit -c 0; exec "$0" "$@"';
  const stdio = ["ignore", "inherit", "inherit"] as const;
  return spawn("/bin/sh", ["-c", run, process.execPath, ...program], { stdio: [...stdio] });
}
