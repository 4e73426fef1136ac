/**
 * One process per folder. The lock is a file beside the folder that names its owner: pid, start
 * time of that process, boot and host. A dead owner's lock is taken over; an owner on another host
 * cannot be asked, so its lock stands until a person removes it.
 */
import { randomUUID } from "node:crypto";
import { link, mkdir, readFile, rename, rm, unlink, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { JikimError } from "../base/errors.ts";

export interface FolderLock {
  /** Gives the folder free. Safe to call more than once. */
  release(): Promise<void>;
}

interface Owner {
  readonly pid: number;
  /** Clock ticks from boot to the start of the process, where the system tells it. */
  readonly started: string;
  readonly boot: string;
  readonly host: string;
}

/** Throws ERR_STORE_LOCKED when a living process, or one we cannot ask, owns the folder. */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const path = `${folder.replace(/\/+$/, "")}.lock`;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const text = JSON.stringify(await ownerOf(process.pid));
  // Written whole beside it and linked into place: nobody ever reads half a lock.
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, text, { mode: 0o600, flag: "wx" });
  try {
    if (!(await linked(draft, path))) {
      await removeStale(path);
      if (!(await linked(draft, path))) throw locked(null);
    }
  } finally {
    await unlink(draft);
  }
  return {
    async release() {
      // Only our own lock: after a wrong manual removal it may be someone else's.
      if ((await readText(path)) === text) await rm(path, { force: true });
    },
  };
}

async function removeStale(path: string): Promise<void> {
  const text = await readText(path);
  if (text === null) return;
  const owner = parseOwner(text);
  if (owner === null || !(await isDead(owner))) throw locked(owner);
  // Two takers may both have seen the dead owner: what was moved away must be what was judged.
  const aside = `${path}.${randomUUID()}`;
  await rename(path, aside).catch(() => {
    throw locked(owner);
  });
  const moved = await readText(aside);
  if (moved !== text) {
    await linked(aside, path);
    await rm(aside, { force: true });
    throw locked(null);
  }
  await rm(aside, { force: true });
}

async function isDead(owner: Owner): Promise<boolean> {
  if (owner.host !== hostname()) return false;
  const now = await ownerOf(owner.pid);
  if (owner.boot !== now.boot) return true;
  if (!isAlive(owner.pid)) return true;
  // The pid was given to another process since.
  return owner.started !== "" && now.started !== "" && owner.started !== now.started;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}

async function ownerOf(pid: number): Promise<Owner> {
  // /proc is Linux's; elsewhere pid and host decide alone.
  const stat = (await readText(`/proc/${pid}/stat`)) ?? "";
  // The name of the program may hold spaces and brackets; fields count from its last bracket.
  const started = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  const boot = ((await readText("/proc/sys/kernel/random/boot_id")) ?? "").trim();
  return { pid, started, boot, host: hostname() };
}

function parseOwner(text: string): Owner | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null) return null;
    const { pid, started, boot, host } = value as Partial<Record<keyof Owner, unknown>>;
    if (typeof pid !== "number" || !Number.isSafeInteger(pid) || pid <= 0) return null;
    if (typeof started !== "string" || typeof boot !== "string") return null;
    return typeof host === "string" ? { pid, started, boot, host } : null;
  } catch {
    return null;
  }
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw new JikimError("ERR_STORE_UNAVAILABLE", "the lock of the folder cannot be written", {
      reason: "lock",
    });
  }
}

async function readText(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch {
    return null;
  }
}

function locked(owner: Owner | null): JikimError {
  const who = owner === null ? "another process" : `process ${owner.pid} on ${owner.host}`;
  return new JikimError(
    "ERR_STORE_LOCKED",
    `the folder is in use by ${who}; if that is surely gone, remove the .lock file beside it`,
    owner === null ? {} : { pid: owner.pid, host: owner.host },
  );
}
