/**
 * A root store in memory alone: what it held is gone with its process, whatever the disk is made
 * of. Only ever one of three (custody.ts), since a restart loses it.
 */
import { JikimError } from "../../base/errors.ts";
import { copyOfKey } from "../secret.ts";
import type { NextRoot, RootMark, RootStore } from "../tree/stores.ts";

interface Held {
  readonly tree: string;
  readonly secret: Buffer;
}

/** @example const custodian = rootCustodian("memory", memoryRoots()); */
export function memoryRoots(): RootStore {
  const held = new Map<number, Held>();
  let mark: RootMark | null = null;
  const wipe = (dead: (epoch: number) => boolean): void => {
    for (const [epoch, { secret }] of held) {
      if (!dead(epoch)) continue;
      secret.fill(0);
      held.delete(epoch);
    }
  };
  return Object.freeze<RootStore>({
    custodians: Object.freeze(["memory"]),
    weakness: null,
    epochs: async () => [...held.keys()].toSorted((a, b) => a - b),
    mark: async () => mark,
    async setMark(next) {
      if (mark !== null && mark.sequence > next.sequence) throw fenced(next.epoch);
      mark = Object.freeze({ ...next });
    },
    async prepare(next: NextRoot, secret) {
      const isLate = (mark?.sequence ?? 0) >= next.sequence;
      if (isLate || [...held.keys()].some((epoch) => epoch >= next.epoch)) throw fenced(next.epoch);
      held.set(next.epoch, { tree: next.tree, secret: copyOfKey(secret) });
    },
    async load(tree, epoch) {
      const found = held.get(epoch);
      return found === undefined || found.tree !== tree ? null : copyOfKey(found.secret);
    },
    wipe: async (epoch, above) => wipe((e) => e < epoch || (above && e > epoch)),
    close: async () => wipe(() => true),
  });
}

function fenced(epoch: number): JikimError {
  return new JikimError("ERR_KEEPER_FENCED", "another keeper has taken the root over", { epoch });
}
