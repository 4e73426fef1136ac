/**
 * Gives slots to names: out of the pool's leaf while it lasts, then out of a new one. Keys are
 * minted 256 at a time, so that most requests write one line in the map and no node at all.
 * Requests that wait together share one write.
 */
import { assert, present } from "../../base/assert.ts";
import { createSerial } from "../serial.ts";
import { FANOUT } from "../tree/node.ts";
import type { ShredTree } from "../tree/shred-tree.ts";
import type { SlotMap, SlotPool } from "./slot-map.ts";

export interface Allocator {
  /** Present slots of names; those that have none get one. Durable. */
  ensure(pool: SlotPool, names: readonly Uint8Array[]): Promise<readonly number[]>;
  /** A fresh slot for a name; returns the one it had. */
  renew(
    pool: SlotPool,
    name: Uint8Array,
  ): Promise<{ readonly slot: number; readonly former: number | null }>;
  /** Fresh slots without a name. */
  reserve(count: number): Promise<readonly number[]>;
}

/** Slots given out in one write. */
const MAX_AT_ONCE = 10_000;

export function createAllocator(tree: ShredTree, map: SlotMap): Allocator {
  const serial = createSerial();
  const waiting: Request[] = [];
  return Object.freeze<Allocator>({
    ensure(pool, names) {
      const { promise, resolve, reject } = Promise.withResolvers<readonly number[]>();
      waiting.push({ pool, names, resolve, reject });
      // Whoever comes first carries out all that wait by then; the others find nothing left.
      void serial(() => ensureAll(tree, map, waiting.splice(0)));
      return promise;
    },
    renew: (pool, name) =>
      serial(async () => {
        const [former] = await map.find([name]);
        const [slot] = await give(tree, map, { pool, names: [name] });
        return { slot: present(slot, "a slot for every name"), former: former ?? null };
      }),
    reserve: (count) =>
      serial(() =>
        give(tree, map, { pool: "own", names: Array.from({ length: count }, () => null) }),
      ),
  });
}

interface Request {
  readonly pool: SlotPool;
  readonly names: readonly Uint8Array[];
  readonly resolve: (slots: readonly number[]) => void;
  readonly reject: (error: unknown) => void;
}

async function ensureAll(
  tree: ShredTree,
  map: SlotMap,
  requests: readonly Request[],
): Promise<void> {
  for (const [pool, own] of Map.groupBy(requests, (request) => request.pool)) {
    try {
      const slots = [
        ...(await ensureNames(tree, map, { pool, names: own.flatMap((r) => r.names) })),
      ];
      for (const { names, resolve } of own) resolve(slots.splice(0, names.length));
    } catch (error) {
      for (const { reject } of own) reject(error);
    }
  }
}

async function ensureNames(
  tree: ShredTree,
  map: SlotMap,
  want: { readonly pool: SlotPool; readonly names: readonly Uint8Array[] },
): Promise<readonly number[]> {
  const { pool, names } = want;
  const found = [...(await map.find(names))];
  const missing = new Map<string, number[]>(); // a name asked for twice gets one slot
  for (const [i, name] of names.entries()) {
    if (found[i] !== undefined) continue;
    const text = Buffer.from(name).toString("latin1");
    missing.set(text, [...(missing.get(text) ?? []), i]);
  }
  const places = [...missing.values()];
  const wanted = places.map((at) => present(names[at[0] ?? 0], "a name"));
  const slots = await give(tree, map, { pool, names: wanted });
  for (const [i, at] of places.entries()) {
    for (const place of at) found[place] = present(slots[i], "a slot for every name");
  }
  return found.map((slot) => present(slot, "a slot for every name"));
}

async function give(
  tree: ShredTree,
  map: SlotMap,
  want: { readonly pool: SlotPool; readonly names: readonly (Uint8Array | null)[] },
): Promise<readonly number[]> {
  const { pool, names } = want;
  assert(names.length <= MAX_AT_ONCE, "at most 10,000 slots are given out at once");
  if (names.length === 0) return [];
  const slots: number[] = [];
  let next = (map.last(pool) ?? -1) + 1;
  let end = Math.ceil(next / FANOUT) * FANOUT; // the next leaf may be another pool's
  while (slots.length < names.length) {
    if (next === end) {
      const leaves = Math.ceil((names.length - slots.length) / FANOUT);
      next = await tree.mint(leaves);
      end = next + leaves * FANOUT;
    }
    slots.push(next);
    next += 1;
  }
  await map.assign(slots.map((slot, i) => ({ pool, name: names[i] ?? null, slot })));
  await tree.setAssigned(map.assigned);
  return slots;
}
