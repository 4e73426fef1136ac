/** What proves that a collection was lawful: each consent, each declaration, and what was shown. */
import { bytes, moment } from "../../store/column-value.ts";
import type { Sql } from "../../store/database.ts";
import { advertisingConsents } from "../consent/advertising.ts";
import { insertConsent } from "../consent/consent.ts";
import { storeShown } from "../consent/shown-text.ts";
import { tellAct } from "../consent/tell-act.ts";
import type { CollectOptions, EngineContext } from "../jikim.ts";
import { givenConsents } from "./gate.ts";

const ID_BYTES = 16;

export interface EvidencedAct {
  readonly subject: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly method: string;
  /** What was given, in clear: none of it may stand in the text that is stored as shown. */
  readonly values: ReadonlyMap<string, string>;
  readonly options: CollectOptions;
}

/** Consents and declarations of this act, with what was shown. */
export async function storeEvidence(
  context: EngineContext,
  tx: Sql,
  act: EvidencedAct,
): Promise<void> {
  const { plan, random } = context;
  const { subject, at, options } = act;
  const consents = givenConsents(options);
  const declarations = new Set(options.declares ?? []);
  if (consents.length + declarations.size === 0) return;
  const lang = options.lang ?? "und"; // BCP 47: undetermined, rather than a guess
  const takenBy = options.by?.staff ?? null;
  const shownHash = await storeShown(tx, options.shown ?? [], act.values.values());
  for (const consent of consents) {
    const id = random.bytes(ID_BYTES);
    await insertConsent(tx, {
      subject: bytes(subject),
      id,
      consent,
      given: true,
      at,
      policyHash: plan.hash,
      lang,
      shownHash,
      method: act.method,
      takenBy,
    });
    // What the person has just done themselves needs no telling; advertising always does.
    if (!advertisingConsents(plan).includes(consent)) continue;
    await tellAct(context, tx, { subject, id, consent, given: true, at, lang });
  }
  for (const declaration of declarations) {
    await tx.query(
      `insert into declaration (subject, id, declaration, at, policy_hash, taken_by)
       values ($1, $2, $3, $4, $5, $6)`,
      [bytes(subject), random.bytes(ID_BYTES), declaration, moment(at), plan.hash, takenBy],
    );
  }
}
