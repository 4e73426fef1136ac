/**
 * How far a destruction has come. Only when nothing is left that could bring the record back may
 * anyone call it destroyed; the removal of the rows themselves is tidiness after that.
 */

/** In the order in which they are reached. */
export const DESTRUCTION_STATES = [
  "requested",
  "key_dropped",
  "root_wiped",
  "caches_drained",
  "index_rotated",
  "rows_removed",
] as const;
export type DestructionState = (typeof DESTRUCTION_STATES)[number];

/** The times of a line of the ledger, in milliseconds since the epoch. */
export type DestructionTimes = {
  readonly requested_at: number;
  /** The lock is out of the key tree. */
  readonly key_dropped_at: number | null;
  /** The root that opened the tree with it is overwritten. */
  readonly root_wiped_at: number | null;
  /** No key made of it is left in the keeper. */
  readonly caches_drained_at: number | null;
  /** No key is left that makes its look-up tags. */
  readonly index_rotated_at: number | null;
  readonly rows_removed_at: number | null;
};

/**
 * The last step that was reached with all those before it. Rows that were removed while their key
 * lives have got no further than the request.
 * @example destructionState(row) // "index_rotated"
 */
export function destructionState(row: DestructionTimes): DestructionState {
  const times = [
    row.requested_at,
    row.key_dropped_at,
    row.root_wiped_at,
    row.caches_drained_at,
    row.index_rotated_at,
    row.rows_removed_at,
  ];
  const open = times.findIndex((time) => time === null);
  return DESTRUCTION_STATES[(open === -1 ? times.length : open) - 1] ?? "requested";
}

/** May it be called destroyed (파기 완료)? */
export function isDestroyed(state: DestructionState): boolean {
  return state === "index_rotated" || state === "rows_removed";
}

/** When it could first be called destroyed; null while it cannot. */
export function destroyedAt(row: DestructionTimes): number | null {
  return isDestroyed(destructionState(row)) ? row.index_rotated_at : null;
}
