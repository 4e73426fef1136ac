/**
 * One keeper at a time, by a lock file that names the process holding it. Node has no flock(2).
 *
 * It holds against a second keeper on this machine, and against the file a dead one left: a
 * process is dead when the machine was started anew since, or when no process of that number and
 * start time runs. In another pid namespace (a container) numbers say nothing; there the kernel is
 * asked: the holder listens on a socket beside the file, and a socket that refuses has no process
 * behind it. Where that cannot be asked either, the holder is taken to live.
 *
 * It does not hold against another machine (the root may not lie on a network file system:
 * medium.ts), nor against someone who removes the file; the owner then notices at its next write
 * (`check`). What truly fences is the sequence in the commit; the lock keeps honest mistakes out.
 */
import { randomUUID } from "node:crypto";
import { linkSync, readFileSync, readlinkSync, renameSync, rmSync, writeFileSync } from "node:fs";

import { JikimError } from "../../base/errors.ts";
import { isAnswered, lifeLine, type LifeLine, lifeLinePath } from "./life-line.ts";

const MAX_LOCK_BYTES = 1024;

interface Holder {
  readonly pid: number;
  readonly boot: string;
  /** Start time of the process in clock ticks since boot; empty where the system does not tell. */
  readonly started: string;
  readonly namespace: string;
  /** Tells two locks of one process apart. */
  readonly token: string;
  /** Does it listen on a life line? */
  readonly listens: boolean;
}

export interface LockFile {
  /** Throws ERR_KEEPER_FENCED when the file no longer names this holder. */
  check(): void;
  release(): void;
}

/**
 * Takes the lock. Throws ERR_KEEPER_RUNNING when a living process holds it.
 * @example
 * const lock = await takeLock("/var/lib/jikim/keys/lock");
 * try { … } finally { lock.release(); }
 */
export async function takeLock(path: string): Promise<LockFile> {
  const token = randomUUID().slice(0, 13);
  // Before the file is there: whoever reads the file may ask.
  const line = await lifeLine(lifeLinePath(path, token));
  const text = JSON.stringify({ ...thisProcess(), token, listens: line !== null });
  try {
    for (let attempt = 0; attempt < 3; attempt += 1) {
      if (create(path, text, token)) return held(path, text, line);
      const found = read(path);
      if (found !== null && (await isAlive(path, found))) break;
      removeStale(path, found, token);
    }
    throw running(path);
  } catch (error) {
    line?.end();
    throw error;
  }
}

function running(path: string): JikimError {
  const pid = read(path)?.pid ?? null;
  const who = pid === null ? "another keeper" : `another keeper (process ${pid})`;
  const mend = `if it is surely gone, remove ${path}`;
  return new JikimError("ERR_KEEPER_RUNNING", `${who} holds these keys; ${mend}`, { pid });
}

function held(path: string, text: string, line: LifeLine | null): LockFile {
  let released = false;
  const isMine = (): boolean => !released && readText(path) === text;
  return Object.freeze<LockFile>({
    check() {
      if (isMine()) return;
      throw new JikimError("ERR_KEEPER_FENCED", "this keeper no longer holds its lock file");
    },
    release() {
      if (isMine()) rmSync(path, { force: true });
      released = true;
      line?.end();
    },
  });
}

/** Linked into place, so that nobody ever sees a lock file without its holder's name. */
function create(path: string, text: string, token: string): boolean {
  const draft = `${path}.${token}`;
  writeFileSync(draft, text, { flag: "wx", mode: 0o600 });
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/**
 * Moves the dead holder's file aside. Two who find the same dead one may both move: whoever finds
 * that the file moved was not the one judged puts it back.
 */
function removeStale(path: string, judged: Holder | null, token: string): void {
  const aside = `${path}.${token}`;
  try {
    renameSync(path, aside);
  } catch {
    return; // someone else was first; the next attempt sees what they left
  }
  try {
    if (read(aside)?.token !== judged?.token) linkSync(aside, path);
    else if (judged?.listens === true) rmSync(lifeLinePath(path, judged.token), { force: true });
  } catch {
    // A third has made a new lock: the owner of the one moved will notice at `check`.
  } finally {
    rmSync(aside, { force: true });
  }
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, "utf8").slice(0, MAX_LOCK_BYTES);
  } catch {
    return null;
  }
}

/** The holder a file names; null when it names none: then nobody alive wrote it. */
function read(path: string): Holder | null {
  const text = readText(path);
  if (text === null || text === "") return null;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null) return null;
    const field = (name: string): unknown => (value as Record<string, unknown>)[name];
    const pid = field("pid");
    return {
      pid: typeof pid === "number" ? pid : -1,
      boot: String(field("boot")),
      started: String(field("started")),
      namespace: String(field("namespace")),
      token: String(field("token")),
      listens: field("listens") === true,
    };
  } catch {
    return null;
  }
}

async function isAlive(path: string, holder: Holder): Promise<boolean> {
  const here = thisProcess();
  if (holder.boot !== here.boot) return false;
  if (holder.namespace !== here.namespace) {
    return !holder.listens || (await isAnswered(lifeLinePath(path, holder.token)));
  }
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  // The number may have been given to a younger process since.
  return startOf(holder.pid) === holder.started;
}

function thisProcess(): Omit<Holder, "token" | "listens"> {
  return {
    pid: process.pid,
    boot: (readText("/proc/sys/kernel/random/boot_id") ?? "").trim(),
    started: startOf(process.pid),
    namespace: namespaceOf(),
  };
}

function startOf(pid: number): string {
  // Field 22 of proc(5) stat; the name in field 2 may hold blanks, so counting starts after it.
  const stat = readText(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
}

function namespaceOf(): string {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    return "";
  }
}
