/**
 * The few file operations the key stores need, as an argument: the power-loss test records them
 * and replays every state a disk may be in after the current went away.
 */
import { closeSync, existsSync, fstatSync, openSync, readSync } from "node:fs";
import { open, rename, rm, statfs } from "node:fs/promises";
import { dirname } from "node:path";

import { assert } from "../base/assert.ts";

export interface KeyFile {
  /** Which file this is, so that a copy of it is another one: inode number and birth time. */
  identity(): { readonly id: string; readonly links: number };
  size(): number;
  /** Fills `into` from `position` on. Returns the bytes read: fewer at the end of the file. */
  read(into: Uint8Array, position: number): number;
  write(parts: readonly Uint8Array[], position: number): Promise<void>;
  truncate(size: number): Promise<void>;
  /** Returns when the bytes are on the medium (fdatasync). */
  datasync(): Promise<void>;
  close(): Promise<void>;
}

export interface Files {
  exists(path: string): boolean;
  /** For reading and writing; `create` makes the file, mode 0600, and fails if it is there. */
  open(path: string, how: "create" | "existing"): Promise<KeyFile>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Makes created, renamed and removed names of the file's folder durable. */
  syncFolderOf(path: string): Promise<void>;
  /** Magic number of the file system a path lies on (statfs(2) f_type), and its mount options. */
  medium(path: string): Promise<{ readonly type: number; readonly options: string }>;
}

/** The operating system's files. */
export const diskFiles: Files = Object.freeze<Files>({
  exists: existsSync,
  async open(path, how) {
    const handle = await open(path, how === "create" ? "wx+" : "r+", 0o600);
    return Object.freeze<KeyFile>({
      identity() {
        const stat = fstatSync(handle.fd, { bigint: true });
        return { id: `${stat.ino}.${stat.birthtimeNs}`, links: Number(stat.nlink) };
      },
      size: () => fstatSync(handle.fd).size,
      read(into, position) {
        let done = 0;
        while (done < into.length) {
          const got = readSync(handle.fd, into, done, into.length - done, position + done);
          if (got === 0) break;
          done += got;
        }
        return done;
      },
      async write(parts, position) {
        let at = position;
        for (const part of parts) {
          const { bytesWritten } = await handle.write(part, 0, part.length, at);
          assert(bytesWritten === part.length, "a short write is an error of the disk");
          at += part.length;
        }
      },
      truncate: (size) => handle.truncate(size),
      datasync: () => handle.datasync(),
      close: () => handle.close(),
    });
  },
  rename,
  remove: (path) => rm(path, { force: true }),
  async syncFolderOf(path) {
    const folder = await open(dirname(path), "r");
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  },
  async medium(path) {
    const { type } = await statfs(path);
    return { type, options: mountOptionsOf(path) };
  },
});

/** Options of the mount a path lies on (Linux); empty where the system does not tell. */
function mountOptionsOf(path: string): string {
  if (!existsSync("/proc/self/mountinfo")) return "";
  const fd = openSync("/proc/self/mountinfo", "r");
  try {
    const bytes = Buffer.alloc(1_048_576);
    const text = bytes.toString("utf8", 0, readSync(fd, bytes));
    let best = { point: "", options: "" };
    for (const line of text.split("\n")) {
      const point = line.split(" ")[4] ?? "";
      const under = path === point || path.startsWith(point.endsWith("/") ? point : `${point}/`);
      const options = line.split(" - ")[1]?.split(" ")[2] ?? "";
      if (under && point.length >= best.point.length) best = { point, options };
    }
    return best.options;
  } finally {
    closeSync(fd);
  }
}
