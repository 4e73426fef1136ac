/** Items of a person whose erasure was ordered and is not carried out yet. */
import type { Sql } from "../../store/database.ts";

/** Items that an earlier order, not yet carried out, leaves out: `compartment item`. */
export async function pendingItems(tx: Sql, handle: Uint8Array): Promise<ReadonlySet<string>> {
  const rows = await tx.query<{ compartment: string; leave_out: readonly string[] }>(
    "select compartment, leave_out from reseal where subject = $1",
    [handle],
  );
  return new Set(
    rows.flatMap(({ compartment, leave_out: out }) => out.map((item) => `${compartment} ${item}`)),
  );
}
