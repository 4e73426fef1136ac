/**
 * The coercive attacker of Reardon et al. (CCS 2013): he has every node ever sealed, everything
 * that was ever sealed under its keys, every look-up tag, and a root file. Every 32 bytes of the
 * root file are tried as a key; every key found is tried on the nodes below, until nothing new
 * opens. With the slot keys he then holds he opens what can be opened.
 */
import { createHmac } from "node:crypto";

import { bindFields } from "../../../src/keys/bind-fields.ts";
import { readHead, slotsOf } from "../../../src/keys/envelope/locks.ts";
import { derivePair, pairInfo } from "../../../src/keys/envelope/pair-key.ts";
import { openAt } from "../../../src/keys/envelope/seal.ts";
import { openChunk } from "../../../src/keys/stream/chunk.ts";
import { fileKey } from "../../../src/keys/stream/file-key.ts";
import { readHeader } from "../../../src/keys/stream/format.ts";
import { nodeId, nodePlace } from "../../../src/keys/tree/geometry.ts";
import { FANOUT, KEY_BYTES, openNode } from "../../../src/keys/tree/node.ts";
import { MARKER } from "./forensic-policy.ts";
import type { IndexedValue, SealedThing } from "./truth.ts";

/** Node number → its sealed versions. */
export type Nodes = ReadonlyMap<number, readonly Buffer[]>;

/** What the attacker holds in the end. */
export interface Loot {
  /** Slot → its keys; more than one only if slots were given out twice. */
  readonly slots: ReadonlyMap<number, readonly Buffer[]>;
  /** Keys out of the root file that opened a node. */
  readonly roots: readonly Buffer[];
  /** Keys of nodes below the top. */
  readonly nodeKeys: readonly Buffer[];
}

const text = (key: Uint8Array): string => Buffer.from(key).toString("latin1");

/** Everything that follows from a root file and all nodes. */
export function closure(nodes: Nodes, rootFile: Buffer): Loot {
  const slots = new Map<number, Map<string, Buffer>>();
  const nodeKeys = new Map<string, Buffer>();
  const tried = new Set<string>();
  const enter = (id: number, key: Buffer): boolean => {
    const attempt = `${id}.${text(key)}`;
    if (tried.has(attempt)) return false;
    tried.add(attempt);
    let opened = false;
    for (const blob of nodes.get(id) ?? []) {
      const keys = tryOpen(id, blob, key);
      if (keys === null) continue;
      opened = true;
      for (const [position, child] of keysOf(keys)) {
        const { level, index } = nodePlace(id);
        const at = index * FANOUT + position;
        if (level === 0) {
          slots.set(at, (slots.get(at) ?? new Map<string, Buffer>()).set(text(child), child));
        } else {
          nodeKeys.set(text(child), child);
          enter(nodeId({ level: level - 1, index: at }), child);
        }
      }
    }
    return opened;
  };
  const inner = [...nodes.keys()].filter((id) => nodePlace(id).level > 0);
  const roots = windowsOf(rootFile).filter(
    (window) => inner.filter((id) => enter(id, window)).length > 0,
  );
  return {
    slots: new Map([...slots].map(([slot, keys]) => [slot, [...keys.values()]])),
    roots,
    nodeKeys: [...nodeKeys.values()],
  };
}

function tryOpen(id: number, blob: Buffer, key: Buffer): Buffer | null {
  try {
    return openNode(nodePlace(id), blob, key);
  } catch {
    return null;
  }
}

function* keysOf(keys: Buffer): Generator<readonly [number, Buffer]> {
  for (let position = 0; position < FANOUT; position += 1) {
    const key = keys.subarray(position * KEY_BYTES, (position + 1) * KEY_BYTES);
    if (key.some((byte) => byte !== 0)) yield [position, Buffer.from(key)];
  }
}

/** All that could be a key: a key is not nearly all zeros. */
function windowsOf(rootFile: Buffer): readonly Buffer[] {
  const windows = new Map<string, Buffer>();
  for (let at = 0; at + KEY_BYTES <= rootFile.length; at += 1) {
    const window = rootFile.subarray(at, at + KEY_BYTES);
    if (new Set(window).size > 8) windows.set(text(window), window);
  }
  return [...windows.values()];
}

/** The slots a thing is sealed under. */
export function locksOf(thing: SealedThing): readonly number[] {
  return slotsOf(readHead(wrapOf(thing)).locks);
}

function wrapOf({ kind, sealed }: SealedThing): Uint8Array {
  const bytes = Buffer.from(sealed, "base64");
  if (kind !== "file") return bytes;
  const header = readHeader(bytes);
  if (header === null) throw new Error("a sealed file begins with its header");
  return header.wrapped;
}

/** The key made of a thing's locks, with the loot's keys; null when a lock is missing. */
export function pairOf(thing: SealedThing, loot: Loot): Buffer | null {
  const locks = locksOf(thing).map((slot) => loot.slots.get(slot)?.at(0));
  if (!locks.every((lock) => lock !== undefined)) return null;
  return derivePair(locks, pairInfo(thing.context));
}

function openWrap(thing: SealedThing, loot: Loot): Buffer | null {
  const wrap = wrapOf(thing);
  const key = pairOf(thing, loot);
  if (key === null) return null;
  const { context } = thing;
  const bound = { key, head: wrap.subarray(0, readHead(wrap).fixed), info: pairInfo(context) };
  try {
    return Buffer.from(openAt(bound, context, wrap));
  } catch {
    return null;
  }
}

/** The key of a file, out of its header; null for what is none and where a lock is missing. */
export function fileKeyOf(thing: SealedThing, loot: Loot): Buffer | null {
  return thing.kind === "file" ? openWrap(thing, loot) : null;
}

/** Does it open? Associated data and tag tell that it is what was sealed there. */
export function canOpen(thing: SealedThing, loot: Loot): boolean {
  const plain = openWrap(thing, loot);
  if (plain === null) return false;
  if (thing.kind !== "file") return true;
  const bytes = Buffer.from(thing.sealed, "base64");
  const header = readHeader(bytes);
  if (header === null) return false;
  const file = fileKey(plain, thing.context.record, header);
  try {
    const chunk = bytes.subarray(header.bytes.length);
    return openChunk(file, { counter: 0, isLast: false }, chunk).includes(MARKER);
  } catch {
    return false;
  }
}

/** Can a tag of this value that was ever stored be made with a key of the loot's? */
export function canTag(value: IndexedValue, loot: Loot, tags: ReadonlySet<string>): boolean {
  const bytes = bindFields(["email", value.normalised]);
  for (const keys of loot.slots.values()) {
    for (const key of keys) {
      const tag = createHmac("sha256", key).update(bytes).digest("hex").slice(0, 32);
      if (tags.has(tag)) return true;
    }
  }
  return false;
}
