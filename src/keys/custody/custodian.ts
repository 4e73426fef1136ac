/**
 * A custodian holds one share of each root that counts, and forgets it when told. What he refuses
 * he refuses by himself: a keeper that others have followed cannot make him overwrite or wipe what
 * is theirs.
 */
import { JikimError } from "../../base/errors.ts";
import { createSerial } from "../serial.ts";
import type { NextRoot, RootMark, RootStore } from "../tree/stores.ts";
import { type ShareLabel, shareLabel } from "./share.ts";

export interface HeldShare extends ShareLabel {
  readonly epoch: number;
}

export interface CustodianStatus {
  /** Who answers, to be compared with who was asked. */
  readonly name: string;
  /** Why this medium may not forget; null when it does. */
  readonly weakness: string | null;
  readonly mark: RootMark | null;
  /** What is held, ascending by epoch. Bytes that are no share have no label and are not told. */
  readonly shares: readonly HeldShare[];
}

export interface Custodian {
  readonly name: string;
  status(tree: string | null): Promise<CustodianStatus>;
  /** Durable. Throws ERR_KEEPER_FENCED when a later mark is there. */
  setMark(mark: RootMark): Promise<void>;
  /**
   * Holds a share of the next root; durable. Shares of commits that never came (an elder keeper's,
   * kept while this custodian was away) are wiped first, and stale epochs too. Throws
   * ERR_KEEPER_FENCED when a later keeper was here.
   */
  store(next: NextRoot, share: Uint8Array): Promise<void>;
  /** Replaces all that is held by a share of the present root, after this custodian was away. */
  replace(present: NextRoot, share: Uint8Array): Promise<void>;
  /** A copy of a share, which the caller zeroes; null when it is not held. */
  load(tree: string, epoch: number): Promise<Buffer | null>;
  /**
   * Wipes shares of epochs below `epoch`, and with `above` those beyond; reads back.
   * @param by sequence of the keeper that asks. Throws ERR_KEEPER_FENCED when a later one was here.
   * Returns the epochs still held.
   */
  wipe(by: number, epoch: number, above: boolean): Promise<readonly number[]>;
  close(): Promise<void>;
}

/**
 * A custodian over a medium: a slot file (`openRootFile` with `secretBytes: SHARE_BYTES`) or memory.
 * @example const custodian = rootCustodian("archive room", memoryRoots());
 */
export function rootCustodian(name: string, roots: RootStore): Custodian {
  const serial = createSerial();
  const sharesOf = async (tree: string | null): Promise<readonly HeldShare[]> => {
    const shares: HeldShare[] = [];
    for (const epoch of tree === null ? [] : await roots.epochs()) {
      const share = await roots.load(tree ?? "", epoch);
      const label = share === null ? null : shareLabel(share);
      share?.fill(0);
      if (label !== null) shares.push({ ...label, epoch });
    }
    return shares;
  };
  const assertNotLater = async (tree: string, by: number): Promise<void> => {
    const mark = await roots.mark();
    if (mark !== null && (mark.tree !== tree || mark.sequence > by)) throw fenced(by);
    if ((await sharesOf(tree)).some(({ sequence }) => sequence > by)) throw fenced(by);
  };
  return Object.freeze<Custodian>({
    name,
    status: (tree) =>
      serial(async () => {
        const mark = await roots.mark();
        const shares = await sharesOf(tree ?? mark?.tree ?? null);
        return { name, weakness: roots.weakness, mark, shares };
      }),
    setMark: (mark) => serial(() => roots.setMark(mark)),
    store: (next, share) =>
      serial(async () => {
        await assertNotLater(next.tree, next.sequence - 1);
        await roots.wipe(next.epoch - 1, true);
        await roots.prepare(next, share);
      }),
    replace: (now, share) =>
      serial(async () => {
        await assertNotLater(now.tree, now.sequence);
        await roots.wipe(0, true); // epochs begin at 1: all of them
        // A root file takes only what follows its mark; this share is of the marked commit itself.
        await roots.prepare({ ...now, sequence: now.sequence + 1 }, share);
      }),
    load: (tree, epoch) => serial(() => roots.load(tree, epoch)),
    wipe: (by, epoch, above) =>
      serial(async () => {
        const mark = await roots.mark();
        if (mark !== null && mark.sequence > by) throw fenced(by);
        if (above && mark !== null) await assertNotLater(mark.tree, by);
        await roots.wipe(epoch, above);
        return roots.epochs();
      }),
    close: () => serial(() => roots.close()),
  });
}

function fenced(sequence: number): JikimError {
  return new JikimError("ERR_KEEPER_FENCED", "another keeper has taken this custodian over", {
    sequence,
  });
}
