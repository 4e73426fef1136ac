/**
 * Node store of one machine: an append-only log with its own fdatasync, an index in memory, and
 * compaction into a new file. It does not lean on a database's promise of durability, because
 * this commit permits wiping a root.
 */
import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";

import { assert, present } from "../../base/assert.ts";
import { JikimError } from "../../base/errors.ts";
import type { Files, KeyFile } from "../files.ts";
import { BLOB_BYTES } from "../tree/node.ts";
import type { NodeBlob, NodeStore, TreeHead } from "../tree/stores.ts";
import {
  commitRecord,
  LOG_HEADER_BYTES,
  logHeader,
  NODE_RECORD_BYTES,
  nodeRecord,
  readCommits,
  readHeadBefore,
  readLogHeader,
} from "./log-format.ts";
import { createLogIndex, readSnapshot, writeSnapshot, type LogIndex } from "./log-index.ts";

/** The log is read from the last snapshot on: at most this much, half a second. */
const SNAPSHOT_EVERY_BYTES = 64 * 1_048_576;
/** Compaction waits for this much waste, so that a small log is not copied all the time. */
const SMALLEST_WASTE_BYTES = 64 * 1_048_576;
const MAX_SNAPSHOT_BYTES = 512 * 1_048_576;

export interface FileLogOptions {
  readonly files: Files;
  /** Throws when this keeper no longer owns the files; asked before every commit. */
  readonly guard?: () => void;
  /** Bytes of dead nodes that set a compaction off; 64 MiB, and never less than the living. */
  readonly wasteBytes?: number;
}

export interface FileLog extends NodeStore {
  /** Copies the living nodes into a new log that takes the old one's place. */
  compact(): Promise<void>;
  /** Bytes of the log. */
  size(): number;
}

interface Log {
  readonly path: string;
  readonly files: Files;
  readonly guard: () => void;
  readonly wasteBytes: number;
  file: KeyFile;
  generation: number;
  /** Where the last commit ends; bytes beyond are torn and are cut off by the next commit. */
  end: number;
  head: TreeHead | null;
  index: LogIndex;
  /** Where the log ended when the last snapshot was taken. */
  snapshotEnd: number;
}

/**
 * Opens the log, or makes it. A torn tail is passed over and only cut off by the next commit:
 * should it be damage rather than a crash, the tree refuses to open and nothing is lost.
 * @example const nodes = await openFileLog("/var/lib/jikim/keys/tree.log", { files: diskFiles });
 */
export async function openFileLog(path: string, options: FileLogOptions): Promise<FileLog> {
  const { files } = options;
  await files.remove(`${path}.new`); // a compaction that was cut short
  const fresh = !files.exists(path);
  const file = await files.open(path, fresh ? "create" : "existing");
  try {
    if (readLogHeader(file) === null) {
      await file.write([logHeader(1)], 0);
      await file.datasync();
    }
    await files.syncFolderOf(path);
    const log: Log = {
      path,
      files,
      guard: options.guard ?? (() => undefined),
      wasteBytes: options.wasteBytes ?? SMALLEST_WASTE_BYTES,
      file,
      generation: present(readLogHeader(file), "the log has a header"),
      end: LOG_HEADER_BYTES,
      head: null,
      index: createLogIndex(),
      snapshotEnd: LOG_HEADER_BYTES,
    };
    await restoreSnapshot(log);
    for (const commit of readCommits(file, log.end)) {
      for (const [id, position] of commit.nodes) log.index.set(id, position);
      log.head = commit.head;
      log.end = commit.end;
    }
    return fileLog(log);
  } catch (error) {
    await file.close();
    throw error;
  }
}

function fileLog(log: Log): FileLog {
  return Object.freeze<FileLog>({
    head: async () => log.head,
    get: async (ids) => ids.map((id) => readBlob(log, id)),
    commit: (expected, next, nodes) => commit(log, expected, { next, nodes }),
    compact: () => compact(log),
    size: () => log.end,
    async close() {
      if (log.head !== null && log.end > log.snapshotEnd) await takeSnapshot(log);
      await log.file.close();
    },
  });
}

function readBlob(log: Log, id: number): Uint8Array {
  const position = log.index.position(id);
  const blob = Buffer.allocUnsafeSlow(BLOB_BYTES);
  if (position === undefined || log.file.read(blob, position) !== BLOB_BYTES) {
    throw new JikimError("ERR_KEY_NODE_DAMAGED", "a node of the key tree is missing", { id });
  }
  return blob;
}

