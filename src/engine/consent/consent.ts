/**
 * Consent as evidence: every act of giving or withdrawing is kept, the last one counts. To withdraw
 * takes what it takes to give: one act. From its commit no use rests on the consent.
 */
import { dayOf } from "../../base/calendar.ts";
import { JikimError } from "../../base/errors.ts";
import { moment } from "../../store/column-value.ts";
import type { Sql } from "../../store/database.ts";
import { appendLeaf } from "../audit/append-leaf.ts";
import { holdsCardNumber } from "../collection/card-number.ts";
import type { EngineContext } from "../jikim.ts";
import { isStaffHandle } from "../staff-handle.ts";
import { handleBytes, subjectState, subjectUnknown } from "../subject.ts";
import { endResting } from "./end-resting.ts";
import { liveConsents } from "./live-consents.ts";
import { storeShown } from "./shown-text.ts";
import { tellAct } from "./tell-act.ts";

const ID_BYTES = 16;
const MOST_SHOWN = 64;
/** Of all texts together, in characters. */
const LONGEST_SHOWN = 200_000;
const METHOD = /^[a-z][a-z0-9_]{0,47}$/;
const LANG = /^[A-Za-z0-9-]{2,35}$/; // BCP 47

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
  /** Number of the staff who took it down; null: the person themselves. */
  readonly takenBy: string | null;
}

/** How an act of consent outside a collection came about. */
export interface ConsentEvidence {
  readonly lang: string;
  /** The very texts shown, in order. Whoever gives a consent was shown one. */
  readonly shown: readonly string[];
  /** The way it reached us: `site`, `phone`, … */
  readonly method: string;
  /** The member of staff who took it down, by number. */
  readonly by?: { readonly staff: string };
}

/** One act: a consent is given, or it is withdrawn. */
export type ConsentChange = ConsentEvidence &
  ({ readonly give: string } | { readonly withdraw: string });

export interface ConsentChanged {
  /** Was it the other way before? */
  readonly changed: boolean;
  /** Records that end because they rested on it. */
  readonly ended: number;
}

/**
 * Gives or withdraws a consent by an act of its own (PIPA 22①, 37①); the history is kept. What
 * rests on a withdrawn consent alone ends at once. Withdrawing what was never given is no error:
 * the answer is the same.
 *
 * Throws ERR_SUBJECT_UNKNOWN, and ERR_USAGE for a consent the policy does not know, a giving of
 * which nothing was shown, or evidence that is too much or malformed.
 * @example
 * await changeConsent(context, subject, { withdraw: "marketing", lang: "ko", shown: [], method: "site" });
 */
export async function changeConsent(
  context: EngineContext,
  subject: string,
  change: ConsentChange,
): Promise<ConsentChanged> {
  const given = "give" in change;
  const consent = given ? change.give : change.withdraw;
  refuseUnclear(context, consent, given, change);
  const { clock, plan } = context;
  const handle = handleBytes(subject);
  const at = clock.now();
  const changed = await context.db.transaction(async (tx) => {
    if ((await subjectState(tx, handle)) !== "present") throw subjectUnknown();
    const before = (await liveConsents(tx, handle)).has(consent);
    const id = context.random.bytes(ID_BYTES);
    await insertConsent(tx, {
      subject: handle,
      id,
      consent,
      given,
      at,
      policyHash: plan.hash,
      lang: change.lang,
      shownHash: await storeShown(tx, change.shown, []),
      method: change.method,
      takenBy: change.by?.staff ?? null,
    });
    await appendLeaf(tx, at, given ? "consent_given" : "consent_withdrawn", { subject, consent });
    await tellAct(context, tx, { subject, id, consent, given, at, lang: change.lang });
    return before !== given;
  });
  if (given) return { changed, ended: 0 };
  return {
    changed,
    ended: await endResting(context, subject, consent, dayOf(at, plan.timeZone)),
  };
}

/** Gives a consent. As {@link changeConsent}. */
export async function giveConsent(
  context: EngineContext,
  subject: string,
  consent: string,
  evidence: ConsentEvidence,
): Promise<void> {
  await changeConsent(context, subject, { ...evidence, give: consent });
}

/** Withdraws a consent. As {@link changeConsent}. */
export async function withdrawConsent(
  context: EngineContext,
  subject: string,
  consent: string,
  evidence: ConsentEvidence,
): Promise<void> {
  await changeConsent(context, subject, { ...evidence, withdraw: consent });
}

/** Writes one act into the ledger. */
export async function insertConsent(tx: Sql, row: ConsentRow): Promise<void> {
  await tx.query(
    `insert into consent (subject, id, consent, given, at, policy_hash, lang, shown_hash, method,
                          taken_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
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
      row.takenBy,
    ],
  );
}

function refuseUnclear(
  { plan }: EngineContext,
  consent: string,
  given: boolean,
  { shown, method, lang, by }: ConsentEvidence,
): void {
  const length = shown.reduce((sum, text) => sum + text.length, 0);
  const fits =
    Object.hasOwn(plan.policy.consents, consent) &&
    shown.length <= MOST_SHOWN &&
    length <= LONGEST_SHOWN &&
    !shown.some(holdsCardNumber) &&
    METHOD.test(method) &&
    LANG.test(lang) &&
    (by === undefined || isStaffHandle(by.staff));
  if (!fits) {
    throw new JikimError("ERR_USAGE", "the policy knows no such consent, or its evidence is not");
  }
  // The controller has to prove what a consent was given to (PIPA 22③).
  if (given && shown.join("").trim() === "") {
    throw new JikimError("ERR_USAGE", "a consent is given to a text that was shown");
  }
}
