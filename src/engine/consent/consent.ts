/** Consent as evidence: every act is kept, the last one counts. */
import { createHash } from "node:crypto";
import { dayOf } from "../../base/calendar.ts";
import { JikimError } from "../../base/errors.ts";
import { moment } from "../../store/column-value.ts";
import type { Sql } from "../../store/database.ts";
import { appendLeaf } from "../audit/append-leaf.ts";
import type { EngineContext } from "../jikim.ts";
import { recordEvent } from "../retention/record-event.ts";
import { handleBytes, subjectExists, subjectUnknown } from "../subject.ts";

const ID_BYTES = 16;
const MOST_SHOWN = 64;

/** One act of giving or withdrawing. */
export interface ConsentRow {
  readonly subject: Uint8Array;
  readonly id: Uint8Array;
  readonly consent: string;
  readonly given: boolean;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly policyHash: string;
  readonly lang: string;
  /** SHA-256 of the JSON array of the texts shown. */
  readonly shownHash: Uint8Array;
  /** How the act reached us. */
  readonly method: string;
}

/** How an act of consent outside a collection came about. */
export interface ConsentEvidence {
  readonly lang: string;
  /** The very texts shown, in order. */
  readonly shown: readonly string[];
  /** The way it reached us: `site`, `phone`, … */
  readonly method: string;
}

/** Writes one act into the ledger. */
export async function insertConsent(tx: Sql, row: ConsentRow): Promise<void> {
  await tx.query(
    `insert into consent (subject, id, consent, given, at, policy_hash, lang, shown_hash, method)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      row.subject,
      row.id,
      row.consent,
      row.given,
      moment(row.at),
      row.policyHash,
      row.lang,
      row.shownHash,
      row.method,
    ],
  );
}

/**
 * Gives a consent after the collection, by an act of its own (PIPA 22①).
 * Throws ERR_SUBJECT_UNKNOWN, and ERR_USAGE for a consent the policy does not know.
 */
export async function giveConsent(
  context: EngineContext,
  subject: string,
  consent: string,
  evidence: ConsentEvidence,
): Promise<void> {
  await act(context, subject, { consent, given: true }, evidence);
}

/**
 * Withdraws a consent: from this moment no use rests on it, and records that live by it end.
 * Withdrawing what was never given is no error: the answer is the same. Throws as giveConsent.
 */
export async function withdrawConsent(
  context: EngineContext,
  subject: string,
  consent: string,
  evidence: ConsentEvidence,
): Promise<void> {
  await act(context, subject, { consent, given: false }, evidence);
}

/** Consents of a subject whose last act is a giving. */
export async function liveConsents(sql: Sql, subject: Uint8Array): Promise<ReadonlySet<string>> {
  const rows = await sql.query<{ consent: string; given: boolean }>(
    `select distinct on (consent) consent, given
       from consent
      where subject = $1
      order by consent, seq desc`,
    [subject],
  );
  return new Set(rows.filter(({ given }) => given).map(({ consent }) => consent));
}

async function act(
  context: EngineContext,
  subject: string,
  what: { readonly consent: string; readonly given: boolean },
  evidence: ConsentEvidence,
): Promise<void> {
  const { plan, random } = context;
  if (!Object.hasOwn(plan.policy.consents, what.consent) || evidence.shown.length > MOST_SHOWN) {
    throw new JikimError("ERR_USAGE", "the policy knows no such consent, or too much was shown");
  }
  const handle = handleBytes(subject);
  const at = context.clock.now();
  await context.db.transaction(async (tx) => {
    if (!(await subjectExists(tx, handle))) throw subjectUnknown();
    await insertConsent(tx, {
      subject: handle,
      id: random.bytes(ID_BYTES),
      ...what,
      at,
      policyHash: plan.hash,
      lang: evidence.lang,
      shownHash: createHash("sha256").update(JSON.stringify(evidence.shown)).digest(),
      method: evidence.method,
    });
    await appendLeaf(tx, at, what.given ? "consent_given" : "consent_withdrawn", {
      subject,
      consent: what.consent,
    });
  });
  if (what.given) return;
  const day = dayOf(at, plan.timeZone);
  await recordEvent(context, {
    subject,
    event: "consent_withdrawn",
    day,
    occasions: occasionsOf(context, what.consent),
  });
}

/** Occasions whose records live by a consent: those it names, else those that ask for it. */
function occasionsOf(context: EngineContext, consent: string): readonly string[] {
  const named = context.plan.policy.consents[consent]?.occasions ?? [];
  if (named.length > 0) return named;
  return [...context.plan.gates.values()]
    .filter(({ requiredConsents, offeredConsents }) =>
      [...requiredConsents, ...offeredConsents].includes(consent),
    )
    .map(({ occasion }) => occasion.id);
}
