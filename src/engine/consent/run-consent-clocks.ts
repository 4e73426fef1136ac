/**
 * The daily clocks of consent: whoever agreed to advertising is asked again before every second
 * anniversary (정보통신망법 제50조 제8항), and what a withdrawal should have ended is ended. Silence
 * keeps a consent; that it was asked again is kept as proof.
 */
import { addDays, dayOf } from "../../base/calendar.ts";
import type { Plan } from "../../compiler/plan.ts";
import { hex } from "../../store/column-value.ts";
import type { Sql } from "../../store/database.ts";
import type { EngineContext } from "../jikim.ts";
import { queueMessage } from "../message/queue-message.ts";
import { advertisingConsents } from "./advertising.ts";
import { endWithdrawn } from "./end-resting.ts";

export interface ConsentClocks {
  /** Questions queued in this run. */
  readonly reconfirmed: number;
  /** Records that ended now because their consent was withdrawn. */
  readonly ended: number;
}

const BATCH = 200;
/** The question goes out so long before its day. */
const LEAD_DAYS = 30;
// Where neither policy nor law gives a time: that of the decree.
const AGAIN_UNTOLD = "P2Y";
/** Times a consent can come round in a lifetime. */
const MOST_ROUNDS = 60;

/** Runs them. Call it daily; a second run of the same day finds nothing to do. */
export async function runConsentClocks(context: EngineContext): Promise<ConsentClocks> {
  const ended = await endWithdrawn(context);
  const reconfirmed = await queueReconfirms(context);
  return Object.freeze({ reconfirmed, ended });
}

/** How often advertising is confirmed again. */
export function reconfirmPeriod(plan: Plan): string {
  return String(plan.parameters.get("ad_reconfirm")?.value ?? AGAIN_UNTOLD);
}

type DueAgain = {
  readonly subject: Uint8Array;
  readonly id: Uint8Array;
  readonly consent: string;
  readonly lang: string;
  readonly given_on: string;
  readonly due_on: string;
  readonly again_on: string;
};

async function queueReconfirms(context: EngineContext): Promise<number> {
  let queued = 0;
  for (let more = true; more;) {
    const batch = await context.db.transaction(async (tx) => {
      const due = await selectDue(context, tx);
      for (const act of due) {
        await queueMessage(context, tx, {
          subject: hex(act.subject),
          kind: "marketing_reconfirm",
          lang: act.lang,
          facts: { consent: act.consent, given_on: act.given_on, again_on: act.again_on },
          about: hex(act.id),
          dueOn: act.due_on,
        });
      }
      return due.length;
    });
    queued += batch;
    more = batch === BATCH;
  }
  return queued;
}

/**
 * Live consents whose next anniversary is near and that were not asked about. Anniversaries are
 * counted from the day of giving, so 29 February comes back as the last day of February. One that
 * was missed is asked at once; older ones than the last are over.
 */
async function selectDue({ plan, clock }: EngineContext, tx: Sql): Promise<readonly DueAgain[]> {
  const today = dayOf(clock.now(), plan.timeZone);
  const near = addDays(today, LEAD_DAYS);
  return tx.query<DueAgain>(
    `select act.subject, act.id, act.consent, act.lang, act.given_on, due_on,
            (act.given_on + (round + 1) * $3::interval)::date as again_on
       from (select subject, id, seq, consent, lang, given, ended_on,
                    (at at time zone $2)::date as given_on
               from consent) as act
      cross join lateral (
              select round, (act.given_on + round * $3::interval)::date as due_on
                from generate_series(1, ${MOST_ROUNDS}) as round
               where (act.given_on + round * $3::interval)::date <= $4::date
               order by round desc
               limit 1) as anniversary
      where act.given and act.consent = any($1::text[]) and act.ended_on is null
        and not exists (select from consent as later
                         where later.subject = act.subject and later.consent = act.consent
                           and later.seq > act.seq)
        and not exists (select from message
                         where message.subject = act.subject
                           and message.kind = 'marketing_reconfirm'
                           and message.about = act.id and message.due_on = anniversary.due_on)
      order by act.subject, act.id
      limit ${BATCH}`,
    [advertisingConsents(plan), plan.timeZone, reconfirmPeriod(plan), near],
  );
}
