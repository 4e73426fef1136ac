/**
 * Evidence ends too (R11): a consent or a declaration is kept as long as the data it justifies, and
 * then as long as the policy says of its class `consent_evidence`, whose clock starts with the
 * destruction of that data. A policy without that class keeps none of it beyond the data. What a
 * person was told goes the same way, once nothing of them is left.
 */
import { dayOf } from "../../base/calendar.ts";
import type { Plan } from "../../compiler/plan.ts";
import { hex } from "../../store/column-value.ts";
import type { Sql } from "../../store/database.ts";
import { appendLeaf } from "../audit/append-leaf.ts";
import type { EngineContext } from "../jikim.ts";
import { MESSAGE_COMPARTMENT } from "../message/queue-message.ts";
import { occasionsAsking } from "./end-resting.ts";

/** The record class whose period evidence of consent has. */
const EVIDENCE_CLASS = "consent_evidence";
const BATCH = 1_000;
// Evidence ends with the data where the policy gives it no time of its own (P5.10).
const NO_TIME = "P0D";

export interface EvidenceEnded {
  readonly consents: number;
  readonly declarations: number;
  readonly messages: number;
}

/** Starts the clocks of evidence whose data is gone, and destroys what is over. Set-based. */
export async function endEvidence(context: EngineContext): Promise<EvidenceEnded> {
  const { plan, db, clock } = context;
  const today = dayOf(clock.now(), plan.timeZone);
  await startEvidence(db, plan, today);
  const sum = { consents: 0, declarations: 0, messages: 0 };
  for (let more = true; more;) {
    const batch = await db.transaction(async (tx) => destroyBatch(context, tx, today));
    sum.consents += batch.consents;
    sum.declarations += batch.declarations;
    sum.messages += batch.messages;
    more = Object.values(batch).includes(BATCH);
  }
  return Object.freeze(sum);
}

/** How long evidence is kept after its data; ISO 8601. */
export function evidencePeriod(plan: Plan): string {
  return plan.clocks.get(EVIDENCE_CLASS)?.keep ?? NO_TIME;
}

/**
 * Pairs of an act and the occasions whose records it justifies. An act that the present text does
 * not name is left with every record of its subject: too long is mended, too short is not.
 */
function justified(plan: Plan, table: "consent" | "declaration"): readonly (readonly string[])[] {
  if (table === "consent") {
    return Object.keys(plan.policy.consents).flatMap((id) =>
      occasionsAsking(plan, id).map((occasion) => [id, occasion]),
    );
  }
  return [...plan.gates.values()].flatMap((gate) =>
    gate.declares.map((id) => [id, gate.occasion.id]),
  );
}

async function startEvidence(db: Sql, plan: Plan, today: string): Promise<void> {
  for (const table of ["consent", "declaration"] as const) {
    const pairs = justified(plan, table);
    const params = [today, pairs.map(([id]) => id ?? ""), pairs.map(([, at]) => at ?? "")];
    for (let more = true; more;) {
      const marked = await db.query(
        `update ${table} set ended_on = $1::date
          where (subject, id) in (
                  select act.subject, act.id from ${table} as act
                   where act.ended_on is null
                     and not exists (
                           select from record
                            where record.subject = act.subject
                              and (act.${table} <> all($2::text[])
                                   or (act.${table}, record.occasion) in (
                                         select pair.act, pair.occasion
                                           from unnest($2::text[], $3::text[])
                                                as pair (act, occasion))))
                   order by act.subject, act.id
                   limit ${BATCH})
            and ended_on is null
          returning id`,
        params,
      );
      more = marked.length === BATCH;
    }
    // Data came back under the same handle: the evidence has its reason again.
    for (let more = true; more;) {
      const again = await db.query(
        `update ${table} set ended_on = null
          where (subject, id) in (
                  select act.subject, act.id from ${table} as act
                   where act.ended_on is not null
                     and exists (
                           select from record
                            where record.subject = act.subject
                              and (act.${table} <> all($1::text[])
                                   or (act.${table}, record.occasion) in (
                                         select pair.act, pair.occasion
                                           from unnest($1::text[], $2::text[])
                                                as pair (act, occasion))))
                   order by act.subject, act.id
                   limit ${BATCH})
          returning id`,
        params.slice(1),
      );
      more = again.length === BATCH;
    }
  }
  for (let more = true; more;) {
    const marked = await db.query(
      `update message set ended_on = $1::date
        where (subject, id) in (
                select told.subject, told.id from message as told
                 where told.ended_on is null and told.state <> 'queued'
                   and not exists (select from record where record.subject = told.subject)
                 order by told.subject, told.id
                 limit ${BATCH})
        returning id`,
      [today],
    );
    more = marked.length === BATCH;
  }
}

async function destroyBatch(
  context: EngineContext,
  tx: Sql,
  today: string,
): Promise<EvidenceEnded> {
  const { plan, keeper, clock } = context;
  const ended = { consents: 0, declarations: 0, messages: 0 };
  const params = [evidencePeriod(plan), today, EVIDENCE_CLASS];
  for (const table of ["consent", "declaration", "message"] as const) {
    const gone = await tx.query<{ subject: Uint8Array }>(
      `delete from ${table}
        where (subject, id) in (
                select subject, id from ${table}
                 where ended_on is not null and (ended_on + $1::interval)::date < $2::date
                   and not is_held(subject, $3, id, $2::date)
                 order by ended_on, subject, id
                 limit ${BATCH}
                   for update skip locked)
        returning subject`,
      params,
    );
    ended[`${table}s`] = gone.length;
    if (table !== "message") continue;
    for (const subject of new Set(gone.map((row) => hex(row.subject)))) {
      await keeper.destroySubject(subject, [MESSAGE_COMPARTMENT]);
    }
  }
  const { consents, declarations, messages } = ended;
  if (consents + declarations + messages > 0) {
    await appendLeaf(tx, clock.now(), "evidence_ended", ended);
  }
  return ended;
}
