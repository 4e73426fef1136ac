/** A record as the store has it, and the way between its items and what is sealed. */
import { assert, present } from "../base/assert.ts";
import { readHead } from "../keys/envelope/locks.ts";
import type { Keeper, SealContext } from "../keys/keeper.ts";
import type { TreeKeeper } from "../keys/open-keeper.ts";
import { hex } from "../store/column-value.ts";
import type { Items } from "./jikim.ts";

/** The columns that say where a sealed value belongs. */
export type PlaceRow = {
  readonly subject: Uint8Array;
  readonly id: Uint8Array;
  readonly class: string;
  readonly compartment: string;
  readonly expires_on: string | null;
};

/** Where the sealed items of a stored record belong. */
export function placeOf(row: PlaceRow): SealContext {
  return {
    subject: hex(row.subject),
    record: hex(row.id),
    recordClass: row.class,
    compartment: row.compartment,
    expiresOn: row.expires_on,
  };
}

/**
 * Places with a lock of its own for each record whose end is not known yet. When the end becomes
 * known the record moves under its day, and this lock dies: so no copy from before outlives the day.
 */
export async function withOwnLocks(
  keeper: TreeKeeper,
  places: readonly SealContext[],
): Promise<readonly SealContext[]> {
  const endless = places.filter(({ expiresOn }) => expiresOn === null).length;
  if (endless === 0) return places;
  const slots = [...(await keeper.reserve(endless))];
  return places.map((place) =>
    place.expiresOn === null
      ? { ...place, ownLock: present(slots.shift(), "a lock for each") }
      : place,
  );
}

/** The lock a sealed value has for itself; null when it has none. */
export function ownLockOf(sealed: Uint8Array): number | null {
  return readHead(sealed).locks.own;
}

/** Where to seal what belongs to a stored record: under the same locks as its items. */
export function sealingPlace(row: PlaceRow & { readonly sealed: Uint8Array }): SealContext {
  const own = ownLockOf(row.sealed);
  return own === null ? placeOf(row) : { ...placeOf(row), ownLock: own };
}

/** Items as the bytes that are sealed: JSON with sorted names, UTF-8. */
export function itemBytes(items: Items): Uint8Array {
  const sorted = Object.entries(items).sort(([a], [b]) => (a < b ? -1 : 1));
  return new Uint8Array(Buffer.from(JSON.stringify(Object.fromEntries(sorted)), "utf8"));
}

/** Opens the items of many records in one call to the keeper. */
export async function openItems(
  keeper: Keeper,
  rows: readonly (PlaceRow & { readonly sealed: Uint8Array })[],
): Promise<readonly Items[]> {
  const opened = await keeper.open(
    rows.map((row) => ({ context: placeOf(row), sealed: row.sealed })),
  );
  return opened.map((plain) => {
    const value: unknown = JSON.parse(Buffer.from(plain).toString("utf8"));
    plain.fill(0);
    assert(isItems(value), "sealed items are names and strings");
    return value;
  });
}

function isItems(value: unknown): value is Items {
  return (
    typeof value === "object" &&
    value !== null &&
    Object.values(value).every((item) => typeof item === "string")
  );
}
