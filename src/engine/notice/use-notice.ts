/**
 * The yearly notice of use and provision (PIPA 20의2, decree 15의3): a controller of many people
 * tells each of them, once a year, how their data was used. Below the law's number nobody is told.
 */
import { createHash } from "node:crypto";
import { assert } from "../../base/assert.ts";
import { dayOf } from "../../base/calendar.ts";
import { hex } from "../../store/column-value.ts";
import type { Sql } from "../../store/database.ts";
import type { EngineContext } from "../jikim.ts";
import { queueMessage } from "../message/queue-message.ts";
import { processorRegister } from "../processor/register.ts";

export interface UseNotice {
  /** People of whom there is a record today. The law counts the end of last year; today errs to
   * neither side for long and is what can be looked at. */
  readonly people: number;
  /** From how many on the notice is due; null where the law names none. */
  readonly threshold: number | null;
  readonly owed: boolean;
  /** The year it is about: first and last day. */
  readonly from: string;
  readonly to: string;
  /** Notices about that year queued so far. */
  readonly queued: number;
}

const BATCH = 200;
const ID_HEX = 32;

/** Is the notice owed this year, and how far has it come? */
export async function useNotice({ plan, clock, db }: EngineContext): Promise<UseNotice> {
  const year = Number(dayOf(clock.now(), plan.timeZone).slice(0, 4)) - 1;
  const value = plan.parameters.get("use_notice_persons")?.value;
  const threshold = typeof value === "number" ? value : null;
  const [row] = await db.query<{ people: number; queued: number }>(
    `select (select count(distinct subject) from record) as people,
            (select count(*) from message
              where kind = 'use_notice' and about = decode($1, 'hex')) as queued`,
    [aboutOf(year)],
  );
  assert(row !== undefined, "a count is a row");
  const owed = threshold !== null && row.people >= threshold;
  return Object.freeze({ ...row, threshold, owed, from: `${year}-01-01`, to: `${year}-12-31` });
}

/**
 * Queues the notice for everyone it is owed to, once a year; returns how many were queued now. Run
 * it daily: a run that a crash cut short is finished by the next.
 */
export async function runUseNotice(context: EngineContext): Promise<number> {
  const notice = await useNotice(context);
  if (!notice.owed) return 0;
  const { plan, db } = context;
  const register = await processorRegister(context);
  const facts = {
    from: notice.from,
    to: notice.to,
    purposes: plan.uses.size,
    processors: register.filter(({ state }) => state === "active").length,
  };
  const year = Number(notice.to.slice(0, 4));
  const about = aboutOf(year);
  let queued = 0;
  for (;;) {
    const batch = await untold(db, { about, to: notice.to, timeZone: plan.timeZone });
    if (batch.length === 0) return queued;
    for (const { subject, lang } of batch) {
      await db.transaction(async (tx) =>
        queueMessage(context, tx, {
          subject: hex(subject),
          kind: "use_notice",
          lang,
          facts,
          about,
          dueOn: `${year + 1}-12-31`,
        }),
      );
    }
    queued += batch.length;
  }
}

/** People whose data was there in that year and who have no notice about it yet. */
async function untold(
  sql: Sql,
  of: { readonly about: string; readonly to: string; readonly timeZone: string },
): Promise<readonly { readonly subject: Uint8Array; readonly lang: string }[]> {
  return sql.query<{ subject: Uint8Array; lang: string }>(
    `select held.subject,
            coalesce((select lang from consent
                       where consent.subject = held.subject
                       order by seq desc limit 1), '') as lang
       from (select subject from record
              group by subject
             having (min(collected_at) at time zone $3)::date <= $2::date) as held
      where not exists (select from message
                         where message.subject = held.subject and kind = 'use_notice'
                           and about = decode($1, 'hex'))
      order by held.subject
      limit ${BATCH}`,
    [of.about, of.to, of.timeZone],
  );
}

/** One notice a person and year. */
function aboutOf(year: number): string {
  return createHash("sha256").update(`jikim/use-notice/${year}`).digest("hex").slice(0, ID_HEX);
}
