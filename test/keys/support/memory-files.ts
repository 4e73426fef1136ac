/**
 * Files in memory that record every operation, so that a test can build each state a disk may be
 * in after the current went away: whatever was synced is there; of the rest, anything may be.
 */
import type { Files, KeyFile } from "../../../src/keys/files.ts";

export type FileOp =
  | { readonly op: "create"; readonly file: number; readonly path: string }
  | { readonly op: "write"; readonly file: number; readonly at: number; readonly bytes: Buffer }
  | { readonly op: "truncate"; readonly file: number; readonly size: number }
  | { readonly op: "sync"; readonly file: number }
  | { readonly op: "rename"; readonly from: string; readonly to: string }
  | { readonly op: "remove"; readonly path: string }
  | { readonly op: "sync-folder" };

/** What a disk holds: contents by file, and names. */
export interface Disk {
  readonly contents: ReadonlyMap<number, Buffer>;
  readonly names: ReadonlyMap<string, number>;
}

export const EMPTY_DISK: Disk = { contents: new Map(), names: new Map() };

export interface MemoryFiles extends Files {
  readonly ops: readonly FileOp[];
  disk(): Disk;
}

export interface MemoryOptions {
  /** Magic number of the file system it pretends to be; ext4 when not said. */
  readonly type?: number;
  /** A sync takes its time, so that other work gets in between. */
  readonly slow?: boolean;
}

export function memoryFiles(from: Disk = EMPTY_DISK, options: MemoryOptions = {}): MemoryFiles {
  const { type = 0xef53, slow = false } = options;
  const ops: FileOp[] = [];
  let disk = from;
  let nextFile = Math.max(0, ...from.contents.keys()) + 1;
  const note = (op: FileOp): void => {
    ops.push(op);
    disk = applyOp(disk, op);
  };
  const linksOf = (file: number): number =>
    [...disk.names.values()].filter((f) => f === file).length;
  const fileOf = (path: string): number => {
    const file = disk.names.get(path);
    if (file === undefined) throw Object.assign(new Error("ENOENT"), { code: "ENOENT" });
    return file;
  };
  const contents = (file: number): Buffer => disk.contents.get(file) ?? Buffer.alloc(0);
  return {
    ops,
    disk: () => disk,
    exists: (path) => disk.names.has(path),
    async open(path, how) {
      if (how === "create") {
        if (disk.names.has(path)) throw new Error("EEXIST");
        note({ op: "create", file: nextFile, path });
        nextFile += 1;
      }
      const file = fileOf(path);
      return {
        identity: () => ({ id: String(file), links: linksOf(file) }),
        size: () => contents(file).length,
        read(into, position) {
          return contents(file).copy(into, 0, position, position + into.length);
        },
        async write(parts, position) {
          note({ op: "write", file, at: position, bytes: Buffer.concat(parts) });
        },
        truncate: async (size) => note({ op: "truncate", file, size }),
        async datasync() {
          if (slow) await new Promise((resolve) => setImmediate(resolve));
          note({ op: "sync", file });
        },
        close: async () => undefined,
      } satisfies KeyFile;
    },
    rename: async (a, b) => note({ op: "rename", from: a, to: b }),
    remove: async (path) => {
      if (disk.names.has(path)) note({ op: "remove", path });
    },
    syncFolderOf: async () => note({ op: "sync-folder" }),
    medium: async () => ({ type, options: "rw" }),
  };
}

export function applyOp(disk: Disk, op: FileOp): Disk {
  const contents = new Map(disk.contents);
  const names = new Map(disk.names);
  switch (op.op) {
    case "create":
      // The name may reach the disk long after the bytes have.
      if (!contents.has(op.file)) contents.set(op.file, Buffer.alloc(0));
      names.set(op.path, op.file);
      break;
    case "write": {
      const held = contents.get(op.file) ?? Buffer.alloc(0);
      const bytes = Buffer.alloc(Math.max(held.length, op.at + op.bytes.length));
      bytes.set(held);
      bytes.set(op.bytes, op.at);
      contents.set(op.file, bytes);
      break;
    }
    case "truncate": {
      const held = contents.get(op.file) ?? Buffer.alloc(0);
      const bytes = Buffer.alloc(op.size);
      held.copy(bytes);
      contents.set(op.file, bytes);
      break;
    }
    case "rename": {
      const file = names.get(op.from);
      if (file === undefined) break; // the name itself had not reached the disk
      names.delete(op.from);
      names.set(op.to, file);
      break;
    }
    case "remove":
      names.delete(op.path);
      break;
    case "sync":
    case "sync-folder":
      break;
    default:
      op satisfies never;
  }
  return { contents, names };
}

const SECTOR = 512;

/** What may be left of one unsynced write: nothing, all, or a torn part in whole sectors. */
function outcomes(op: FileOp): readonly (FileOp | null)[] {
  if (op.op !== "write") return [op, null];
  const sectors = Math.ceil(op.bytes.length / SECTOR);
  const cuts = [...new Set([1, Math.floor(sectors / 2), sectors - 1])].filter(
    (cut) => cut > 0 && cut < sectors,
  );
  const heads = cuts.map((cut) => ({ ...op, bytes: op.bytes.subarray(0, cut * SECTOR) }));
  // Sectors may also reach the disk back to front.
  const tails = cuts.map((cut) => ({
    ...op,
    at: op.at + cut * SECTOR,
    bytes: op.bytes.subarray(cut * SECTOR),
  }));
  return [null, op, ...heads, ...tails];
}

/**
 * Every state after the current went away behind one of the operations: for each prefix, every
 * mixture of outcomes of what was not synced. Data and names are synced apart.
 */
export function* powerLossStates(
  start: Disk,
  ops: readonly FileOp[],
): Generator<{ readonly after: number; readonly disk: Disk }> {
  for (let after = 0; after <= ops.length; after += 1) {
    let durable = start;
    let pending: FileOp[] = [];
    for (const op of ops.slice(0, after)) {
      const flushed = (p: FileOp): boolean =>
        op.op === "sync-folder"
          ? p.op === "create" || p.op === "rename" || p.op === "remove"
          : op.op === "sync" && (p.op === "write" || p.op === "truncate") && p.file === op.file;
      for (const p of pending) if (flushed(p)) durable = applyOp(durable, p);
      pending = pending.filter((p) => !flushed(p));
      if (op.op !== "sync" && op.op !== "sync-folder") pending.push(op);
    }
    let states: Disk[] = [durable];
    for (const op of pending) {
      states = states.flatMap((disk) =>
        outcomes(op).map((outcome) => (outcome === null ? disk : applyOp(disk, outcome))),
      );
    }
    for (const disk of states) yield { after, disk };
  }
}
