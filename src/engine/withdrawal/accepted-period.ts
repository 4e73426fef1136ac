/**
 * A period that rests on an internal policy holds for those who accepted a text that states it
 * (A2): the ledger of consents names the version each act was given under, and the version says
 * how long. Without that proof the records go with the withdrawal.
 */
import type { Sql } from "../../store/database.ts";
import type { EngineContext } from "../jikim.ts";

/** Classes of internal policy whose period the subject has accepted. */
export async function acceptedClasses(
  { plan }: EngineContext,
  sql: Sql,
  subject: Uint8Array,
): Promise<ReadonlySet<string>> {
  const own = [...plan.clocks.values()].filter(
    ({ recordClass }) => recordClass.basis === "internal_policy" && recordClass.keep !== null,
  );
  if (own.length === 0) return new Set();
  const rows = await sql.query<{ class: string }>(
    `select asked.class
       from unnest($2::text[], $3::text[]) as asked (class, keep)
      where exists (select from consent as act
                      left join policy_version as version on version.hash = act.policy_hash
                     where act.subject = $1 and act.given
                       and (act.policy_hash = $4
                            or version.document::jsonb #>> array['policy', 'records', asked.class,
                                                                 'keep'] = asked.keep))
      order by asked.class`,
    [
      subject,
      own.map(({ recordClass }) => recordClass.id),
      own.map(({ recordClass }) => recordClass.keep ?? ""),
      plan.hash,
    ],
  );
  return new Set(rows.map((row) => row.class));
}
