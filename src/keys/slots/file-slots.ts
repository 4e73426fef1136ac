/**
 * Slot map of one machine: an append-only file of batches, read whole at opening.
 *
 *   header "KSLOT1\0\0"
 *   batch  length u32 | entries | sha256 of the batch before and these entries
 *   entry  pool u8 | slot u48 | name length u8 | name
 *
 * The hashes are chained: a batch that was cut out or put elsewhere ends the file there.
 */
import { createHash } from "node:crypto";

import { assert, present } from "../../base/assert.ts";
import { JikimError } from "../../base/errors.ts";
import type { Files, KeyFile } from "../files.ts";
import {
  MAX_NAME_BYTES,
  poolByte,
  poolOfByte,
  type SlotEntry,
  type SlotMap,
  type SlotPool,
} from "./slot-map.ts";

const MAGIC = "KSLOT1\0\0";
const HASH_BYTES = 32;
const ENTRY_FIXED = 8;
const MAX_BATCH_BYTES = 16_777_216;

export interface FileSlotsOptions {
  readonly files: Files;
  /** Throws when this keeper no longer owns the file; asked before every write. */
  readonly guard?: () => void;
}

interface Slots {
  readonly file: KeyFile;
  readonly guard: () => void;
  /** By pool: listing the few epochs of the index must not walk past millions of subjects. */
  readonly byName: Readonly<Record<SlotPool, Map<string, number>>>;
  readonly last: Map<SlotPool, number>;
  assigned: number;
  end: number;
  chain: Buffer;
}

/** @example const map = await openFileSlots("/var/lib/jikim/keys/slots", { files }); */
export async function openFileSlots(path: string, options: FileSlotsOptions): Promise<SlotMap> {
  const { files } = options;
  const fresh = !files.exists(path);
  const file = await files.open(path, fresh ? "create" : "existing");
  try {
    if (file.size() < MAGIC.length) {
      await file.write([Buffer.from(MAGIC, "latin1")], 0);
      await file.datasync();
    }
    await files.syncFolderOf(path);
    const slots: Slots = {
      file,
      guard: options.guard ?? (() => undefined),
      byName: { subject: new Map(), day: new Map(), index: new Map(), own: new Map() },
      last: new Map(),
      assigned: 0,
      end: MAGIC.length,
      chain: Buffer.alloc(HASH_BYTES),
    };
    readBatches(slots);
    return slotMap(slots);
  } catch (error) {
    await file.close();
    throw error;
  }
}

function slotMap(slots: Slots): SlotMap {
  return Object.freeze<SlotMap>({
    get assigned() {
      return slots.assigned;
    },
    last: (pool) => slots.last.get(pool) ?? null,
    find: async (names) => names.map((name) => namesLike(slots, name).get(keyOf(name))),
    async assign(entries) {
      if (entries.length === 0) return;
      slots.guard();
      const body = Buffer.concat(entries.map(entryBytes));
      assert(body.length <= MAX_BATCH_BYTES, "a batch of slots is bounded");
      const length = Buffer.alloc(4);
      length.writeUInt32BE(body.length);
      const chain = createHash("sha256").update(slots.chain).update(body).digest();
      if (slots.file.size() > slots.end) await slots.file.truncate(slots.end);
      await slots.file.write([Buffer.concat([length, body, chain])], slots.end);
      await slots.file.datasync();
      for (const entry of entries) take(slots, entry);
      slots.chain = chain;
      slots.end += 4 + body.length + HASH_BYTES;
    },
    async list(pool) {
      return [...slots.byName[pool]].map(([name, slot]) => ({
        name: Buffer.from(name, "latin1"),
        slot,
      }));
    },
    close: () => slots.file.close(),
  });
}

/** One character a byte: half the memory of hexadecimal, for a map of millions. */
function keyOf(name: Uint8Array): string {
  return Buffer.from(name.buffer, name.byteOffset, name.length).toString("latin1");
}

/** Names of the pool that a name belongs to. */
function namesLike({ byName }: Slots, name: Uint8Array): Map<string, number> {
  return byName[present(poolOfByte(name[0] ?? 0), "a name begins with its pool")];
}

function take(slots: Slots, { pool, name, slot }: SlotEntry): void {
  if (name !== null) slots.byName[pool].set(keyOf(name), slot);
  slots.last.set(pool, slot);
  slots.assigned += 1;
}

function entryBytes({ pool, name, slot }: SlotEntry): Buffer {
  const length = name?.length ?? 0;
  assert(length <= MAX_NAME_BYTES, "a slot's name is at most 160 bytes");
  const bytes = Buffer.alloc(ENTRY_FIXED + length);
  bytes.writeUInt8(poolByte(pool), 0);
  bytes.writeUIntBE(slot, 1, 6);
  bytes.writeUInt8(length, 7);
  if (name !== null) bytes.set(name, ENTRY_FIXED);
  return bytes;
}

/** A torn last batch never happened: no key of it was used. */
function readBatches(slots: Slots): void {
  const size = slots.file.size();
  const magic = Buffer.alloc(MAGIC.length);
  slots.file.read(magic, 0);
  if (magic.toString("latin1") !== MAGIC) throw damaged();
  const length = Buffer.alloc(4);
  while (slots.end + 4 <= size) {
    slots.file.read(length, slots.end);
    const bytes = length.readUInt32BE();
    if (bytes > MAX_BATCH_BYTES || slots.end + 4 + bytes + HASH_BYTES > size) return;
    const batch = Buffer.alloc(bytes + HASH_BYTES);
    slots.file.read(batch, slots.end + 4);
    const body = batch.subarray(0, bytes);
    const chain = createHash("sha256").update(slots.chain).update(body).digest();
    if (!chain.equals(batch.subarray(bytes))) return;
    for (let at = 0; at < bytes;) {
      const pool = poolOfByte(body.readUInt8(at));
      if (pool === null) throw damaged();
      const end = at + ENTRY_FIXED + body.readUInt8(at + 7);
      const name = end > at + ENTRY_FIXED ? body.subarray(at + ENTRY_FIXED, end) : null;
      take(slots, { pool, slot: body.readUIntBE(at + 1, 6), name });
      at = end;
    }
    slots.chain = chain;
    slots.end += 4 + bytes + HASH_BYTES;
  }
}

function damaged(): JikimError {
  return new JikimError("ERR_KEY_MAP_STALE", "this is no slot map that can be read");
}