async function commit(
  log: Log,
  expected: number | null,
  change: { readonly next: TreeHead; readonly nodes: AsyncIterable<readonly NodeBlob[]> },
): Promise<void> {
  assertOwner(log, expected);
  if (log.file.size() > log.end) await log.file.truncate(log.end);
  const hash = createHash("sha256");
  const placed: [number, number][] = [];
  let at = log.end;
  for await (const batch of change.nodes) {
    const parts: Uint8Array[] = [];
    const start = at;
    for (const node of batch) {
      const record = nodeRecord(node);
      for (const part of record) hash.update(part);
      parts.push(...record);
      placed.push([node[0], at + NODE_RECORD_BYTES - BLOB_BYTES]);
      at += NODE_RECORD_BYTES;
    }
    await log.file.write([Buffer.concat(parts)], start);
  }
  const record = commitRecord(change.next, hash);
  await log.file.write([record], at);
  await log.file.datasync();
  for (const [id, position] of placed) log.index.set(id, position);
  log.end = at + record.length;
  log.head = change.next;
  if (isWasteful(log)) await compact(log);
  else if (log.end - log.snapshotEnd > SNAPSHOT_EVERY_BYTES) await takeSnapshot(log);
}

/**
 * Another keeper that got past the lock has appended, or put another file in place: both are seen
 * here. Nothing can see a write between this look and ours; the lock file stands before it.
 */
function assertOwner(log: Log, expected: number | null): void {
  log.guard();
  const same = (log.head?.sequence ?? null) === expected && log.file.identity().links === 1;
  // Bytes beyond the end are a torn tail from before; a whole commit there is someone else's.
  const longer = same && log.file.size() > log.end;
  if (same && !(longer && readCommits(log.file, log.end).next().done !== true)) return;
  throw new JikimError("ERR_KEEPER_FENCED", "another keeper has written to the key tree", {
    expected,
    sequence: log.head?.sequence ?? null,
  });
}

function isWasteful(log: Log): boolean {
  const living = log.index.count * NODE_RECORD_BYTES;
  return log.end - living > Math.max(log.wasteBytes, living);
}

async function compact(log: Log): Promise<void> {
  const head = log.head;
  if (head === null) return;
  log.guard();
  const path = `${log.path}.new`;
  await log.files.remove(path);
  const file = await log.files.open(path, "create");
  const generation = log.generation + 1;
  const index = createLogIndex();
  const hash = createHash("sha256");
  await file.write([logHeader(generation)], 0);
  let at = LOG_HEADER_BYTES;
  let parts: Uint8Array[] = [];
  let start = at;
  const flush = async (): Promise<void> => {
    await file.write([Buffer.concat(parts)], start);
    parts = [];
    start = at;
  };
  for (const id of log.index.ids()) {
    const record = nodeRecord([id, readBlob(log, id)]);
    for (const part of record) hash.update(part);
    parts.push(...record);
    index.set(id, at + NODE_RECORD_BYTES - BLOB_BYTES);
    at += NODE_RECORD_BYTES;
    if (parts.length >= 1024) await flush();
  }
  const record = commitRecord(head, hash);
  parts.push(record);
  at += record.length;
  await flush();
  await file.datasync();
  log.guard();
  await log.files.rename(path, log.path);
  await log.files.syncFolderOf(log.path);
  const old = log.file;
  Object.assign(log, { file, generation, index, end: at });
  await old.close();
  await takeSnapshot(log);
}

/** A snapshot is a convenience: it is not synced, and a torn one is not used. */
async function takeSnapshot(log: Log): Promise<void> {
  const path = `${log.path}.index`;
  await log.files.remove(`${path}.new`);
  const file = await log.files.open(`${path}.new`, "create");
  const { generation, end, index } = log;
  const head = present(log.head, "a log with a snapshot has a head");
  await file.write([writeSnapshot({ generation, end, head, index })], 0);
  await file.close();
  await log.files.rename(`${path}.new`, path);
  log.snapshotEnd = end;
}

async function restoreSnapshot(log: Log): Promise<void> {
  const path = `${log.path}.index`;
  if (!log.files.exists(path)) return;
  const file = await log.files.open(path, "existing");
  try {
    if (file.size() > MAX_SNAPSHOT_BYTES) return;
    const bytes = Buffer.allocUnsafeSlow(file.size());
    assert(file.read(bytes, 0) === bytes.length, "a file is read whole");
    const snapshot = readSnapshot(bytes);
    // A snapshot that reaches beyond the log was taken of a newer one: it says nothing here.
    if (snapshot?.generation !== log.generation || snapshot.end > log.file.size()) return;
    const last = readHeadBefore(log.file, snapshot.end);
    if (last === null || !isDeepStrictEqual(last, snapshot.head)) return;
    Object.assign(log, { end: snapshot.end, head: snapshot.head, index: snapshot.index });
    log.snapshotEnd = snapshot.end;
  } finally {
    await file.close();
  }
}
