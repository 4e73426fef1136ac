/**
 * Periods change with a version, and a version has its day. A document that calls itself the same
 * version and promises other periods is refused before anything runs under it: people were told
 * something else (S3.6).
 */
import { JikimError } from "../../base/errors.ts";
import type { Policy, RecordClass } from "../../policy/model.ts";
import type { Sql } from "../../store/database.ts";

/** What differs for one record class; `null`: one of the two has no such class. */
export interface ChangedPeriod {
  readonly recordClass: string;
  readonly was: string | null;
  readonly is: string | null;
}

/**
 * Throws ERR_POLICY_CHANGED (`facts.changes`) when the store has run under a text of the same day
 * with other periods.
 */
export async function refuseChangedPeriods(sql: Sql, policy: Policy, hash: string): Promise<void> {
  const ran = await sql.query<{ document: string }>(
    `select document from policy_version
      where policy = $1 and effective = $2::date and hash <> $3
      order by first_run_at, hash`,
    [policy.id, policy.effective, hash],
  );
  for (const { document } of ran) {
    const before = (JSON.parse(document) as { readonly policy: Policy }).policy;
    const changes = changedPeriods(before, policy);
    if (changes.length === 0) continue;
    throw new JikimError(
      "ERR_POLICY_CHANGED",
      `periods differ from the version of ${policy.effective} that ran here: a change needs a ` +
        `version of its own (${changes.map(({ recordClass }) => recordClass).join(", ")})`,
      { effective: policy.effective, changes },
    );
  }
}

/** Classes whose period or trigger is another one, or that are gone. New ones shorten nothing. */
export function changedPeriods(before: Policy, after: Policy): readonly ChangedPeriod[] {
  return Object.values(before.records).flatMap((record): ChangedPeriod[] => {
    const now = after.records[record.id];
    const [was, is] = [inWords(record), now === undefined ? null : inWords(now)];
    return was === is ? [] : [{ recordClass: record.id, was, is }];
  });
}

/** `P1Y from collected`. */
function inWords({ keep, from }: RecordClass): string {
  return `${keep ?? "until"} from ${from.laterOf.toSorted().join(" and ")}`;
}
