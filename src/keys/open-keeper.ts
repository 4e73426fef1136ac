/**
 * The keeper over the shred tree: it gives locks to names, makes keys of values out of them, and
 * destroys locks for ever. One process holds it; nobody outside sees a key.
 */
import { assert } from "../base/assert.ts";
import type { Clock, Random } from "../base/clock.ts";
import { JikimError } from "../base/errors.ts";
import { bindFields } from "./bind-fields.ts";
import { hmacOf } from "./ciphers.ts";
import type { Keeper, KeyReceipt } from "./keeper.ts";
import { createPairCache, MAX_TTL_MS } from "./pair-cache.ts";
import { noncePool, openAll, sealAll, type Sealing } from "./sealing.ts";
import { createAllocator } from "./slots/allocator.ts";
import { indexEpochOf, type SlotMap, type SlotName, slotNameBytes } from "./slots/slot-map.ts";
import { MAX_BATCH_SLOTS } from "./tree/batching.ts";
import { FANOUT } from "./tree/node.ts";
import { hashSlots, type ShredTree } from "./tree/shred-tree.ts";

const TAG_BYTES = 16;

export interface ClassDayName {
  readonly recordClass: string;
  readonly day: string;
}

/** What a keeper over a shred tree can do beyond the engine's needs of the first days. */
export interface TreeKeeper extends Keeper {
  /** Which tree this is (32 hex digits) and how many destructions it has seen. */
  identity(): Promise<{ readonly tree: string; readonly epoch: number }>;
  /** Present slots of class-days; null where none was ever needed. */
  daySlots(days: readonly ClassDayName[]): Promise<readonly (number | null)[]>;
  /** A fresh lock for a class-day whose lock is given up, as `renew` for compartments. */
  renewDay(recordClass: string, day: string): Promise<number | null>;
  /** Those of the slots whose keys are destroyed, or never were. */
  gone(slots: readonly number[]): Promise<readonly number[]>;
  /** Why destruction is promised only weakly here; empty when it is not. */
  readonly weaknesses: readonly string[];
  /** A fresh lock for a subject's compartment. Returns the former lock's slot, to destroy once what
   * is kept is sealed again; null when there was none. */
  renew(subject: string, compartment: string): Promise<number | null>;
  /** Locks for single records or files (`SealContext.ownLock`). */
  reserve(count: number): Promise<readonly number[]>;
  /** Drops locks by slot, whatever their number: one batch after another. */
  destroySlots(slots: readonly number[]): Promise<KeyReceipt>;
  /** Begins an index epoch: tags are made under its key from then on. */
  beginIndexEpoch(epoch: string): Promise<void>;
  /** Index epochs whose key lives. */
  indexEpochs(): Promise<readonly string[]>;
  /** Tags under the key of a living epoch. Throws ERR_KEY_GONE. */
  tagsOf(
    epoch: string,
    values: readonly { readonly item: string; readonly normalised: string }[],
  ): Promise<Uint8Array[]>;
  /** Drops an index epoch's key together with other locks, in one batch. */
  endIndexEpoch(epoch: string, slots?: readonly number[]): Promise<KeyReceipt>;
}

export interface KeeperOptions {
  readonly tree: ShredTree;
  readonly slots: SlotMap;
  readonly clock: Clock;
  readonly random: Random;
  /** From root and node store, as the operator allowed them. */
  readonly weaknesses?: readonly string[];
  /** Names of those who hold the root, for receipts of nothing. */
  readonly custodians?: readonly string[];
  /** Life of a derived key in milliseconds; at most and by default 60,000. */
  readonly ttlMs?: number;
  /** Derived keys kept at once; 10,000. */
  readonly cachedKeys?: number;
  /** Called at close, after tree and map: lets go of locks. */
  readonly release?: () => void;
}

interface State extends Sealing {
  readonly options: KeeperOptions;
  /** The index epoch tags are made under; null until it is looked up. */
  indexEpoch: string | null;
}

/**
 * Opens a keeper over an open tree and its slot map.
 * @example
 * const keeper = openKeeper({ tree, slots, clock, random });
 * await keeper.destroyDay("usage", "2026-11-23");
 */
export function openKeeper(options: KeeperOptions): TreeKeeper {
  const { clock, tree, slots } = options;
  const ttlMs = options.ttlMs ?? MAX_TTL_MS;
  assert(ttlMs > 0 && ttlMs <= MAX_TTL_MS, "a derived key lives at most a minute");
  const cache = createPairCache(clock, options.cachedKeys ?? 10_000);
  const state: State = {
    options,
    tree,
    clock,
    cache,
    ttlMs,
    allocator: createAllocator(tree, slots),
    random: options.random,
    nonces: noncePool(options.random),
    renewals: { count: 0 },
    indexEpoch: null,
  };
  // A key nobody asks for again must go too.
  const sweeper = setInterval(() => cache.sweep(), Math.min(ttlMs, 10_000));
  sweeper.unref();
  return Object.freeze<TreeKeeper>({
    weaknesses: options.weaknesses ?? [],
    seal: (values) => sealAll(state, values),
    open: (values) => openAll(state, values),
    tags: async (values) => tagsOf(state, await presentEpoch(state), values),
    destroyDay: (recordClass, day) => destroyNames(state, [{ pool: "day", recordClass, day }]),
    destroySubject: (subject, compartments) =>
      destroyNames(
        state,
        compartments.map((compartment) => ({ pool: "subject", subject, compartment })),
      ),
    async identity() {
      const { tree: id, epoch } = tree.head;
      return { tree: id, epoch };
    },
    async daySlots(days) {
      const names = days.map((day) => slotNameBytes({ pool: "day", ...day }));
      return (await slots.find(names)).map((slot) => slot ?? null);
    },
    gone: (asked) => goneOf(state, asked),
    renewDay: (recordClass, day) => renewName(state, { pool: "day", recordClass, day }),
    renew: (subject, compartment) => renewName(state, { pool: "subject", subject, compartment }),
    reserve: (count) => state.allocator.reserve(count),
    destroySlots: (dead) => destroySlots(state, dead),
    beginIndexEpoch: (epoch) => beginEpoch(state, epoch),
    indexEpochs: () => livingEpochs(state),
    tagsOf: (epoch, values) => tagsOf(state, epoch, values),
    async endIndexEpoch(epoch, dead = []) {
      const [slot] = await slots.find([slotNameBytes({ pool: "index", epoch })]);
      if (state.indexEpoch === epoch) state.indexEpoch = null;
      return destroySlots(state, slot === undefined ? dead : [...dead, slot]);
    },
    async close() {
      clearInterval(sweeper);
      cache.clear();
      await slots.close();
      await tree.close();
      options.release?.();
    },
  });
}

