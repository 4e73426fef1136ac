/**
 * Which slot belongs to whom: data without secrets. A name has one present slot; a slot is given
 * out once, ever. The map must be as new as the tree: an old copy would give a slot out twice, so
 * the count of slots given out is kept in the root's mark and an older map is refused.
 */
import { bindFields } from "../bind-fields.ts";

/** What a lock is for. Each pool fills leaves of its own, so what dies together lies together. */
export type SlotName =
  | { readonly pool: "subject"; readonly subject: string; readonly compartment: string }
  | { readonly pool: "day"; readonly recordClass: string; readonly day: string }
  | { readonly pool: "index"; readonly epoch: string };

/** `own`: locks of single records and files, which only their sealed values name. */
export type SlotPool = SlotName["pool"] | "own";

export interface SlotEntry {
  readonly pool: SlotPool;
  /** The name's bytes (`slotNameBytes`); null in the pool `own`. */
  readonly name: Uint8Array | null;
  readonly slot: number;
}

export interface SlotMap {
  /** Slots given out, ever. */
  readonly assigned: number;
  /** The slot a pool was given last; null when it has none. */
  last(pool: SlotPool): number | null;
  /** Present slots of names, undefined where there is none. */
  find(names: readonly Uint8Array[]): Promise<readonly (number | undefined)[]>;
  /** Names slots; durable, all or none. A name that has a slot gets the new one. */
  assign(entries: readonly SlotEntry[]): Promise<void>;
  /** Present names of a pool, for index epochs: never for subjects, who may be millions. */
  list(pool: "index"): Promise<readonly { readonly name: Uint8Array; readonly slot: number }[]>;
  close(): Promise<void>;
}

const POOL_BYTE: Record<SlotPool, number> = { subject: 1, day: 2, index: 3, own: 4 };

/** The longest name in bytes; both stores check it. */
export const MAX_NAME_BYTES = 160;

export function poolByte(pool: SlotPool): number {
  return POOL_BYTE[pool];
}

export function poolOfByte(byte: number): SlotPool | null {
  const found = Object.entries(POOL_BYTE).find(([, value]) => value === byte);
  return found === undefined ? null : (found[0] as SlotPool);
}

/** A name as bytes: pool and fields, each with its length, so that no two names are one. */
export function slotNameBytes(name: SlotName): Uint8Array {
  switch (name.pool) {
    case "subject":
      return named(name.pool, [name.subject, name.compartment]);
    case "day":
      return named(name.pool, [name.recordClass, name.day]);
    case "index":
      return named(name.pool, [name.epoch]);
    default:
      throw new Error("unknown pool", { cause: name satisfies never });
  }
}

/** The epoch an index name was made of: pool byte, length u32, text. */
export function indexEpochOf(name: Uint8Array): string {
  return Buffer.from(name).toString("utf8", 5);
}

function named(pool: SlotPool, fields: readonly string[]): Uint8Array {
  return Buffer.concat([Uint8Array.of(POOL_BYTE[pool]), bindFields(fields)]);
}
