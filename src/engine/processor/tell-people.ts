/**
 * A processor for marketing is told to each person whose data it is to get, before it begins and
 * again when the version of the policy that names it changes (PIPA 26③, decree 28④).
 */
import { createHash } from "node:crypto";
import { dayOf, lastDay } from "../../base/calendar.ts";
import { hex } from "../../store/column-value.ts";
import type { Sql } from "../../store/database.ts";
import type { EngineContext } from "../jikim.ts";
import { queueMessage } from "../message/queue-message.ts";
import { NO_FACTS } from "./facts.ts";
import { isMarketing } from "./missing.ts";
import { listed } from "./register.ts";

const BATCH = 200;
const ID_BYTES = 16;
const ID_HEX = 2 * ID_BYTES;
// The law names no day; the outbox wants one, and a week is what it may take a mailer to mend.
const WITHIN = "P7D";

/**
 * Queues the notice for everyone whose consent to the processor's work is alive, once a person and
 * version of the policy, and records the day. Returns how many were queued now. Throws
 * ERR_PROCESSOR_REFUSED for a processor the policy does not name.
 * @example const told = await tellPeople(context, "benchmark");
 */
export async function tellPeople(context: EngineContext, id: string): Promise<number> {
  const { plan, clock, db } = context;
  const processor = listed(context, id);
  if (!isMarketing(plan, processor)) return 0; // nobody has to be told
  const today = dayOf(clock.now(), plan.timeZone);
  const about = aboutOf(id, plan.hash);
  let told = 0;
  for (const work of processor.work) {
    const consents = consentsFor(context, work);
    for (let after = ""; consents.length > 0;) {
      const batch = await consenting(db, consents, { about, after });
      for (const { subject, lang } of batch) {
        const queued = await db.transaction(async (tx) =>
          queueMessage(context, tx, {
            subject: hex(subject),
            kind: "processor_told",
            lang,
            facts: { processor: id, work, day: today },
            about,
            dueOn: lastDay(today, WITHIN),
          }),
        );
        told += queued === null ? 0 : 1;
      }
      const last = batch.at(-1);
      if (last === undefined) break;
      after = hex(last.subject);
    }
  }
  await db.query(
    `insert into processor_state (processor, state, facts) values ($1, 'draft', $2)
     on conflict (processor) do update
        set facts = jsonb_set(processor_state.facts::jsonb, '{peopleToldOn}', to_jsonb($3::text))::text`,
    [id, JSON.stringify({ ...NO_FACTS, peopleToldOn: today }), today],
  );
  return told;
}

/** Ids of the consents on which a work's purpose rests; none where it rests on no consent. */
function consentsFor({ plan }: EngineContext, work: string): readonly string[] {
  const purpose = plan.policy.works[work]?.purpose ?? "";
  if (plan.policy.purposes[purpose]?.basis !== "consent") return [];
  return Object.values(plan.policy.consents)
    .filter((act) => act.purposes.includes(purpose))
    .map((act) => act.id);
}

/** The next people not told yet, by handle, whose newest act of one of these consents gives it. */
async function consenting(
  sql: Sql,
  consents: readonly string[],
  { about, after }: { readonly about: string; readonly after: string },
): Promise<readonly { readonly subject: Uint8Array; readonly lang: string }[]> {
  return sql.query<{ subject: Uint8Array; lang: string }>(
    `select subject, lang
       from (select distinct on (subject) subject, lang, given
               from consent
              where consent = any($1::text[]) and subject > decode($2, 'hex') and ended_on is null
              order by subject, seq desc) as newest
      where given
        and not exists (select from message
                         where message.subject = newest.subject and kind = 'processor_told'
                           and about = decode($3, 'hex'))
      order by subject
      limit ${BATCH}`,
    [consents, after, about],
  );
}

/** The same processor under the same version makes the same notice: nobody is told twice. */
function aboutOf(processor: string, policyHash: string): string {
  return createHash("sha256")
    .update(`jikim/processor-told/${processor}/${policyHash}`)
    .digest("hex")
    .slice(0, ID_HEX);
}
