/**
 * Keys of values, kept for at most a minute and wiped when a lock of theirs dies. Found by the
 * head of a sealed value when opening, by the names of its locks when sealing.
 *
 * All keys lie side by side in one buffer, so that zeroing every one of them is one write of
 * `limit` × 32 bytes: what dies with a day costs the same whether it had a thousand records or a
 * million, and is zeroed when `drop` returns, not later.
 */
import { present } from "../base/assert.ts";
import type { Clock } from "../base/clock.ts";
import type { BoundKey } from "./envelope/seal.ts";

/** Longest life of a key in the cache (docs: "caches drained" after this at the latest). */
export const MAX_TTL_MS = 60_000;

/** A slot that dies with more keys than this in the cache empties the cache. */
const CLEAR_BEYOND = 500;

const KEY_BYTES = 32;

export interface PairEntry extends BoundKey {
  readonly key: Buffer;
  /** The head, one character a byte. */
  readonly headText: string;
  /** The names the key was derived for, as one string. */
  readonly names: string;
  readonly slots: readonly number[];
  /** Epoch of the tree it was derived in. */
  readonly epoch: number;
  /** Milliseconds since the epoch between which it may be used: a clock set back ends it too. */
  readonly from: number;
  readonly until: number;
}

export interface PairCache {
  /** The key of a sealed value's head, if it was derived for these names. Found keys are used at
   * once: by the next `await` their bytes may be another key's. */
  byHead(head: string, names: string): PairEntry | undefined;
  /** The key that values of these names are sealed under. */
  byNames(names: string): PairEntry | undefined;
  /**
   * Keeps a copy of the key; the caller's stays the caller's to zero. Only a key put for sealing is
   * found by its names: a value may bear a former lock.
   */
  put(entry: PairEntry, use: "sealing" | "opening"): void;
  /** Wipes every key made of one of these slots. */
  drop(slots: readonly number[]): void;
  /** Wipes what has outlived its time. */
  sweep(): void;
  clear(): void;
}

const isFresh = (entry: PairEntry, now: number): boolean => entry.from <= now && now < entry.until;

/** Places for keys in one buffer. */
interface KeyPlaces {
  /** A copy of the key, as a view of the buffer. */
  take(key: Uint8Array): Buffer;
  /** Zeroes a copy and gives its place back. */
  give(copy: Buffer): void;
  /** Zeroes all at once. */
  zero(): void;
}

function keyPlaces(limit: number): KeyPlaces {
  const keys = Buffer.allocUnsafeSlow(limit * KEY_BYTES);
  const free: number[] = []; // offsets given back
  let end = 0; // of what was ever given out
  return {
    take(key) {
      const at = free.pop() ?? end;
      end = Math.max(end, at + KEY_BYTES);
      const copy = keys.subarray(at, at + KEY_BYTES);
      copy.set(key);
      return copy;
    },
    give(copy) {
      copy.fill(0);
      free.push(copy.byteOffset - keys.byteOffset);
    },
    zero() {
      keys.fill(0, 0, end);
      free.length = 0;
      end = 0;
    },
  };
}

/** @param limit keys kept at once. */
export function createPairCache(clock: Clock, limit: number): PairCache {
  const places = keyPlaces(limit);
  const heads = new Map<string, PairEntry>();
  const names = new Map<string, string>();
  const bySlot = new Map<number, Set<PairEntry>>(); // what dies with a slot, without a search
  const remove = (entry: PairEntry): void => {
    places.give(entry.key);
    heads.delete(entry.headText);
    if (names.get(entry.names) === entry.headText) names.delete(entry.names);
    for (const slot of entry.slots) {
      const sharing = bySlot.get(slot);
      sharing?.delete(entry);
      if (sharing?.size === 0) bySlot.delete(slot);
    }
  };
  const clear = (): void => {
    places.zero();
    for (const index of [heads, names, bySlot]) index.clear();
  };
  const byHead = (head: string, wanted: string): PairEntry | undefined => {
    const entry = heads.get(head);
    if (entry === undefined || entry.names !== wanted) return undefined;
    if (isFresh(entry, clock.now())) return entry;
    remove(entry);
    return undefined;
  };
  return Object.freeze<PairCache>({
    byHead,
    byNames(wanted) {
      const head = names.get(wanted);
      return head === undefined ? undefined : byHead(head, wanted);
    },
    put(entry, use) {
      const former = heads.get(entry.headText);
      if (former !== undefined) remove(former);
      if (heads.size >= limit) remove(present(heads.values().next().value, "an oldest entry"));
      const held = { ...entry, key: places.take(entry.key) };
      heads.set(held.headText, held);
      for (const slot of held.slots) {
        const sharing = bySlot.get(slot);
        if (sharing === undefined) bySlot.set(slot, new Set([held]));
        else sharing.add(held);
      }
      if (use === "sealing") names.set(held.names, held.headText);
    },
    drop(slots) {
      for (const slot of slots) {
        const sharing = bySlot.get(slot);
        // Taking thousands out one by one costs more than making the others anew.
        if (sharing !== undefined && sharing.size > CLEAR_BEYOND) clear();
        else for (const entry of sharing ?? []) remove(entry);
      }
    },
    sweep() {
      const now = clock.now();
      for (const entry of heads.values()) if (!isFresh(entry, now)) remove(entry);
    },
    clear,
  });
}
