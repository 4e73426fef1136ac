/**
 * The keeper holds every key. The engine never sees one: it hands over plaintext and a place and
 * gets a sealed value, or the other way round. What stands behind this interface (a tree in this
 * process, a keeper of its own, one with custodians) may change; the engine may not notice.
 */

/** Where a sealed value belongs. It is bound to this place by associated data. */
export interface SealContext {
  /** 8-byte handle of the data subject, lower-case hex. */
  readonly subject: string;
  /** 16-byte id of the record, lower-case hex. */
  readonly record: string;
  readonly recordClass: string;
  readonly compartment: string;
  /** Last day the record is kept, `YYYY-MM-DD`; `null` while the end is unknown (until an event). */
  readonly expiresOn: string | null;
  /** Which sealed column of the record; its items when not said. `tag`: a look-up tag in full. */
  readonly column?: "items" | "source" | "tag";
  /** A record of two subjects: it dies with the first of them (`all-of`) or the last (`any-of`). */
  readonly together?: { readonly subject: string; readonly rule: "all-of" | "any-of" };
  /** A lock for this record alone, out of `TreeKeeper.reserve`; only sealing names it. */
  readonly ownLock?: number;
}

/** What a destruction did, honestly. */
export interface KeyReceipt {
  /** Locks dropped. */
  readonly keys: number;
  /** True only when no copy of the keys can exist any more, in any medium. */
  readonly irrecoverable: boolean;
  /** Epoch of the key tree that forgot them. */
  readonly epoch?: number;
  /** SHA-256 over the destroyed slots of the batch, hex: the list can be checked, not guessed. */
  readonly slotsHash?: string;
  /** Who confirmed that the former root is wiped. */
  readonly custodians?: readonly string[];
  /** Why the promise is weakened here, as the operator allowed it. */
  readonly weaknesses?: readonly string[];
}

export interface Keeper {
  /** Seals many values in one call (a record's items travel as one value). */
  seal(values: readonly { context: SealContext; plain: Uint8Array }[]): Promise<Uint8Array[]>;
  /** Opens many. Throws ERR_KEY_GONE when a lock was destroyed, ERR_SEALED_VALUE_DAMAGED otherwise. */
  open(values: readonly { context: SealContext; sealed: Uint8Array }[]): Promise<Uint8Array[]>;
  /** Blind-index tags of normalised values: 16 bytes each. */
  tags(values: readonly { item: string; normalised: string }[]): Promise<Uint8Array[]>;
  /** Drops the shared lock of every record of a class that ends on a day. */
  destroyDay(recordClass: string, day: string): Promise<KeyReceipt>;
  /** Drops the locks of a subject's compartments. */
  destroySubject(subject: string, compartments: readonly string[]): Promise<KeyReceipt>;
  close(): Promise<void>;
}
