/** A class-day whose destruction has begun: its lock is given up and nothing new is sealed with it. */
import type { Sql } from "../../store/database.ts";

/**
 * Has the destruction of one of these class-days begun? The caller shares their names (locks.ts),
 * so that the answer holds to the end of its transaction.
 */
export async function isDayClosed(
  tx: Sql,
  days: readonly { readonly recordClass: string; readonly day: string }[],
): Promise<boolean> {
  if (days.length === 0) return false;
  const [row] = await tx.query<{ closed: boolean }>(
    `select exists (
       select from destruction
         join unnest($1::text[], $2::text[]) as asked (class, day)
           on destruction.class = asked.class and destruction.expired_on = asked.day::date
        where reason = 'expiry') as closed`,
    [days.map(({ recordClass }) => recordClass), days.map(({ day }) => day)],
  );
  return row?.closed === true;
}
