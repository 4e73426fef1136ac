/** Lines of the ledger on which something is still to be done. */
import { hex } from "../../store/column-value.ts";
import type { Sql } from "../../store/database.ts";
import type { DestructionTimes } from "./destruction-state.ts";

/** Why: its time was over, a part was erased, a restored copy brought it back, a hold ended. */
export const DESTRUCTION_REASONS = ["expiry", "erasure", "restore", "hold"] as const;
export type DestructionReason = (typeof DESTRUCTION_REASONS)[number];

export type OpenDestruction = DestructionTimes & {
  /** 16 bytes, hex. */
  readonly run: string;
  readonly recordClass: string;
  readonly expiredOn: string;
  readonly reason: DestructionReason;
  readonly slot: number | null;
  readonly touchesIndex: boolean;
  readonly irrecoverable: boolean;
};

type OpenRow = DestructionTimes & {
  readonly run: Uint8Array;
  readonly class: string;
  readonly expired_on: string;
  readonly reason: OpenDestruction["reason"];
  readonly slot: number | null;
  readonly touches_index: boolean;
  readonly irrecoverable: boolean;
};

/** Most lines of one pass. */
const OPEN_AT_ONCE = 1_000;

/** Lines that are not at their end, of one run (16 bytes) or all; those whose key lives first. */
export async function openDestructions(
  sql: Sql,
  run: Uint8Array | null = null,
): Promise<readonly OpenDestruction[]> {
  const rows = await sql.query<OpenRow>(
    `select run, class, expired_on, reason, slot, touches_index, irrecoverable, requested_at,
            key_dropped_at, root_wiped_at, caches_drained_at, index_rotated_at, rows_removed_at
       from destruction
      where rows_removed_at is null and ($1::bytea is null or run = $1)
      order by key_dropped_at is not null, requested_at, expired_on, class
      limit ${OPEN_AT_ONCE}`,
    [run],
  );
  return rows.map((row) => ({
    ...row,
    run: hex(row.run),
    recordClass: row.class,
    expiredOn: row.expired_on,
    touchesIndex: row.touches_index,
  }));
}
