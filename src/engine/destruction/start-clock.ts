/**
 * A record whose end becomes known moves under the lock of its day: its sealed columns are opened
 * and sealed again, so that destroying that day's key destroys this record too.
 */
import { assert, present } from "../../base/assert.ts";
import type { Keeper } from "../../keys/keeper.ts";
import type { Sql } from "../../store/database.ts";
import { type PlaceRow, placeOf } from "../record.ts";

/** A record without a last day. */
export type EndlessRow = PlaceRow & {
  readonly collected_on: string;
  readonly sealed: Uint8Array;
  readonly source: Uint8Array | null;
};

/** Gives a record its last day. The row must be locked by this transaction. */
export async function startClock(
  keeper: Keeper,
  tx: Sql,
  row: EndlessRow,
  last: string,
): Promise<void> {
  assert(row.expires_on === null, "a running clock is never moved");
  const columns = [
    { column: "items" as const, sealed: row.sealed },
    ...(row.source === null ? [] : [{ column: "source" as const, sealed: row.source }]),
  ];
  const place = placeOf(row);
  const opened = await keeper.open(
    columns.map(({ column, sealed }) => ({ context: { ...place, column }, sealed })),
  );
  const sealed = await keeper.seal(
    columns.map(({ column }, index) => ({
      context: { ...place, column, expiresOn: last },
      plain: present(opened[index], "every column opened"),
    })),
  );
  for (const plain of opened) plain.fill(0);
  await tx.query(
    `update record set expires_on = $3, sealed = $4, source = $5
      where subject = $1 and id = $2 and expires_on is null`,
    [row.subject, row.id, last, present(sealed[0], "the items are sealed"), sealed[1] ?? null],
  );
}
