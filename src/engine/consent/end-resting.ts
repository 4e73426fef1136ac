/**
 * A withdrawn consent ends what rests on it alone (PIPA 37③): records of classes whose basis is
 * consent, and clocks that wait for the withdrawal. What a law or a contract keeps goes on.
 */
import { dayOf } from "../../base/calendar.ts";
import type { Plan } from "../../compiler/plan.ts";
import { hex } from "../../store/column-value.ts";
import type { EngineContext } from "../jikim.ts";
import { erase } from "../destruction/erase.ts";
import { recordEvent } from "../retention/record-event.ts";
import { versionClocks } from "../retention/version-clocks.ts";
import { handleBytes } from "../subject.ts";
import { liveConsents } from "./live-consents.ts";

const BATCH = 200;
const MOST_ERASED = 1_000;

/**
 * Ends the records that rested on a consent withdrawn by its last act; returns how many. Calling it
 * again ends nothing twice.
 * @param day of the withdrawal
 */
export async function endResting(
  context: EngineContext,
  subject: string,
  consent: string,
  day: string,
): Promise<number> {
  const live = await liveConsents(context.db, handleBytes(subject));
  if (live.has(consent)) return 0;
  const occasions = occasionsResting(context.plan, consent, live);
  if (occasions.length === 0) return 0;
  const ended = await recordEvent(context, {
    subject,
    event: "consent_withdrawn",
    day,
    occasions,
  });
  return ended + (await eraseDated(context, subject, occasions));
}

/** The daily look: withdrawals whose records a crash left behind. Returns how many records ended. */
export async function endWithdrawn(context: EngineContext): Promise<number> {
  const { plan, db, clock } = context;
  const today = dayOf(clock.now(), plan.timeZone);
  const classes = await classesOnConsent(context);
  let ended = 0;
  for (const consent of Object.keys(plan.policy.consents)) {
    const occasions = occasionsAsking(plan, consent);
    for (let more = classes.length > 0; more;) {
      const left = await db.query<{ subject: Uint8Array; withdrawn_at: number }>(
        `select act.subject, max(act.at) as withdrawn_at
           from consent as act
          where act.consent = $1 and not act.given
            and not exists (select from consent as later
                             where later.subject = act.subject and later.consent = act.consent
                               and later.seq > act.seq)
            and exists (select from record
                         where record.subject = act.subject and record.class = any($2::text[])
                           and record.occasion = any($3::text[])
                           and (record.expires_on is null or record.expires_on >= $4::date))
          group by act.subject
          order by act.subject
          limit ${BATCH}`,
        [consent, classes, occasions, today],
      );
      let now = 0;
      for (const { subject, withdrawn_at: at } of left) {
        now += await endResting(context, hex(subject), consent, dayOf(at, plan.timeZone));
      }
      ended += now;
      more = left.length === BATCH && now > 0;
    }
  }
  return ended;
}

/** Occasions that ask for a consent, or that it names. */
export function occasionsAsking(plan: Plan, consent: string): readonly string[] {
  const named = plan.policy.consents[consent]?.occasions ?? [];
  if (named.length > 0) return named;
  return [...plan.gates.values()]
    .filter(({ requiredConsents, offeredConsents }) =>
      [...requiredConsents, ...offeredConsents].includes(consent),
    )
    .map(({ occasion }) => occasion.id);
}

/** Of those the ones where nothing else is left to rest on. */
function occasionsResting(
  plan: Plan,
  consent: string,
  live: ReadonlySet<string>,
): readonly string[] {
  return occasionsAsking(plan, consent).filter((id) => {
    const gate = plan.gates.get(id);
    if (gate === undefined || gate.requiredConsents.includes(consent)) return true;
    return ![...gate.requiredConsents, ...gate.offeredConsents].some((other) => live.has(other));
  });
}

async function classesOnConsent(context: EngineContext): Promise<readonly string[]> {
  const { byHash } = await versionClocks(context, context.db);
  const classes = [...byHash.values()].flatMap((clocks) =>
    [...clocks.values()].filter(({ recordClass }) => recordClass.basis === "consent"),
  );
  return [...new Set(classes.map(({ recordClass }) => recordClass.id))];
}

/**
 * Records whose last day is known already: old copies are under that day, so they are erased. What
 * a hold covers waits for its release and the daily look.
 */
async function eraseDated(
  context: EngineContext,
  subject: string,
  occasions: readonly string[],
): Promise<number> {
  const { plan, db, clock } = context;
  const rows = await db.query<{ id: Uint8Array }>(
    `select id from record
      where subject = $1 and occasion = any($2::text[]) and class = any($3::text[])
        and expires_on >= $4::date and not is_held(subject, class, id, $4::date)
      order by id
      limit ${MOST_ERASED}`,
    [
      handleBytes(subject),
      occasions,
      await classesOnConsent(context),
      dayOf(clock.now(), plan.timeZone),
    ],
  );
  if (rows.length === 0) return 0;
  await erase(context, subject, { records: rows.map(({ id }) => hex(id)) });
  return rows.length;
}
