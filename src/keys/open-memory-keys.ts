/**
 * A keeper whose every part lives in this process and is gone at close: for data in memory. The
 * tree is the real one, so destroying works as it does on disk. Memory is overwritten in place.
 */
import type { Clock, Random } from "../base/clock.ts";
import { JikimError } from "../base/errors.ts";
import { openKeeper, type TreeKeeper } from "./open-keeper.ts";
import { copyOfKey } from "./secret.ts";
import type { SlotMap, SlotPool } from "./slots/slot-map.ts";
import { openShredTree } from "./tree/shred-tree.ts";
import type { NodeStore, RootMark, RootStore, TreeHead } from "./tree/stores.ts";

/** @example const keeper = await openMemoryKeys({ clock, random }); */
export async function openMemoryKeys(options: {
  readonly clock: Clock;
  readonly random: Random;
}): Promise<TreeKeeper> {
  const { clock, random } = options;
  const slots = memorySlots();
  const roots = memoryRoots();
  const tree = await openShredTree({ nodes: memoryNodes(), roots, random });
  return openKeeper({ tree, slots, clock, random, custodians: roots.custodians });
}

function memoryNodes(): NodeStore {
  const nodes = new Map<number, Uint8Array>();
  let head: TreeHead | null = null;
  return Object.freeze<NodeStore>({
    head: async () => head,
    get: async (ids) =>
      ids.map((id) => {
        const blob = nodes.get(id);
        if (blob !== undefined) return blob;
        throw new JikimError("ERR_KEY_NODE_DAMAGED", "a node of the key tree is missing", { id });
      }),
    async commit(expected, next, batches) {
      if ((head?.sequence ?? null) !== expected) {
        throw new JikimError("ERR_KEEPER_FENCED", "another keeper has written to the key tree");
      }
      for await (const batch of batches) for (const [id, blob] of batch) nodes.set(id, blob);
      head = next;
    },
    close: async () => nodes.clear(),
  });
}

function memoryRoots(): RootStore {
  const roots = new Map<number, Buffer>();
  let mark: RootMark | null = null;
  const wipe = (dead: (epoch: number) => boolean): void => {
    for (const [epoch, root] of roots) {
      if (!dead(epoch)) continue;
      root.fill(0);
      roots.delete(epoch);
    }
  };
  return Object.freeze<RootStore>({
    custodians: Object.freeze(["memory"]),
    weakness: null,
    epochs: async () => [...roots.keys()].toSorted((a, b) => a - b),
    mark: async () => mark,
    async setMark(next) {
      mark = next;
    },
    async prepare(next, root) {
      roots.set(next.epoch, copyOfKey(root));
    },
    async load(_tree, epoch) {
      const root = roots.get(epoch);
      return root === undefined ? null : copyOfKey(root);
    },
    wipe: async (epoch, above) => wipe((held) => held < epoch || (above && held > epoch)),
    close: async () => wipe(() => true),
  });
}

function memorySlots(): SlotMap {
  const byName = new Map<string, { readonly name: Uint8Array; readonly slot: number }>();
  const last = new Map<SlotPool, number>();
  const keyOf = (name: Uint8Array): string => Buffer.from(name).toString("latin1");
  const indexNames = new Set<string>();
  let assigned = 0;
  return Object.freeze<SlotMap>({
    get assigned() {
      return assigned;
    },
    last: (pool) => last.get(pool) ?? null,
    find: async (names) => names.map((name) => byName.get(keyOf(name))?.slot),
    async assign(entries) {
      for (const { pool, name, slot } of entries) {
        last.set(pool, slot);
        assigned += 1;
        if (name === null) continue;
        byName.set(keyOf(name), { name, slot });
        if (pool === "index") indexNames.add(keyOf(name));
      }
    },
    list: async () => [...indexNames].flatMap((name) => byName.get(name) ?? []),
    close: async () => undefined,
  });
}
