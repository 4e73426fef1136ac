/**
 * Keys of values, kept for at most a minute and wiped when a lock of theirs dies. Found by the
 * head of a sealed value when opening, by the names of its locks when sealing.
 */
import type { Clock } from "../base/clock.ts";
import type { BoundKey } from "./envelope/seal.ts";

/** Longest life of a key in the cache (docs: "caches drained" after this at the latest). */
export const MAX_TTL_MS = 60_000;

/** A day that dies with more keys than this in the cache empties the cache. */
const CLEAR_BEYOND = 500;

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
  /** The key of a sealed value's head, if it was derived for these names. */
  byHead(head: string, names: string): PairEntry | undefined;
  /** The key that values of these names are sealed under. */
  byNames(names: string): PairEntry | undefined;
  /** Only a key put for sealing is found by its names: a value may bear a former lock. */
  put(entry: PairEntry, use: "sealing" | "opening"): void;
  /** Wipes every key made of one of these slots. */
  drop(slots: readonly number[]): void;
  /** Wipes what has outlived its time. */
  sweep(): void;
  clear(): void;
}

const isFresh = (entry: PairEntry, now: number): boolean => entry.from <= now && now < entry.until;

/** @param limit keys kept at once. */
export function createPairCache(clock: Clock, limit: number): PairCache {
  const heads = new Map<string, PairEntry>();
  const names = new Map<string, string>();
  const bySlot = new Map<number, Set<PairEntry>>(); // what dies with a slot, without a search
  const remove = (entry: PairEntry): void => {
    entry.key.fill(0);
    heads.delete(entry.headText);
    if (names.get(entry.names) === entry.headText) names.delete(entry.names);
    for (const slot of entry.slots) {
      const sharing = bySlot.get(slot);
      sharing?.delete(entry);
      if (sharing?.size === 0) bySlot.delete(slot);
    }
  };
  const clear = (): void => {
    for (const entry of heads.values()) entry.key.fill(0);
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
      const held = heads.get(entry.headText);
      if (held !== undefined && held !== entry) remove(held);
      for (const oldest of heads.values()) {
        if (heads.size < limit) break;
        remove(oldest);
      }
      heads.set(entry.headText, entry);
      for (const slot of entry.slots) {
        bySlot.set(slot, (bySlot.get(slot) ?? new Set()).add(entry));
      }
      if (use === "sealing") names.set(entry.names, entry.headText);
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
