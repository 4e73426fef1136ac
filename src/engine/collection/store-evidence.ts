/** What proves that a collection was lawful: each consent, each declaration, and what was shown. */
import { createHash } from "node:crypto";
import { moment } from "../../store/column-value.ts";
import type { Sql } from "../../store/database.ts";
import { insertConsent } from "../consent/consent.ts";
import type { CollectOptions, EngineContext } from "../jikim.ts";
import { givenConsents } from "./gate.ts";

const ID_BYTES = 16;

export interface EvidencedAct {
  readonly handle: Uint8Array;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly method: string;
  readonly options: CollectOptions;
}

/** Consents and declarations of this act, with what was shown as a hash. */
export async function storeEvidence(
  context: EngineContext,
  tx: Sql,
  act: EvidencedAct,
): Promise<void> {
  const { plan, random } = context;
  const { handle, options } = act;
  const shown = createHash("sha256")
    .update(JSON.stringify(options.shown ?? []))
    .digest();
  for (const consent of givenConsents(options)) {
    await insertConsent(tx, {
      subject: handle,
      id: random.bytes(ID_BYTES),
      consent,
      given: true,
      at: act.at,
      policyHash: plan.hash,
      lang: options.lang ?? "und", // BCP 47: undetermined, rather than a guess
      shownHash: new Uint8Array(shown),
      method: act.method,
    });
  }
  for (const declaration of new Set(options.declares ?? [])) {
    await tx.query(
      `insert into declaration (subject, id, declaration, at, policy_hash)
       values ($1, $2, $3, $4, $5)`,
      [handle, random.bytes(ID_BYTES), declaration, moment(act.at), plan.hash],
    );
  }
}
