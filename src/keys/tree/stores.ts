/**
 * What the shred tree stands on. The node store holds ciphertext and may leak, be copied and be
 * backed up by anyone; the root store holds 32 bytes and is the only place that must forget.
 */

/** The one fact that decides which tree is the tree. */
export interface TreeHead {
  /** 16 random bytes, lower-case hex: which tree this is. */
  readonly tree: string;
  /** Rises by one with every destruction; names the root that opens the tree. */
  readonly epoch: number;
  /** Rises by one with every commit, also of a keeper that merely opens: it fences its elders. */
  readonly sequence: number;
  readonly depth: number;
  /** Leaves minted so far; the slots are 0 … 256 × leaves − 1. */
  readonly leaves: number;
}

/** A sealed node under its number (geometry.ts). */
export type NodeBlob = readonly [id: number, blob: Uint8Array];

export interface NodeStore {
  /** The last commit; null while there is none. */
  head(): Promise<TreeHead | null>;
  /** Sealed nodes in the order asked for. Throws ERR_KEY_NODE_DAMAGED when one is not there. */
  get(ids: readonly number[]): Promise<readonly Uint8Array[]>;
  /**
   * Makes nodes and head durable in one step, or changes nothing.
   * @param expected sequence of the head this commit follows; null for the first.
   * Throws ERR_KEEPER_FENCED when another keeper has committed since. After any other error the
   * outcome is unknown, and only opening again tells it.
   */
  commit(
    expected: number | null,
    next: TreeHead,
    nodes: AsyncIterable<readonly NodeBlob[]>,
  ): Promise<void>;
  close(): Promise<void>;
}

/** The highest state a root store was told of. No secret: it tells a restored old tree apart. */
export interface RootMark {
  readonly tree: string;
  readonly epoch: number;
  readonly sequence: number;
  /** Slots given out so far. */
  readonly assigned: number;
}

/** The commit a root is prepared for. */
export type NextRoot = Pick<TreeHead, "tree" | "epoch" | "sequence">;

export interface RootStore {
  /** Names of those who hold the root, for receipts. */
  readonly custodians: readonly string[];
  /** Why destruction on this medium is promised only weakly; null when it is not. */
  readonly weakness: string | null;
  /** Throws when no change could be carried out now; nothing has changed then. */
  ready?(): Promise<void>;
  /** Epochs whose root is held, ascending. */
  epochs(): Promise<readonly number[]>;
  mark(): Promise<RootMark | null>;
  /** Durable. Throws ERR_KEEPER_FENCED when a later mark is there. */
  setMark(mark: RootMark): Promise<void>;
  /** Stores the next root beside the present one; durable. Throws ERR_KEEPER_FENCED when the mark
   * knows a commit that `next` does not follow, or when that epoch's root is held already. */
  prepare(next: NextRoot, root: Uint8Array): Promise<void>;
  /** The root of an epoch, in a buffer the caller zeroes; null when it is not held. */
  load(tree: string, epoch: number): Promise<Buffer | null>;
  /**
   * Overwrites roots and reads back: those below `epoch`, and with `above` also later ones that
   * no commit followed. Only a keeper that is opening may say `above`.
   */
  wipe(epoch: number, above: boolean): Promise<void>;
  close(): Promise<void>;
}

/** For the forensic test: ground truth of all that was ever minted and written. */
export interface TreeTap {
  minted?(key: Uint8Array): void;
  sealed?(id: number, blob: Uint8Array): void;
  /** A step of a commit was just finished. */
  step?(name: "prepared" | "committed" | "marked" | "wiped"): void;
}
