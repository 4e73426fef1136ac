/**
 * Notice periods and past texts, looked up in the versions that ran: `policy_version` keeps every
 * version with its days and its document.
 */
import { lastDay } from "../base/calendar.ts";
import { policyHash } from "../compiler/policy-hash.ts";
import type { Law } from "../policy/law.ts";
import type { Policy } from "../policy/model.ts";
import { diffPolicies } from "../policy/diff-policies.ts";
import type { Check, Look } from "./check.ts";
import { counted, found } from "./check.ts";

/** A version that ran, with its document as it was. */
interface Version {
  readonly hash: string;
  readonly announced: string;
  readonly effective: string;
  readonly document: { readonly policy: Policy; readonly law: Law };
}

async function versions({ sql }: Look): Promise<readonly Version[]> {
  const rows = await sql.query<Omit<Version, "document"> & { readonly document: string }>(
    `select hash, announced, effective, document
       from policy_version
      order by effective, hash`,
  );
  // What stands there was written by the engine; pastTexts finds out whether it was altered.
  return rows.map((row) => ({ ...row, document: JSON.parse(row.document) as Version["document"] }));
}

/** P13.1: every version was announced at least the ordinary period before it took effect. */
export const ordinaryNotice: Check = async (look) => {
  const ran = await versions(look);
  const early = ran.filter(
    ({ announced, effective, document }) =>
      lastDay(announced, document.policy.notices.ordinary) > effective,
  );
  return found([{ code: "versions-announced", examined: ran.length, violations: early.length }]);
};

/** P13.2: every important change was announced the longer period before. */
export const importantNotice: Check = async (look) => {
  const ran = await versions(look);
  let examined = 0;
  let violations = 0;
  for (const [index, after] of ran.entries()) {
    const before = ran[index - 1];
    if (before === undefined) continue;
    const change = diffPolicies(before.document.policy, after.document.policy);
    if (change.class !== "important") continue;
    examined += 1;
    if (change.earliestEffective(after.announced) > after.effective) violations += 1;
  }
  return found([{ code: "important-changes", examined, violations }]);
};

/** P13.4: whatever version a record or consent refers to is still here, and is what it says. */
export const pastTexts: Check = async (look) => {
  const ran = await versions(look);
  const altered = ran.filter(
    ({ hash, document }) => policyHash(document.policy, document.law) !== hash,
  );
  const referred = await counted(
    look.sql,
    `select count(*) as examined,
            count(*) filter (where version.hash is null) as violations
       from (select distinct policy_hash from record
             union select distinct policy_hash from consent) as used
       left join policy_version as version on version.hash = used.policy_hash`,
  );
  return found([
    { code: "versions-unaltered", examined: ran.length, violations: altered.length },
    { code: "versions-referred-to", ...referred },
  ]);
};
