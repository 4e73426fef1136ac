/** Who agreed to a purpose that rests on consent: handles, a batch at a time, and no value. */
import { hex } from "../../store/column-value.ts";
import type { EngineContext } from "../jikim.ts";
import { refuseUse } from "../use/use-rules.ts";

const BATCH = 200;

/**
 * The next people whose newest act on a consent to the purpose gives it, by handle; at most 200.
 * What may be read of each the gate decides when it is read. Throws ERR_USE_REFUSED for a purpose
 * that rests on no consent: nobody has agreed to it.
 * @param after the last handle of the batch before; the first batch when not said
 * @example for (const subject of await consentingPeople(context, "marketing")) …
 */
export async function consentingPeople(
  context: EngineContext,
  purpose: string,
  after = "",
): Promise<readonly string[]> {
  const use = context.plan.uses.get(purpose);
  if (use?.basis !== "consent") {
    const rule = use === undefined ? "purpose-unknown" : "consent-missing";
    return refuseUse(context, purpose, [{ rule, item: null }]);
  }
  const rows = await context.db.query<{ subject: Uint8Array }>(
    `select subject
       from (select distinct on (subject, consent) subject, consent, given
               from consent
              where consent = any($1::text[]) and subject > decode($2, 'hex') and ended_on is null
              order by subject, consent, seq desc) as newest
      where given
      group by subject
      order by subject
      limit ${BATCH}`,
    [use.consents, after],
  );
  return rows.map(({ subject }) => hex(subject));
}
