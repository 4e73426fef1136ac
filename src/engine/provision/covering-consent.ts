/**
 * The act of consent a provision rests on: living, and given under a text that named this very
 * recipient with these items. Who agreed before a recipient was added has not agreed to it.
 */
import { assert } from "../../base/assert.ts";
import type { Recipient } from "../../policy/model.ts";
import type { Sql } from "../../store/database.ts";
import { liveConsents } from "../consent/live-consents.ts";
import type { EngineContext } from "../jikim.ts";

export type Covering =
  /** Id of the act. */
  { readonly consent: Uint8Array } | { readonly missing: "consent-missing" | "consent-version" };

type Act = {
  readonly consent: string;
  readonly id: Uint8Array;
  readonly policy_hash: string;
  /** The recipient as the version of the act named it. */
  readonly named: unknown;
};

/** The newest act that covers the items, or why there is none. */
export async function coveringConsent(
  context: EngineContext,
  sql: Sql,
  handle: Uint8Array,
  { recipient, items }: { readonly recipient: Recipient; readonly items: readonly string[] },
): Promise<Covering> {
  const { plan } = context;
  const living = await liveConsents(sql, handle);
  const ids = (plan.uses.get(recipient.purpose)?.consents ?? []).filter((id) => living.has(id));
  if (ids.length === 0) return { missing: "consent-missing" };
  const acts = await sql.query<Act>(
    `select act.consent, act.id, act.policy_hash,
            version.document::jsonb #> array['policy', 'provision', 'recipients', $3] as named
       from (select distinct on (consent) consent, id, seq, policy_hash
               from consent
              where subject = $1 and consent = any($2::text[])
              order by consent, seq desc) as act
       left join policy_version as version on version.hash = act.policy_hash
      order by act.seq desc`,
    [handle, ids, recipient.id],
  );
  const covers = acts.find((act) =>
    act.policy_hash === plan.hash ? true : names(act.named, recipient, items),
  );
  assert(acts.length > 0, "a living consent has its act");
  return covers === undefined ? { missing: "consent-version" } : { consent: covers.id };
}

function names(named: unknown, recipient: Recipient, items: readonly string[]): boolean {
  if (typeof named !== "object" || named === null) return false;
  const { purpose, items: listed } = named as { purpose?: unknown; items?: unknown };
  return (
    purpose === recipient.purpose &&
    Array.isArray(listed) &&
    items.every((item) => listed.includes(item))
  );
}
