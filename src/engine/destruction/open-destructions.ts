/** Lines of the ledger on which something is still to be done. */
import { hex } from "../../store/column-value.ts";
import type { Sql } from "../../store/database.ts";
import type { DestructionTimes } from "./destruction-state.ts";

export type OpenDestruction = DestructionTimes & {
  /** 16 bytes, hex. */
  readonly run: string;
  readonly recordClass: string;
  readonly expiredOn: string;
  readonly reason: "expiry" | "erasure" | "restore";
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

/** Lines that are not at their end; those whose key still lives first. */
export async function openDestructions(sql: Sql): Promise<readonly OpenDestruction[]> {
  const rows = await sql.query<OpenRow>(
    `select run, class, expired_on, reason, slot, touches_index, irrecoverable, requested_at,
            key_dropped_at, root_wiped_at, caches_drained_at, index_rotated_at, rows_removed_at
       from destruction
      where rows_removed_at is null
      order by key_dropped_at is not null, requested_at, expired_on, class
      limit ${OPEN_AT_ONCE}`,
  );
  return rows.map((row) => ({
    ...row,
    run: hex(row.run),
    recordClass: row.class,
    expiredOn: row.expired_on,
    touchesIndex: row.touches_index,
  }));
}
