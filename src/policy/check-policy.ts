import { checkClauses } from "./check-clauses.ts";
import { checkDays } from "./check-days.ts";
import { checkOccasions } from "./check-occasions.ts";
import { checkParties } from "./check-parties.ts";
import { checkReferences } from "./check-references.ts";
import { checkWording } from "./check-wording.ts";
import type { Sentences } from "./check-wording.ts";
import { collector } from "./check.ts";
import type { Source } from "./check.ts";
import type { Issue } from "./issue.ts";
import type { Policy } from "./model.ts";

const CHECKS = [checkReferences, checkOccasions, checkParties, checkClauses, checkDays];

/** References and sense of a policy whose shape was read: every check, every issue. */
export function checkPolicy(
  policy: Policy,
  source: Source,
  sentences: Sentences | null,
): readonly Issue[] {
  const { issues, report } = collector(source.places);
  for (const check of CHECKS) check(policy, report, source);
  checkWording(policy, report, sentences);
  return issues;
}
