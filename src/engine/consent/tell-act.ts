/** The person is told what an act of consent came to, in the transaction of the act. */
import { dayOf, lastDay } from "../../base/calendar.ts";
import { bytes, hex } from "../../store/column-value.ts";
import type { Sql } from "../../store/database.ts";
import type { EngineContext } from "../jikim.ts";
import { addressWay } from "../message/read-address.ts";
import { queueMessage } from "../message/queue-message.ts";
import { advertisingConsents, resultPeriod } from "./advertising.ts";

/** An act of giving or withdrawing, as the ledger has it. */
export interface ToldAct {
  readonly subject: string;
  /** Id of the act. */
  readonly id: Uint8Array;
  readonly consent: string;
  readonly given: boolean;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly lang: string;
}

/** Queues the result of an act, for a person who can be reached. */
export async function tellAct(context: EngineContext, tx: Sql, act: ToldAct): Promise<void> {
  const { plan } = context;
  if (!(await hasAddress(context, tx, act.subject))) return;
  const day = dayOf(act.at, plan.timeZone);
  const advertising = advertisingConsents(plan).includes(act.consent);
  await queueMessage(context, tx, {
    subject: act.subject,
    kind: advertising ? "marketing_result" : "consent_changed",
    lang: act.lang,
    facts: { consent: act.consent, given: act.given, day },
    about: hex(act.id),
    dueOn: lastDay(day, resultPeriod(plan)),
  });
}

async function hasAddress({ plan }: EngineContext, tx: Sql, subject: string): Promise<boolean> {
  const way = addressWay(plan);
  if (way === null) return false;
  const [row] = await tx.query<{ held: boolean }>(
    `select exists (select from record
                     where subject = $1 and occasion = any($2::text[]) and $3 = any(items)) as held`,
    [bytes(subject), way.occasions, way.item],
  );
  return row?.held === true;
}
