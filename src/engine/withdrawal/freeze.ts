/** ② The freeze: from its commit on nothing of the person is used, taken or sent. */
import { createHash } from "node:crypto";
import { bytes, hex, moment } from "../../store/column-value.ts";
import type { Sql } from "../../store/database.ts";
import { appendLeaf } from "../audit/append-leaf.ts";
import { liveConsents } from "../consent/live-consents.ts";
import { holdCompartments } from "../destruction/remove-classes.ts";
import type { EngineContext } from "../jikim.ts";
import { restrict } from "../use/restriction.ts";
import type { Withdrawal } from "./withdrawal-row.ts";

const ID_BYTES = 16;

/**
 * Whoever was sealing for the person has ended when the compartments are held, and sees the freeze
 * afterwards (`subjectState`). Log-in ends with the sessions and with the restriction of everything;
 * marketing ends with it too, and for good with the consents it rested on.
 */
export async function freeze(context: EngineContext, tx: Sql, it: Withdrawal): Promise<void> {
  await holdCompartments(context, tx, it.subject);
  await restrict(context, tx, { subject: it.subject, reason: "withdrawal" });
  await tx.query("delete from session where subject = $1", [bytes(it.subject)]);
  // What still waits in the outbox has nobody to go to; the last message is yet to come.
  await tx.query("delete from message where subject = $1 and state = 'queued'", [
    bytes(it.subject),
  ]);
  await endConsents(context, tx, it);
}

/** Who leaves withdraws what they had agreed to: one act each, and the history stays. */
async function endConsents(context: EngineContext, tx: Sql, it: Withdrawal): Promise<void> {
  const { clock, plan, random } = context;
  const live = [...(await liveConsents(tx, bytes(it.subject)))].toSorted();
  if (live.length === 0) return;
  const at = clock.now();
  await tx.query(
    `insert into consent (subject, id, consent, given, at, policy_hash, lang, shown_hash, method)
     select decode($1, 'hex'), decode(act.id, 'hex'), act.consent, false, $4, $5, $6, $7, $8
       from unnest($2::text[], $3::text[]) as act (id, consent)`,
    [
      it.subject,
      live.map(() => hex(random.bytes(ID_BYTES))),
      live,
      moment(at),
      plan.hash,
      it.lang,
      new Uint8Array(createHash("sha256").update("[]").digest()), // nothing was shown for it
      it.channel,
    ],
  );
  for (const consent of live) {
    await appendLeaf(tx, at, "consent_withdrawn", { subject: it.subject, consent });
  }
}