async function renewName(
  state: State,
  name: SlotName & { readonly pool: "subject" | "day" },
): Promise<number | null> {
  const { former } = await state.allocator.renew(name.pool, slotNameBytes(name));
  state.renewals.count += 1;
  if (former !== null) state.cache.drop([former]);
  return former;
}

async function destroyNames(state: State, names: readonly SlotName[]): Promise<KeyReceipt> {
  const found = await state.options.slots.find(names.map(slotNameBytes));
  const missing = names.filter((name, i) => name.pool === "day" && found[i] === undefined);
  // A day that has passed gets a dead lock, so that nothing can be sealed for it any more.
  const made = await state.allocator.ensure("day", missing.map(slotNameBytes));
  const slots = found.filter((slot) => slot !== undefined);
  const receipt = await destroySlots(state, [...slots, ...made]);
  return { ...receipt, keys: Math.max(0, receipt.keys - made.length) };
}

async function destroySlots(state: State, slots: readonly number[]): Promise<KeyReceipt> {
  const weaknesses = state.options.weaknesses ?? [];
  let keys = 0;
  let epoch = state.tree.head.epoch;
  let custodians = state.options.custodians ?? [];
  for (let from = 0; from < slots.length; from += MAX_BATCH_SLOTS) {
    const batch = slots.slice(from, from + MAX_BATCH_SLOTS);
    const destroying = state.tree.destroy(batch);
    state.cache.drop(batch); // while the disk is at work
    const receipt = await destroying;
    // Once more: a key derived while the commit was under way may have been put back.
    state.cache.drop(batch);
    ({ epoch, custodians } = receipt);
    const gone = new Set(receipt.slots); // of all who shared the commit
    for (const slot of batch) if (gone.has(slot)) keys += 1;
  }
  const slotsHash = hashSlots(slots.toSorted((a, b) => a - b));
  return { keys, irrecoverable: weaknesses.length === 0, epoch, slotsHash, custodians, weaknesses };
}

async function goneOf(state: State, slots: readonly number[]): Promise<readonly number[]> {
  const dead: number[] = [];
  for (const slot of new Set(slots)) if (!(await isLiving(state, slot))) dead.push(slot);
  return dead;
}

async function isLiving(state: State, slot: number): Promise<boolean> {
  if (slot >= state.tree.head.leaves * FANOUT) return false;
  try {
    (await state.tree.key(slot)).fill(0);
    return true;
  } catch (error) {
    if (!(error instanceof JikimError) || error.code !== "ERR_KEY_GONE") throw error;
    return false;
  }
}

async function livingEpochs(state: State): Promise<readonly string[]> {
  const living: { epoch: string; slot: number }[] = [];
  for (const { name, slot } of await state.options.slots.list("index")) {
    if (await isLiving(state, slot)) living.push({ epoch: indexEpochOf(name), slot });
  }
  return living.toSorted((a, b) => a.slot - b.slot).map(({ epoch }) => epoch);
}

async function beginEpoch(state: State, epoch: string): Promise<void> {
  const name = slotNameBytes({ pool: "index", epoch });
  const [held] = await state.options.slots.find([name]);
  assert(held === undefined, "an index epoch begins once");
  await state.allocator.ensure("index", [name]);
  state.indexEpoch = epoch;
}

/** The youngest living epoch; the first one begins by itself. */
async function presentEpoch(state: State): Promise<string> {
  if (state.indexEpoch !== null) return state.indexEpoch;
  const youngest = (await livingEpochs(state)).at(-1);
  if (youngest === undefined) await beginEpoch(state, "1");
  state.indexEpoch = youngest ?? "1";
  return state.indexEpoch;
}

async function tagsOf(
  state: State,
  epoch: string,
  values: readonly { readonly item: string; readonly normalised: string }[],
): Promise<Uint8Array[]> {
  const [slot] = await state.options.slots.find([slotNameBytes({ pool: "index", epoch })]);
  if (slot === undefined) throw new JikimError("ERR_KEY_GONE", "no such index epoch", { epoch });
  const key = await state.tree.key(slot);
  try {
    return values.map(({ item, normalised }) => {
      const whole = hmacOf(key)
        .update(bindFields([item, normalised]))
        .digest();
      return new Uint8Array(whole.subarray(0, TAG_BYTES));
    });
  } finally {
    key.fill(0);
  }
}
